import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { packageFolder } from "./paths.js";
import { temporaryFolder } from "./temporary-folder.js";
import { Transcript } from "./transcript.js";

const path = join(packageFolder, "../docs/first-steps.md");

test("the first five minutes go as docs/first-steps.md shows them; UPDATE_TRANSCRIPTS=1 writes them again", (t) => {
  const page = readFileSync(path, "utf8");
  const transcript = new Transcript(page);
  assert.ok(transcript.commands >= 8);
  const replayed = transcript.replayed(temporaryFolder(t));
  if (process.env["UPDATE_TRANSCRIPTS"] !== undefined) writeFileSync(path, replayed);
  else assert.equal(page, replayed);
  assert.doesNotMatch(replayed, /internal error|command not found/);
});
