import { createGuard, exportPolicies, type Guard } from "harness-image-guard";

import type { CheckedFile, CheckRequests, Checked, Question } from "../messages.ts";
import { CONFIG_PATH, isPolicy, type OwnPolicy, POLICY_PATH } from "../project.ts";
import { findingOf } from "./finding.ts";
import { imagesOf } from "./images.ts";
import { placesOf } from "./places.ts";
import { serve } from "./serve.ts";

let made: { readonly of: string; readonly guard: Guard } | undefined;

/**
 * A guard of a configuration and of the policies that it may name; the last one is kept, for mostly
 * it is asked for again.
 */
async function guardOf({ files, config, policy }: Question): Promise<Guard> {
  const policies = new Map(files.filter(({ path }) => isPolicy(path)).map(({ path, text }) => [path, text]));
  const own = policies.has(POLICY_PATH) ? undefined : policy;
  // A list of connectors is part of the guard.
  const lists = new Map(files.filter(({ path }) => config.includes(path)).map(({ path, text }) => [path, text]));
  const of = JSON.stringify([config, own?.rego, own?.version, ...policies, ...lists]);
  if (made?.of !== of) {
    const guard = await createGuard({
      config,
      configPath: CONFIG_PATH,
      readPolicy: async (path) => {
        if (own !== undefined && path === POLICY_PATH) return moduleOf(own);
        const text = policies.get(path);
        if (text === undefined) throw new Error(`the configuration names the policy \`${path}\`, which is none of these files`);
        return text;
      },
      readConnectorFile: async (path) => {
        const text = lists.get(path);
        if (text === undefined) throw new Error(`the configuration names the list of connectors \`${path}\`, which is none of these files`);
        return { path, text };
      },
    });
    made = { of, guard };
  }
  return made.guard;
}

/** A policy of one's own as Harness takes it. */
async function moduleOf({ rego, version }: OwnPolicy): Promise<string> {
  const policy = { path: POLICY_PATH, text: rego, regoVersion: version };
  const files = await exportPolicies({ to: "rego", policy });
  return new TextDecoder().decode(files[0]?.content);
}

/** What is checked. A file of a folder was found in it, and may be another tool's. */
function checkedIn({ files }: Question): readonly (CheckedFile & { readonly searched: boolean })[] {
  return files
    .filter(({ path }) => !isPolicy(path))
    .map((file) => ({ ...file, searched: file.path.includes("/") }));
}

async function check(question: Question): Promise<Checked> {
  const guard = await guardOf(question);
  const files = checkedIn(question);
  const start = performance.now();
  const report = guard.check(files);
  const took = performance.now() - start;
  const places = placesOf(question);
  return {
    findings: report.diagnostics.map((diagnostic) => findingOf(diagnostic, places(diagnostic.file))),
    files: report.files,
    summary: report.summary,
    took,
  };
}

await serve<CheckRequests>(
  {
    check,
    async images(question) {
      return imagesOf(await guardOf(question), { ...question, files: checkedIn(question) });
    },
    async fix(question) {
      const guard = await guardOf(question);
      return guard.fix(checkedIn(question)).files.map(({ path, text }) => ({ path, text }));
    },
    async report(question) {
      const guard = await guardOf(question);
      return `${JSON.stringify(guard.check(checkedIn(question)), null, 2)}\n`;
    },
  },
  () => guardOf({ files: [], config: "" }),
);
