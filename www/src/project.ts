/** A file: its path and its text. */
export interface PlainFile {
  readonly path: string;
  readonly text: string;
}

/** The user's policy in *Your Rego*: its module, and the module of its tests, which may be empty. */
export interface OwnPolicy {
  readonly rego: string;
  readonly tests: string;
  /** The version of Rego of both: 0, as Harness reads it, or 1. */
  readonly version: 0 | 1;
  /** Whether it also runs on all files, with our rules. */
  readonly everywhere?: boolean;
}

/** Files, the configuration of their check, and the user's policy, if there is one. */
export interface Project {
  readonly files: readonly PlainFile[];
  readonly config: string;
  readonly policy?: OwnPolicy | undefined;
}

/** The configuration's path, on disk and in messages. */
export const CONFIG_PATH = "harness-image-guard.yaml";

/** The paths of the user's policy and its tests, in messages and in results. */
export const POLICY_PATH = "policy.rego";
export const TESTS_PATH = "policy_test.rego";

/** Whether a file is a policy, which isn't checked itself. */
export function isPolicy(path: string): boolean {
  return path.toLowerCase().endsWith(".rego");
}

/** Whether a configuration may name a file, because it contains the path. Only the module knows whether it does. */
export function mayName(config: string, path: string): boolean {
  return config.includes(path);
}

/** Everything as files; a file of the project takes precedence over the configuration or policy of the same path. */
export function filesOf({ files, config, policy }: Project): readonly PlainFile[] {
  const more = [
    { path: CONFIG_PATH, text: config },
    { path: POLICY_PATH, text: policy?.rego ?? "" },
    { path: TESTS_PATH, text: policy?.tests ?? "" },
  ];
  return [...files, ...more.filter(({ path, text }) => text !== "" && !files.some((file) => file.path === path))];
}

/** The files whose packages the modules use, directly or through each other. */
export function librariesOf(modules: readonly string[], files: readonly PlainFile[]): readonly PlainFile[] {
  const used = new Set<PlainFile>();
  const policies = files.filter(({ path }) => isPolicy(path));
  const asked = [...modules];
  for (let text = asked.pop(); text !== undefined; text = asked.pop()) {
    for (const file of policies) {
      const [, name] = /^[ \t]*package[ \t]+([\w.]+)/m.exec(file.text) ?? [];
      if (used.has(file) || name === undefined || !names(text, `data.${name}`)) continue;
      used.add(file);
      asked.push(file.text);
    }
  }
  return [...used];
}

function names(text: string, path: string): boolean {
  for (let at = text.indexOf(path); at !== -1; at = text.indexOf(path, at + 1)) {
    if (!/\w/.test(text[at + path.length] ?? "")) return true;
  }
  return false;
}
