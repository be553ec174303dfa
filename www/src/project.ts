/** A file as it is kept, shared, saved and opened. */
export interface PlainFile {
  readonly path: string;
  readonly text: string;
}

/** A policy of one's own: its module, and the module of its tests, which may be empty. */
export interface OwnPolicy {
  readonly rego: string;
  readonly tests: string;
  /** Which Rego both are: 0, as Harness reads it, or 1. */
  readonly version: 0 | 1;
  /** Whether it runs on all files, beside our rules. */
  readonly everywhere?: boolean;
}

/** Files, the configuration that they are checked with, and a policy of one's own, if there is one. */
export interface Project {
  readonly files: readonly PlainFile[];
  readonly config: string;
  readonly policy?: OwnPolicy | undefined;
}

/** What the configuration is called, on disk and in messages. */
export const CONFIG_PATH = "harness-image-guard.yaml";

/** What the two modules are called, in messages and in answers. */
export const POLICY_PATH = "policy.rego";
export const TESTS_PATH = "policy_test.rego";

/** Whether a file is a policy, not something that is checked. */
export function isPolicy(path: string): boolean {
  return path.toLowerCase().endsWith(".rego");
}

/** Whether a configuration may name a file: its path is written there. What it does name, the module says. */
export function mayName(config: string, path: string): boolean {
  return config.includes(path);
}

/** Everything as files; where one has a name that is taken, it is the one of the list that counts. */
export function filesOf({ files, config, policy }: Project): readonly PlainFile[] {
  const more = [
    { path: CONFIG_PATH, text: config },
    { path: POLICY_PATH, text: policy?.rego ?? "" },
    { path: TESTS_PATH, text: policy?.tests ?? "" },
  ];
  return [...files, ...more.filter(({ path, text }) => text !== "" && !files.some((file) => file.path === path))];
}

/** The modules among files that others use, by the names of their packages, and what those use in turn. */
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
