import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { parseByteSize } from "../dist/cli/byte-size.js";
import { suggestion } from "../dist/cli/suggestion.js";
import { packageFolder } from "./paths.js";

test("sizes are bytes, or with a unit by 1024", () => {
  assert.deepEqual(
    ["1", "500000", "512k", "512K", "16MiB", "16mb", "16 M", "1g"].map(parseByteSize),
    [1, 500_000, 524_288, 524_288, 16_777_216, 16_777_216, 16_777_216, 1_073_741_824],
  );
});

test("anything else is no size", () => {
  for (const text of ["", "0", "-1", "1.5M", "M", "1T", "2g", "1e3", "9".repeat(30), "16MiBs"]) {
    assert.equal(parseByteSize(text), undefined, text);
  }
});

test("what is nearly right is suggested", () => {
  const options = ["--format", "--fail-on", "--config", "--stdin-path"];
  assert.equal(suggestion("--formt", options), "--format");
  assert.equal(suggestion("--ofrmat", options), "--format");
  assert.equal(suggestion("--fail_on", options), "--fail-on");
  assert.equal(suggestion("--stdin", options), "--stdin-path");
});

test("what is far off is not", () => {
  assert.equal(suggestion("--verbose", ["--format", "--config"]), undefined);
  assert.equal(suggestion("x", ["check"]), undefined);
  assert.equal(suggestion("x", []), undefined);
});

const british = /\b(?:colour|behaviour|neighbour|favour|honour|licence|centred|grey\b|(?:recogn|organ|optim|summar|initial|normal|serial|minim|special|general)is(?:e|ing|ation))/i;

test("what is printed and published is spelled as in America", () => {
  const root = join(packageFolder, "..");
  const texts = (folder: string, ending: RegExp): readonly string[] => readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).filter((name) => ending.test(name)).map((name) => join(folder, name));
  const files = ["README.md", "SECURITY.md", "CONTRIBUTING.md", "pkg/README.md", ...texts("docs", /\.md$/), ...texts("policies", /\.(?:md|rego)$/), ...texts("pkg/src", /\.ts$/), ...texts("src", /\.rs$/), ...texts("www/src", /\.ts$/)];
  for (const file of files) {
    const line = readFileSync(join(root, file), "utf8").split("\n").find((each) => british.test(each));
    assert.equal(line, undefined, file);
  }
});
