// builtin-docs.mjs: writes www/src/language/builtins.json, the signatures and descriptions of OPA's functions that
// *Your Rego* shows, from the metadata in OPA's own source, which Go fetches. Run it when the newest OPA that we compare
// with changes; a test of the page fails until then.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = new URL("../", import.meta.url);
const [, version] = /const NEWEST: &str = "(v[\d.]+)"/.exec(readFileSync(new URL("tests/it/authoring/builtins.rs", root), "utf8")) ?? [];
if (version === undefined) throw new Error("tests/it/authoring/builtins.rs doesn't say which OPA is the newest");
const listed = execFileSync("go", ["mod", "download", "-json", `github.com/open-policy-agent/opa@${version}`], { encoding: "utf8" });
const metadata = JSON.parse(readFileSync(`${JSON.parse(listed).Dir}/builtin_metadata.json`, "utf8"));

const functions = Object.entries(metadata)
  .filter(([name]) => !/^(_|internal\.)/.test(name))
  .map(([name, { args, result, description = "" }]) => [name, signatureOf(args, result), firstSentence(description)])
  .sort(([a], [b]) => (a < b ? -1 : 1));

const content = { source: `github.com/open-policy-agent/opa ${version}, builtin_metadata.json, Apache-2.0`, functions };
writeFileSync(
  fileURLToPath(new URL("www/src/language/builtins.json", root)),
  `${JSON.stringify(content, null, 1).replaceAll(/\[\n {3}"/g, '["').replaceAll(/",\n {3}"/g, '", "').replaceAll(/"\n {2}\]/g, '"]')}\n`,
);

/** `(x: number, y: number) → number`. `print` declares no arguments, though it takes any. */
function signatureOf(args = [], result = {}) {
  const parameters = args.map(({ name, type }, index) => `${name ?? "xyz"[index] ?? `x${index}`}: ${type}`);
  return `(${parameters.join(", ")})${result.type === undefined ? "" : ` → ${result.type}`}`;
}

function firstSentence(text) {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return /^.*?[.](?=\s+[A-Z`]|$)/.exec(line)?.[0] ?? line;
}
