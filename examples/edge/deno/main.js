import { createHandler } from "harness-image-guard/handler";

const handler = createHandler({
  guard: { config: { preset: "gar" } },
  tokens: [{ name: "portal", token: Deno.env.get("TOKEN") ?? "", scopes: ["check", "images"] }],
  log: (entry) => console.error(JSON.stringify(entry)),
});
await handler.ready();

Deno.serve({ hostname: "127.0.0.1", port: Number(Deno.env.get("PORT") ?? 8000) }, (request, { remoteAddr }) =>
  handler.fetch(request, { client: remoteAddr.hostname }),
);
