import { isPolicy, mayName, type OwnPolicy, type PlainFile } from "./project.ts";

/**
 * Takes a policy with its tests out of opened files: a policy at the top level is meant for *Your Rego*. Modules that it
 * uses stay files, as do a policy in a folder and one that the configuration names.
 */
export function ownPolicyIn(
  files: readonly PlainFile[],
  config: string,
): { readonly policy: OwnPolicy | undefined; readonly files: readonly PlainFile[] } {
  const module = files.find(
    ({ path, text }) =>
      isPolicy(path) && !path.includes("/") && !path.endsWith("_test.rego") && !mayName(config, path) && /^\s*(?:default\s+)?(?:deny|warn)\b/m.test(text),
  );
  if (module === undefined) return { policy: undefined, files };
  const tests = files.find(({ path }) => path === module.path.replace(/\.rego$/i, "_test.rego"));
  return {
    policy: { rego: module.text, tests: tests?.text ?? "", version: versionOf(module.text) },
    files: files.filter((file) => file !== module && file !== tests),
  };
}

/** The version of Rego: 1 if it uses that version's keywords without importing them. */
function versionOf(text: string): OwnPolicy["version"] {
  const code = text.replaceAll(/#.*|"(?:[^"\\]|\\.)*"|`[^`]*`/g, "");
  return /\b(?:if|contains)\b\s/.test(code) && !/^\s*import\s+(?:rego\.v1|future\.keywords)/m.test(code) ? 1 : 0;
}
