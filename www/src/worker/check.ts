import { createGuard, type Guard } from "harness-image-guard";

import type { CheckRequests, Checked, Question } from "../messages.ts";
import { findingOf } from "./finding.ts";
import { imagesOf } from "./images.ts";
import { placesOf } from "./places.ts";
import { serve } from "./serve.ts";

let made: { readonly config: string; readonly guard: Guard } | undefined;

/** A guard of a configuration; the last one is kept, for mostly it is asked for again. */
async function guardOf(config: string): Promise<Guard> {
  if (made?.config !== config) {
    made = { config, guard: await createGuard({ config, configPath: "harness-image-guard.yaml" }) };
  }
  return made.guard;
}

async function check(question: Question): Promise<Checked> {
  const guard = await guardOf(question.config);
  const start = performance.now();
  const report = guard.check(question.files);
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
      return imagesOf(await guardOf(question.config), question);
    },
    async fix({ files, config }) {
      const guard = await guardOf(config);
      return guard.fix(files).files.map(({ path, text }) => ({ path, text }));
    },
    async report({ files, config }) {
      const guard = await guardOf(config);
      return `${JSON.stringify(guard.check(files), null, 2)}\n`;
    },
  },
  () => guardOf(""),
);
