import { createGuard, exportPolicies, type Guard, importConnectors, type UserPolicy } from "harness-image-guard";

import type { CheckedFile, CheckRequests, Checked, Question } from "../messages.ts";
import { CONFIG_PATH, isPolicy, librariesOf, mayName, type OwnPolicy, POLICY_PATH } from "../project.ts";
import { connectorsIn } from "./connectors.ts";
import { findingOf } from "./finding.ts";
import { imagesOf } from "./images.ts";
import { placesOf } from "./places.ts";
import { MAX_STEPS } from "./limits.ts";
import { serve } from "./serve.ts";

let made: { readonly of: string; readonly guard: Guard } | undefined;

/** The guard for a configuration, with its policies and lists of connectors. The last one is reused: most edits keep it. */
async function guardOf({ files, config, policy, withoutPolicies = false }: Question): Promise<Guard> {
  const policies = new Map(files.filter(({ path }) => isPolicy(path)).map(({ path, text }) => [path, text]));
  const own = policies.has(POLICY_PATH) ? undefined : policy;
  // Lists of connectors are part of the guard.
  const lists = new Map(files.filter(({ path }) => mayName(config, path)).map(({ path, text }) => [path, text]));
  const of = JSON.stringify([withoutPolicies, config, own?.rego, own?.version, own?.everywhere, ...policies, ...lists]);
  if (made?.of !== of) {
    const guard = await createGuard({
      config,
      configPath: CONFIG_PATH,
      policyLimits: { maxSteps: MAX_STEPS },
      ...(own?.everywhere === true && !withoutPolicies ? { policies: everywhere(own, files) } : {}),
      readPolicy: async (path) => {
        if (withoutPolicies) return [];
        if (own !== undefined && path === POLICY_PATH) return moduleOf(own);
        const text = policies.get(path);
        if (text === undefined) throw new Error(`the configuration names the policy \`${path}\`, which isn't among these files`);
        return text;
      },
      readConnectorFile: async (path) => {
        const text = lists.get(path);
        if (text === undefined) throw new Error(`the configuration names the list of connectors \`${path}\`, which isn't among these files`);
        return { path, text };
      },
    });
    made = { of, guard };
  }
  return made.guard;
}

/** The user's policy, with the modules that it uses. */
function everywhere({ rego, version }: OwnPolicy, files: readonly CheckedFile[]): readonly UserPolicy[] {
  return [
    { path: POLICY_PATH, text: rego, regoVersion: version },
    ...librariesOf([rego], files).map(({ path, text }): UserPolicy => ({ path, text, regoVersion: version, searched: true })),
  ];
}

/** The user's policy as one module for Harness. */
async function moduleOf({ rego, version }: OwnPolicy): Promise<string> {
  const policy = { path: POLICY_PATH, text: rego, regoVersion: version };
  const files = await exportPolicies({ to: "rego", policy });
  return new TextDecoder().decode(files[0]?.content);
}

/** The files that are checked. One in a folder counts as found by a search: it may be another tool's, or excluded. */
function checkedIn(guard: Guard, { files }: Question): readonly (CheckedFile & { readonly searched: boolean })[] {
  return files
    .filter((file) => !isPolicy(file.path) && !isExcluded(guard, file))
    .map((file) => ({ ...file, searched: isInFolder(file) }));
}

function isExcluded(guard: Guard, file: CheckedFile): boolean {
  return isInFolder(file) && guard.excludes(file.path);
}

function isInFolder({ path }: CheckedFile): boolean {
  return path.includes("/");
}

/** The message in `configExceptions` that a rule is off. */
const OFF = /^`rules\.([\w-]+)` is off$/;

async function check(question: Question): Promise<Checked> {
  const guard = await guardOf(question);
  const files = checkedIn(guard, question);
  const report = guard.check(files);
  const places = placesOf(question);
  const exceptions = guard.configExceptions;
  return {
    findings: report.diagnostics.filter(({ suppressed }) => suppressed === null).map((diagnostic) => findingOf(diagnostic, places(diagnostic.file))),
    files: report.files,
    summary: report.summary,
    exceptions: exceptions.map(({ message, line }) => ({ message, line })),
    off: exceptions.flatMap(({ message }) => OFF.exec(message)?.[1] ?? []),
    policies: guard.policies.map(({ path }) => path),
    excluded: question.files.filter((file) => isExcluded(guard, file)).map(({ path }) => path),
  };
}

await serve<CheckRequests>(
  {
    check,
    async images(question) {
      const guard = await guardOf(question);
      return imagesOf(guard, { ...question, files: checkedIn(guard, question) });
    },
    connectors: ({ files, config }) => connectorsIn(files, (path) => mayName(config, path)),
    import: ({ files }) => importConnectors({ files }),
    async fix(question) {
      const guard = await guardOf(question);
      return guard.fix(checkedIn(guard, question)).files.map(({ path, text }) => ({ path, text }));
    },
    async report(question) {
      const guard = await guardOf(question);
      return `${JSON.stringify(guard.check(checkedIn(guard, question)), null, 2)}\n`;
    },
  },
  () => guardOf({ files: [], config: "" }),
);
