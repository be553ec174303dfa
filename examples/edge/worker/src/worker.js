import { createHandler } from "harness-image-guard/handler/check";

let handler;

export default {
  fetch(request, env) {
    // Once in an instance, when the first request brings the secrets.
    handler ??= createHandler({
      guard: { config: { preset: "gar" } },
      tokens: [{ name: "portal", token: env.TOKEN, scopes: ["check", "images"] }],
      log: (entry) => console.log(JSON.stringify(entry)),
    });
    // Cloudflare writes this header itself, whatever the request has.
    return handler.fetch(request, { client: request.headers.get("cf-connecting-ip") ?? "" });
  },
};
