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

import type { PolicyRequests, Reached } from "../messages.ts";
import { type OwnPolicy, POLICY_PATH, TESTS_PATH } from "../project.ts";
import { MAX_STEPS } from "./limits.ts";
import { serve } from "./serve.ts";

await serve<PolicyRequests>(
  {
    async input({ text, entity }) {
      return showPolicyInput({ text, ...(entity === "" ? {} : { entity }) });
    },
    async evaluate({ rego, version, input }) {
      // Without its tests, for Harness has none.
      const policy = await compileRego({ modules: { [POLICY_PATH]: rego }, regoVersion: version });
      const { status, deny_messages, warn_messages, output, printed, error, problems, coverage } = policy.evaluateText(
        // As text, and the output as text: numbers of JavaScript lose digits.
        input,
        { coverage: true, maxSteps: MAX_STEPS },
      );
      if (error !== null) throw new HarnessImageGuardError("rego", error, { problems });
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
      const { findings } = await lintRego({ modules: modulesOf(question), regoVersion: question.version });
      return findings;
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
        modules: modulesOf({ rego, tests, version }),
        regoVersion: version,
      });
      return { rego: modules[POLICY_PATH] ?? rego, tests: modules[TESTS_PATH] ?? tests, problems };
    },
    export: exportPolicies,
  },
  // The module for Rego is heavy: fetched now, while the policy is written.
  () => compileRego({ modules: {} }),
);

function modulesOf({ rego, tests }: OwnPolicy): Record<string, string> {
  return { [POLICY_PATH]: rego, ...(tests.trim() === "" ? {} : { [TESTS_PATH]: tests }) };
}

/** The lines of the policy itself. */
function reachedIn(report: CoverageReport | null): Reached {
  const { covered, not_covered: missed } = report?.files[POLICY_PATH] ?? {};
  return { covered: linesOf(covered), missed: linesOf(missed) };
}

function linesOf(ranges: readonly LineRange[] = []): number[] {
  return ranges.flatMap(({ start, end }) => Array.from({ length: end.row - start.row + 1 }, (_, index) => start.row + index));
}
