import type { OptionKinds } from "./given-options.js";
import type { AskOptions, PolicyLimits, PolicyOptions } from "./policy.js";
import type { TestOptions } from "./suite.js";

/** Bounds of compiling and of evaluations. */
export const policyLimitKinds: OptionKinds<PolicyLimits> = { maxSteps: "count", maxBytes: "count", maxDepth: "count" };

/** What policies are compiled of. */
export const policyKinds: OptionKinds<PolicyOptions> = {
  modules: "json",
  data: "any",
  regoVersion: "json",
  moduleVersions: "json",
  strict: "boolean",
  rulesOverData: "boolean",
  ...policyLimitKinds,
};

/** How a query is asked. */
export const askKinds: OptionKinds<AskOptions> = { now: "date", host: "function", strictBuiltinErrors: "boolean", coverage: "boolean", ...policyLimitKinds };

/** How tests are run. */
export const testKinds: OptionKinds<TestOptions> = { run: "any", timeout: "milliseconds", ...askKinds };
