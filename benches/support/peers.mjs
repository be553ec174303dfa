// The tools that ours is measured against, and our policies in the form that they take.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));
const tools = join(root, ".tools", "bin");

const modules = {
  opa: "github.com/open-policy-agent/opa@v0.70.0",
  conftest: "github.com/open-policy-agent/conftest@v0.71.1",
};

/**
 * The program: `OPA` or `CONFTEST` of the environment, or the one on the PATH, or the pinned one in
 * .tools, which Go builds there the first time. `undefined`, having said so, where there is no Go.
 */
export function tool(name) {
  const own = join(tools, name);
  for (const candidate of [process.env[name.toUpperCase()], name, own]) {
    if (candidate && answers(candidate, name === "opa" ? ["version"] : ["--version"])) return candidate;
  }
  if (!answers("go", ["version"])) {
    console.log(`  ${name} is not here, nor is Go to build it: this comparison is left out.`);
    return undefined;
  }
  console.log(`  Go builds ${modules[name]} into .tools (once; a few minutes)`);
  const built = spawnSync("go", ["install", modules[name]], {
    env: { ...process.env, GOBIN: tools },
    stdio: "inherit",
  });
  return built.status === 0 ? own : undefined;
}

function answers(program, args) {
  return spawnSync(program, args, { stdio: "ignore" }).status === 0;
}

/** Runs a program to its end, and returns what it printed; exit codes other than `wanted` are errors. */
export function run(program, args, wanted = [0]) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { maxBuffer: 1 << 30 });
  if (error) throw error;
  if (!wanted.includes(status)) throw new Error(`${program} ended with ${status}: ${stderr}`);
  return stdout;
}

/** Calls `work` with a folder that is removed afterwards. */
export async function inTemporaryFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), "harness-image-guard-bench-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Copies the policies, without tests and examples, into the folder. */
export function copyPolicies(folder) {
  const to = join(folder, "policies");
  cpSync(join(root, "policies"), to, {
    recursive: true,
    filter: (path) => !/_test\.rego$|\.md$/.test(path) && basename(path) !== "examples",
  });
  return to;
}

/** The policies as OPA compiles them to WebAssembly, with both of our entry points. */
export function compileToWasm(opa, folder) {
  const entryPoints = ["main/report", "workspace/facts"].flatMap((rule) => ["-e", `harness_image_guard/${rule}`]);
  const bundle = join(folder, "bundle.tar.gz");
  run(opa, ["build", "-t", "wasm", ...entryPoints, "-o", bundle, copyPolicies(folder)]);
  return run("tar", ["-xzOf", bundle, "/policy.wasm"]);
}

/** The `data` of our policies with these facts. */
export function withFacts(facts) {
  const data = JSON.parse(readFileSync(join(root, "policies", "data.json"), "utf8"));
  data.harness_image_guard.facts = facts;
  return data;
}

/** `opa eval` of a rule of ours, with the policies and the input as files in the folder. */
export function evaluate(opa, folder, rule, input) {
  const file = join(folder, "input.json");
  writeFileSync(file, JSON.stringify(input));
  const policies = existsSync(join(folder, "policies")) ? join(folder, "policies") : copyPolicies(folder);
  const answer = run(opa, ["eval", "--format", "raw", "-d", policies, "-i", file, rule]);
  return JSON.parse(answer);
}

/** A builtin of Rego that opa-wasm leaves to its host. */
export function indexof_n(text, part) {
  const found = [];
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    found.push([...text.slice(0, at)].length);
  }
  return found;
}
