import { isPolicy, mayName, type OwnPolicy, type PlainFile } from "./project.ts";

/**
 * Takes a policy, with its tests, out of files that were opened by themselves: it is one to be worked on. What it
 * uses stays a file, and so does a policy of a folder, or one that the configuration names.
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

/** Rego v1 where it has that version's keywords without an import. */
function versionOf(text: string): OwnPolicy["version"] {
  const code = text.replaceAll(/#.*|"(?:[^"\\]|\\.)*"|`[^`]*`/g, "");
  return /\b(?:if|contains)\b\s/.test(code) && !/^\s*import\s+(?:rego\.v1|future\.keywords)/m.test(code) ? 1 : 0;
}
