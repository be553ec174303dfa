import { createGuard, type Diagnostic, type Guard } from "harness-image-guard";

import type { CheckRequests, Checked, Finding, Question } from "../messages.ts";
import { Places } from "./places.ts";
import { serve } from "./serve.ts";

let made: { readonly config: string; readonly guard: Guard } | undefined;

/** A guard of a configuration; the last one is kept, for mostly it is asked for again. */
async function guardOf(config: string): Promise<Guard> {
  if (made?.config !== config) {
    made = { config, guard: await createGuard({ config, configPath: "harness-image-guard.yaml" }) };
  }
  return made.guard;
}

function findingOf(diagnostic: Diagnostic, places: Places): Finding {
  const { rule, verdict, severity, message, subject, help, docs, suppressed, file } = diagnostic;
  return {
    rule,
    verdict,
    severity,
    message,
    subject,
    help,
    docs,
    suppressed,
    file,
    from: places.of(diagnostic.start),
    to: places.of(diagnostic.end),
    fix: null,
  };
}

async function check({ files, config }: Question): Promise<Checked> {
  const guard = await guardOf(config);
  const start = performance.now();
  const report = guard.check(files);
  const took = performance.now() - start;
  const places = new Map(files.map(({ path, text }) => [path, new Places(text)]));
  const nowhere = new Places("");
  return {
    findings: report.diagnostics.map((diagnostic) =>
      findingOf(diagnostic, places.get(diagnostic.file) ?? nowhere),
    ),
    files: report.files,
    summary: report.summary,
    took,
  };
}

await serve<CheckRequests>(
  {
    check,
    async report({ files, config }) {
      const guard = await guardOf(config);
      return `${JSON.stringify(guard.check(files), null, 2)}\n`;
    },
  },
  () => guardOf(""),
);
