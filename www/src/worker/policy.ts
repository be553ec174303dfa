import {
  compileRego,
  type CoverageReport,
  exportPolicies,
  formatRego,
  HarnessImageGuardError,
  type LineRange,
  lintRego,
  showPolicyInput,
  testRego,
} from "harness-image-guard";

import type { PolicyRequests, Reached, UsedPolicy } from "../messages.ts";
import { POLICY_PATH, TESTS_PATH } from "../project.ts";
import { MAX_STEPS } from "./limits.ts";
import { serve } from "./serve.ts";

/** A prefix of the paths of libraries, so that they sort after the policy. */
const AFTER = "~";

await serve<PolicyRequests>(
  {
    async input({ text, entity }) {
      return showPolicyInput({ text, ...(entity === "" ? {} : { entity }) });
    },
    async evaluate({ rego, version, libraries, input }) {
      // Without its tests, which Harness doesn't have. The first module by name is the policy.
      const modules = { [POLICY_PATH]: rego, ...Object.fromEntries(libraries.map(({ path, text }) => [`${AFTER}${path}`, text])) };
      const policy = await compileRego({ modules, regoVersion: version }).catch((error: unknown) => {
        throw withOwnPaths(error, libraries);
      });
      const { status, deny_messages, warn_messages, output, printed, error, problems, coverage } = policy.evaluateText(
        // As text, as is the output: JavaScript's numbers would lose digits.
        input,
        { coverage: true, maxSteps: MAX_STEPS },
      );
      if (error !== null) throw withOwnPaths(new HarnessImageGuardError("rego", error, { problems }), libraries);
      return {
        output,
        status,
        denied: deny_messages,
        warned: warn_messages,
        printed,
        reached: reachedIn(coverage),
      };
    },
    async lint(question) {
      const { version } = question;
      const { findings } = await lintRego({
        modules: modulesOf(question),
        regoVersion: version,
        // An OPA older than 1.0 doesn't read v1 without an import.
        ...(version === 1 ? { oldestOpa: "1.0.0" } : {}),
      });
      return findings.filter(({ file }) => file === POLICY_PATH || file === TESTS_PATH);
    },
    async test(question) {
      const { tests, coverage } = await testRego({
        modules: modulesOf(question),
        regoVersion: question.version,
        maxSteps: MAX_STEPS,
      });
      return { tests, reached: reachedIn(coverage) };
    },
    async format({ rego, tests, version }) {
      const { modules, problems } = await formatRego({
        modules: modulesOf({ rego, tests, version, libraries: [] }),
        regoVersion: version,
      });
      return { rego: modules[POLICY_PATH] ?? rego, tests: modules[TESTS_PATH] ?? tests, problems };
    },
    export: exportPolicies,
  },
  // Loads the module for Rego before the first request.
  () => compileRego({ modules: {} }),
);

/** An error with the libraries' own paths. */
function withOwnPaths(error: unknown, libraries: UsedPolicy["libraries"]): unknown {
  if (!(error instanceof HarnessImageGuardError)) return error;
  const problems = error.problems.map((problem) =>
    "file" in problem && problem.file?.startsWith(AFTER) === true ? { ...problem, file: problem.file.slice(AFTER.length) } : problem,
  );
  const message = libraries.reduce((text, { path }) => text.replaceAll(`${AFTER}${path}`, () => path), error.message);
  return new HarnessImageGuardError(error.code, message, { problems });
}

function modulesOf({ rego, tests, libraries }: UsedPolicy): Record<string, string> {
  return {
    ...Object.fromEntries(libraries.map(({ path, text }) => [path, text])),
    [POLICY_PATH]: rego,
    ...(tests.trim() === "" ? {} : { [TESTS_PATH]: tests }),
  };
}

/** The lines of the policy itself. */
function reachedIn(report: CoverageReport | null): Reached {
  const { covered, not_covered: missed } = report?.files[POLICY_PATH] ?? {};
  return { covered: linesOf(covered), missed: linesOf(missed) };
}

function linesOf(ranges: readonly LineRange[] = []): number[] {
  return ranges.flatMap(({ start, end }) => Array.from({ length: end.row - start.row + 1 }, (_, index) => start.row + index));
}
