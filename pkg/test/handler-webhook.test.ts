import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";

import { createHandler, type Change, type ChangeCheck, type DeliveryContext, type Handler, type LogEntry, type WebhookOptions } from "harness-image-guard/handler";

import { projectFiles } from "./project.js";

const secret = "a-webhook-secret-of-ours";
const commit = "0123456789abcdef0123456789abcdef01234567";

/** What each platform sends, as far as it is read. */
const deliveries = {
  github: {
    push: { event: { "x-github-event": "push" }, payload: { ref: "refs/heads/main", after: commit, repository: { full_name: "acme/parcels" } } },
    request: { event: { "x-github-event": "pull_request" }, payload: { action: "synchronize", number: 7, pull_request: { head: { sha: commit, ref: "topic" } }, repository: { full_name: "acme/parcels" } } },
    others: [
      { event: { "x-github-event": "ping" }, payload: { zen: "" } },
      { event: { "x-github-event": "pull_request" }, payload: { action: "closed", number: 7, pull_request: { head: { sha: commit, ref: "topic" } }, repository: { full_name: "acme/parcels" } } },
      { event: { "x-github-event": "push" }, payload: { ref: "refs/heads/gone", after: "0".repeat(40), repository: { full_name: "acme/parcels" } } },
      { event: { "x-github-event": "push" }, payload: { ref: "refs/tags/v1", after: commit, repository: { full_name: "acme/parcels" } } },
      { event: { "x-github-event": "push" }, payload: { __proto__: null, repository: [] } },
      { event: { "x-github-event": "push" }, payload: [] },
    ],
  },
  gitlab: {
    push: { event: { "x-gitlab-event": "Push Hook" }, payload: { ref: "refs/heads/main", after: commit, project: { path_with_namespace: "acme/parcels" } } },
    request: { event: { "x-gitlab-event": "Merge Request Hook" }, payload: { project: { path_with_namespace: "acme/parcels" }, object_attributes: { iid: 7, action: "update", source_branch: "topic", last_commit: { id: commit } } } },
    others: [{ event: { "x-gitlab-event": "Note Hook" }, payload: {} }],
  },
  bitbucket: {
    push: { event: { "x-event-key": "repo:push" }, payload: { repository: { full_name: "acme/parcels" }, push: { changes: [{ new: { type: "branch", name: "main", target: { hash: commit } } }, { new: null }, { new: { type: "tag", name: "v1", target: { hash: commit } } }] } } },
    request: { event: { "x-event-key": "pullrequest:updated" }, payload: { repository: { full_name: "acme/parcels" }, pullrequest: { id: 7, source: { commit: { hash: commit }, branch: { name: "topic" } } } } },
    others: [{ event: { "x-event-key": "repo:fork" }, payload: {} }],
  },
  harness: {
    push: { event: { "x-harness-trigger": "branch_updated" }, payload: { repo: { path: "acme/parcels" }, ref: { name: "refs/heads/main" }, sha: commit } },
    request: { event: { "x-harness-trigger": "pullreq_branch_updated" }, payload: { repo: { path: "acme/parcels" }, pull_req: { number: 7, source_branch: "topic" }, sha: commit } },
    others: [{ event: { "x-harness-trigger": "pullreq_comment_created" }, payload: {} }],
  },
} as const;

type Platform = keyof typeof deliveries;
const platforms = Object.keys(deliveries) as readonly Platform[];

function signed(platform: Platform, body: string, by = secret): Readonly<Record<string, string>> {
  const hex = createHmac("sha256", by).update(body).digest("hex");
  return { github: { "x-hub-signature-256": `sha256=${hex}` }, bitbucket: { "x-hub-signature": `sha256=${hex}` }, harness: { "x-harness-signature": hex }, gitlab: { "x-gitlab-token": by } }[platform] as Record<string, string>;
}

function delivery(platform: Platform, { event, payload }: { readonly event: object; readonly payload: unknown }, headers?: Readonly<Record<string, string>>): Request {
  const body = JSON.stringify(payload);
  return new Request(`http://guard.example/webhook/${platform}`, { method: "POST", body, headers: { "content-type": "application/json", ...event, ...(headers ?? signed(platform, body)) } });
}

