import type { CreateHandler } from "harness-image-guard/handler";

/** A request that can be written down. */
export interface Question {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** In base64. */
  readonly body?: string;
}

/** What is the same on every host, and what isn't there. */
const compared = ["content-type", "harness-image-guard-exit-code", "allow", "www-authenticate", "retry-after", "cache-control", "access-control-allow-origin"];

/** Asks a handler one question after another. Runs on each host, so it knows only what they all have. */
export async function conversation(createHandler: CreateHandler, questions: readonly Question[]): Promise<string> {
  const handler = createHandler({
    tokens: [{ token: "correct-horse-battery", name: "ci" }],
    limits: { unpackedBytes: 2 ** 20, files: 1000 },
    cors: { origins: ["https://portal.example"] },
    guard: { config: "rules: {no-docker-hub: {undecided: warning}}\n" },
    webhooks: {
      secrets: { github: "a-webhook-secret-of-ours" },
      fetchFiles: async () => [{ path: ".harness/p.yaml", text: "pipeline: {identifier: p, stages: [{stage: {identifier: s, type: CI, spec: {execution: {steps: [{step: {identifier: u, type: Run, spec: {image: maven}}}]}}}}]}\n" }],
    },
    rego: { modules: { "p.rego": 'package app\nallow { input.user == "alice" }\necho = input { true }\nconflict = input.x[_] { true }\n' } },
  });
  const answers: unknown[] = [];
  for (const { method, path, headers, body } of questions) {
    const bytes = body === undefined ? undefined : Uint8Array.from(atob(body), (character) => character.charCodeAt(0));
    const request = new Request(`http://guard.example${path}`, {
      ...{ method, headers: { authorization: "Bearer correct-horse-battery", ...headers } },
      ...(bytes === undefined ? {} : { body: bytes }),
    });
    const response = await handler.fetch(request, { client: "192.0.2.1" });
    const shown = compared.map((name) => [name, response.headers.get(name)]);
    const text = await response.text();
    answers.push({ method, path, status: response.status, headers: Object.fromEntries(shown), body: withoutTimes(text) });
  }
  return JSON.stringify(answers, null, 1);
}

/** Durations aren't the same twice, nor are decisions. */
function withoutTimes(text: string): string {
  return text.replace(/"decision_id": ?"[^"]*"/, "").replace(/^harness_image_guard_request_duration_seconds_(?:bucket|sum).*\n/gm, "");
}
