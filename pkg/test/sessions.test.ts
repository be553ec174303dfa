import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { accountServer, token } from "./account-server.js";
import { run } from "./command.js";
import { packageFolder } from "./paths.js";
import { temporaryFolder } from "./temporary-folder.js";
import { push, registry, skip } from "./registry.js";
import { Transcript } from "./transcript.js";

/** The pages that show sessions. `UPDATE_TRANSCRIPTS=1` writes them again. */
function pageOf(name: string): { readonly path: string; readonly page: string } {
  const path = join(packageFolder, "../docs", name);
  return { path, page: readFileSync(path, "utf8") };
}

function assertSame({ path, page }: { readonly path: string; readonly page: string }, replayed: string): void {
  if (process.env["UPDATE_TRANSCRIPTS"] !== undefined) writeFileSync(path, replayed);
  else assert.equal(page, replayed);
  assert.doesNotMatch(replayed, /internal error|command not found/);
}

test("the first five minutes go as docs/first-steps.md shows them", async (t) => {
  const shown = pageOf("first-steps.md");
  const transcript = new Transcript(shown.page);
  assert.ok(transcript.commands >= 8);
  assertSame(shown, await transcript.replayed(temporaryFolder(t)));
});

test("an account is set up as docs/harness.md shows it, by a server that answers as Harness does and a registry", { skip }, async (t) => {
  const { url } = await accountServer(t, { account: ["harnessImage", "hub"] });
  const host = await registry(t, { root: temporaryFolder(t) });
  for (const image of ["ci-addon", "ci-lite-engine"]) await push(host, `mirror/harness/${image}`, "1.16", ["linux/amd64"]);
  await push(host, "team/tests", "1", ["linux/amd64"]);
  const shown = pageOf("harness.md");
  const transcript = new Transcript(shown.page);
  assert.ok(transcript.commands >= 9);
  const variables = { HARNESS_ENDPOINT: url, HARNESS_PLATFORM_API_KEY: token, NO_PROXY: "127.0.0.1", no_proxy: "127.0.0.1" };
  // As long as the real one, by which what is underlined is as wide.
  assertSame(shown, await transcript.replayed(temporaryFolder(t), variables, ["r.example:50000", host]));
});

test("README.md shows, shortened, what make demo prints", async () => {
  const readme = readFileSync(join(packageFolder, "../README.md"), "utf8");
  const [, shown = ""] = /^`make demo` ends like this[^]*?^```text\n([^]*?)^```$/m.exec(readme) ?? [];
  const parts = shown.split("\n…\n").map((part) => part.trim());
  assert.ok(parts.length > 2, "README.md has the output");
  const { stdout } = await run(["check", "examples"], { folder: join(packageFolder, "..") });
  for (const part of parts) assert.ok(stdout.includes(part), `this isn't what it prints:\n${part}\n\nIt prints:\n${stdout}`);
});