const allSecrets = { github: secret, gitlab: secret, bitbucket: secret, harness: secret };

function answering(options: Partial<WebhookOptions> = {}, log?: (entry: LogEntry) => void): { readonly handler: Handler; readonly fetched: Change[] } {
  const fetched: Change[] = [];
  const fetchFiles = async (change: Change) => {
    fetched.push(change);
    return projectFiles();
  };
  const webhooks = { secrets: allSecrets, fetchFiles, ...options };
  const tokens = [{ token: "correct-horse-battery" }];
  return { handler: createHandler({ tokens, webhooks, ...(log === undefined ? {} : { log }) }), fetched };
}

interface Answered {
  readonly duplicate?: boolean;
  readonly changes: readonly { readonly change: Change; readonly exitCode: number; readonly comment: string; readonly check: Readonly<Record<string, unknown>> }[];
}

for (const platform of platforms) {
  test(`${platform}: a push and a pull request are answered with the check of their commit`, async () => {
    const { handler, fetched } = answering();
    for (const [kind, expected] of [
      ["push", { kind: "push", branch: "main", number: null }],
      ["request", { kind: "pull-request", branch: "topic", number: 7 }],
    ] as const) {
      const response = await handler.fetch(delivery(platform, deliveries[platform][kind]));
      assert.equal(response.status, 200);
      const { changes } = (await response.json()) as Answered;
      assert.equal(changes.length, 1);
      assert.deepEqual(changes[0]?.change, { platform, repository: "acme/parcels", commit, ...expected });
      assert.equal(changes[0]?.exitCode, 1);
      assert.match(changes[0]?.comment ?? "", /^### harness-image-guard\n\n4 errors/);
    }
    assert.equal(fetched.length, 2);
    for (const other of deliveries[platform].others) {
      assert.deepEqual(await (await handler.fetch(delivery(platform, other))).json(), { changes: [] });
    }
    assert.equal(fetched.length, 2);
  });

  test(`${platform}: without the right signature nothing is fetched`, async () => {
    const { handler, fetched } = answering();
    const { push } = deliveries[platform];
    const body = JSON.stringify(push.payload);
    const right = signed(platform, body);
    const [[header = "", value = ""] = []] = Object.entries(right);
    const wrong: Readonly<Record<string, string>>[] = [{}, { [header]: "" }, { [header]: value.slice(0, -1) }, { [header]: `${value}0` }, { [header]: value.replace(/.$/, (last) => (last === "0" ? "1" : "0")) }, signed(platform, body, `${secret}x`)];
    if (platform !== "gitlab") wrong.push(signed(platform, `${body} `), { [header]: value.replace("sha256=", "sha1=") + (platform === "harness" ? "zz" : "") });
    for (const headers of wrong) {
      const response = await handler.fetch(delivery(platform, push, headers));
      assert.equal(response.status, 401, JSON.stringify(headers));
    }
    assert.equal(fetched.length, 0);
    assert.equal((await handler.fetch(delivery(platform, push, right))).status, 200);
  });
}

test("the check is what each platform's API takes", async () => {
  const { handler } = answering();
  const check = async (platform: Platform) => ((await (await handler.fetch(delivery(platform, deliveries[platform].push))).json()) as Answered).changes[0]?.check;
  const github = (await check("github")) as { readonly conclusion: string; readonly head_sha: string; readonly output: { readonly title: string; readonly annotations: readonly Readonly<Record<string, unknown>>[] } };
  assert.deepEqual([github.conclusion, github.head_sha], ["failure", commit]);
  assert.deepEqual(
    github.output.annotations.map(({ path, start_line, start_column, annotation_level, title }) => [path, start_line, start_column, annotation_level, title]),
    [
      [".harness/connector.yaml", 6, 24, "failure", "harness-image-registry"],
      [".harness/connector.yaml", 7, 19, "failure", "harness-image-registry"],
      [".harness/pipeline.yaml", 18, 41, "failure", "harness-image-connector"],
      [".harness/pipeline.yaml", 26, 28, "failure", "no-docker-hub"],
      [".harness/pipeline.yaml", 34, 35, "notice", "no-docker-hub"],
    ],
  );
  assert.deepEqual(Object.keys((await check("gitlab")) ?? {}), ["state", "name", "description"]);
  const bitbucket = (await check("bitbucket")) as { readonly report: { readonly result: string }; readonly annotations: readonly { readonly external_id: string; readonly summary: string }[] };
  assert.equal(bitbucket.report.result, "FAILED");
  assert.equal(new Set(bitbucket.annotations.map(({ external_id }) => external_id)).size, 5);
  const harness = (await check("harness")) as { readonly status: string; readonly payload: { readonly data: { readonly details: string } } };
  assert.equal(harness.status, "failure");
  assert.match(harness.payload.data.details, /no-docker-hub/);
});

test("a delivery that comes twice, or twice at once, is answered once; one that failed may come again", async () => {
  let failures = 1;
  const published: ChangeCheck[] = [];
  const contexts: DeliveryContext[] = [];
  const entries: LogEntry[] = [];
  const { handler, fetched } = answering(
    {
      publish: async (_, check, context) => {
        failures -= 1;
        if (failures === 0) throw new Error("the platform is down");
        published.push(check);
        contexts.push(context);
      },
    },
    (entry) => entries.push(entry),
  );
  const send = () => handler.fetch(delivery("github", deliveries.github.push));
  assert.equal((await send()).status, 502);
  assert.match(entries[0]?.fault ?? "", /the platform is down/);
  const answers = await Promise.all([send(), send(), send()]);
  const bodies = (await Promise.all(answers.map((response) => response.json()))) as Answered[];
  // Whose digest is ready first is the first.
  const sorted = bodies.sort((a, b) => Number(a.duplicate) - Number(b.duplicate));
  assert.deepEqual(sorted.map(({ duplicate, changes }) => [duplicate, changes.length]), [[false, 1], [true, 0], [true, 0]]);
  assert.equal(published.length, 1);
  assert.equal(fetched.length, 2);
  assert.match(contexts[0]?.traceparent ?? "", /^00-[\da-f]{32}-[\da-f]{16}-00$/);
  assert.equal(contexts[0]?.traceparent.slice(3, 35), entries.find(({ status, files }) => status === 200 && files === 4)?.traceId);
});

test("where several instances answer, the host says what is new", async () => {
  const seen = new Set<string>();
  const isNew = async (id: string): Promise<boolean> => !seen.has(id) && Boolean(seen.add(id));
  const [one, other] = [answering({ isNew }), answering({ isNew })];
  const send = async ({ handler }: typeof one) => ((await (await handler.fetch(delivery("gitlab", deliveries.gitlab.push))).json()) as Answered).duplicate;
  assert.deepEqual([await send(one), await send(other), await send(one)], [false, true, true]);
  assert.match([...seen][0] ?? "", /^gitlab:[\da-f]{64}$/);
});

test("where the host says what is new, a delivery that failed is taken again, by any instance", async () => {
  const seen = new Set<string>();
  const isNew = async (id: string): Promise<boolean> => !seen.has(id) && Boolean(seen.add(id));
  const forget = async (id: string): Promise<void> => {
    seen.delete(id);
    throw new Error("the store has forgotten it, but doesn't say so");
  };
  const entries: LogEntry[] = [];
  const broken = answering({ isNew, forget, fetchFiles: () => Promise.reject(new Error("no such commit")) }, (entry) => entries.push(entry));
  const sound = answering({ isNew, forget });
  const send = ({ handler }: Pick<typeof sound, "handler">) => handler.fetch(delivery("github", deliveries.github.push));
  assert.equal((await send(broken)).status, 502);
  assert.match(entries[0]?.fault ?? "", /no such commit/);
  const { duplicate, changes } = (await (await send(sound)).json()) as Answered;
  assert.deepEqual([duplicate, changes.length], [false, 1]);
  assert.equal(((await (await send(broken)).json()) as Answered).duplicate, true);
});

test("an old secret and a new one hold while they change", async () => {
  const { handler } = answering({ secrets: { github: ["another-secret-of-ours", secret] } });
  assert.equal((await handler.fetch(delivery("github", deliveries.github.push))).status, 200);
  assert.equal((await handler.fetch(delivery("gitlab", deliveries.gitlab.push))).status, 404);
});

test("a webhook that sends a form is refused with what to choose instead", async () => {
  const body = `payload=${encodeURIComponent(JSON.stringify(deliveries.github.push.payload))}`;
  const headers = { "content-type": "application/x-www-form-urlencoded", "x-github-event": "push" };
  const asked = (by: string) => answering().handler.fetch(new Request("http://guard.example/webhook/github", { method: "POST", body, headers: { ...headers, ...signed("github", body, by) } }));
  const answer = await asked(secret);
  assert.equal(answer.status, 415);
  assert.match(await answer.text(), /choose 'application\/json' as its content type/);
  assert.equal((await asked("another-secret-of-theirs")).status, 401);
});

test("files that can't be had, or don't come, are an error that isn't the platform's", async () => {
  for (const thrown of [new Error("no such commit"), undefined, Object.create(null) as object]) {
    const broken = answering({ fetchFiles: () => Promise.reject(thrown as Error) });
    assert.equal((await broken.handler.fetch(delivery("github", deliveries.github.push))).status, 502);
  }
  for (const files of [undefined, "p.yaml", [5], [{ path: "p.yaml" }]]) {
    const faults: unknown[] = [];
    const wrong = createHandler({ anonymous: true, log: ({ fault }) => faults.push(fault), webhooks: { secrets: allSecrets, fetchFiles: async () => files as never } });
    assert.equal((await wrong.fetch(delivery("github", deliveries.github.push))).status, 502);
    assert.match(String(faults[0]), /^HarnessImageGuardError: (?:the files have to be an array|each file needs a `path`|the file p\.yaml needs a `text`)/);
  }
  const endless = createHandler({ anonymous: true, limits: { bodySeconds: 0.05 }, webhooks: { secrets: allSecrets, fetchFiles: () => new Promise(() => undefined) } });
  assert.equal((await endless.fetch(delivery("github", deliveries.github.push))).status, 502);
  const many = createHandler({ anonymous: true, limits: { files: 1 }, webhooks: { secrets: allSecrets, fetchFiles: async () => projectFiles() } });
  assert.equal((await many.fetch(delivery("github", deliveries.github.push))).status, 413);
});

test("where the time is over before the check can be sent, that is an error, and nothing waits", { timeout: 20_000 }, async () => {
  const stages = "    - stage: {identifier: s, type: CI, spec: {execution: {steps: [{step: {identifier: u, type: Run, spec: {image: node}}}]}}}\n".repeat(3000);
  const handler = createHandler({
    anonymous: true,
    limits: { bodySeconds: 0.05 },
    webhooks: {
      secrets: allSecrets,
      fetchFiles: async () => [{ path: "p.yaml", text: `pipeline:\n  identifier: a\n  stages:\n${stages}` }],
      publish: () => new Promise(() => undefined),
    },
  });
  const answer = await handler.fetch(delivery("github", deliveries.github.push));
  assert.equal(answer.status, 502);
  assert.match(await answer.text(), /the check can't be sent to the platform/);
});

test("a store of deliveries that fails, or doesn't answer, is an error that isn't the platform's, and nothing waits", { timeout: 20_000 }, async () => {
  const never = (): Promise<never> => new Promise(() => undefined);
  const send = async (options: Partial<WebhookOptions>): Promise<string> => {
    const handler = createHandler({ anonymous: true, limits: { bodySeconds: 0.05 }, webhooks: { secrets: allSecrets, fetchFiles: async () => projectFiles(), ...options } });
    const answer = await handler.fetch(delivery("github", deliveries.github.push));
    assert.equal(answer.status, 502);
    return answer.text();
  };
  for (const isNew of [never, () => Promise.reject(new Error("no store")), async () => undefined as never]) assert.match(await send({ isNew }), /whether the delivery is new isn't known/);
  assert.match(await send({ isNew: async () => true, forget: never, fetchFiles: () => Promise.reject(new Error("no files")) }), /can't be fetched/);
});

test("secrets that can't be ones are refused when the handler is made", () => {
  for (const [secrets, message] of [
    [{ github: "short" }, /at least 16 characters/],
    [{ github: [] }, /at least 16 characters/],
    [{ svn: secret }, /no webhooks of 'svn'/],
  ] as const) {
    assert.throws(() => answering({ secrets: secrets as unknown as WebhookOptions["secrets"] }), { code: "usage", message });
  }
});
