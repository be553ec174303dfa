// Answers each push to a repository on GitHub, and each pull request, with a check run of its commit.

import { createServer } from "node:http";
import { createHandler } from "harness-image-guard/handler/check";
import { nodeListener } from "harness-image-guard/handler/node-listener";

const { WEBHOOK_SECRET = "", GITHUB_TOKEN = "", GITHUB_API = "https://api.github.com", PORT = "8790" } = process.env;

/** Asks GitHub's API, and hands on the trace and the end of anybody's patience. */
async function github(path, { traceparent, signal }, { accept = "application/vnd.github+json", body } = {}) {
  const response = await fetch(`${GITHUB_API}/${path}`, {
    signal,
    headers: { accept, authorization: `Bearer ${GITHUB_TOKEN}`, traceparent, "user-agent": "harness-image-guard" },
    ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`GitHub answers ${response.status} to ${path}`);
  return response;
}

/** Every file of the commit that could be Harness's. */
async function fetchFiles({ repository, commit }, context) {
  const { tree, truncated } = await (await github(`repos/${repository}/git/trees/${commit}?recursive=1`, context)).json();
  // A part of the files would be decided about as if it were all of them.
  if (truncated) throw new Error(`the tree of ${repository} is larger than GitHub lists at once`);
  const blobs = tree.filter(({ type, path }) => type === "blob" && /\.(?:ya?ml|json)$/i.test(path));
  const [links, wanted] = [blobs.filter(({ mode }) => mode === "120000"), blobs.filter(({ mode }) => mode !== "120000")];
  const files = links.map(({ path }) => ({ path, unreadable: "it is a link, which isn't followed" }));
  // A few at a time.
  for (let at = 0; at < wanted.length; at += 8) {
    const some = wanted.slice(at, at + 8).map(async ({ path, sha }) => {
      const blob = await github(`repos/${repository}/git/blobs/${sha}`, context, { accept: "application/vnd.github.raw+json" });
      return { path, text: new Uint8Array(await blob.arrayBuffer()), searched: true };
    });
    files.push(...(await Promise.all(some)));
  }
  return files;
}

async function publish({ repository }, { check }, context) {
  await github(`repos/${repository}/check-runs`, context, { body: check });
}

const handler = createHandler({
  guard: { config: { preset: "gar" } },
  // Only GitHub asks, and signs what it asks; /v1/check isn't to be had.
  tokens: [{ token: crypto.randomUUID() }],
  webhooks: { secrets: { github: WEBHOOK_SECRET }, fetchFiles, publish },
  log: (entry) => console.error(JSON.stringify(entry)),
});
await handler.ready();
createServer(nodeListener(handler)).listen(Number(PORT), "127.0.0.1");
