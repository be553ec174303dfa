import { compileRego, exportPolicies, HarnessImageGuardError, type Json, lintRego } from "harness-image-guard";
import { parseAllDocuments } from "yaml";

import { wrapped } from "../entity.ts";
import type { PolicyRequests } from "../messages.ts";
import { CONFIG_PATH, type OwnPolicy, POLICY_PATH, TESTS_PATH } from "../project.ts";
import { serve } from "./serve.ts";

await serve<PolicyRequests>(
  {
    input: ({ text, entity }) => JSON.stringify(wrapped(documentOf(text), entity), null, 2),
    async evaluate({ rego, version, input }) {
      // Without its tests, for Harness has none.
      const policy = await compileRego({ modules: { [POLICY_PATH]: rego }, regoVersion: version });
      const { status, deny_messages, warn_messages, output, printed, error, problems } = policy.evaluate(
        JSON.parse(input) as Json,
      );
      if (error !== null) throw new HarnessImageGuardError("rego", error, { problems });
      return {
        output: JSON.stringify(output, null, 2),
        status,
        denied: deny_messages,
        warned: warn_messages,
        printed,
      };
    },
    async lint(question) {
      const { findings } = await lintRego({ modules: modulesOf(question), regoVersion: question.version });
      return findings;
    },
    async test(question) {
      const policy = await compileRego({ modules: modulesOf(question), regoVersion: question.version });
      return policy.test().tests;
    },
    async export({ config, to }) {
      const files = await exportPolicies({ config, configPath: CONFIG_PATH, to });
      const decoder = new TextDecoder();
      return files.map(({ path, content }) => ({ path, text: decoder.decode(content) }));
    },
  },
  // The module for Rego is heavy: fetched now, while the policy is written.
  () => compileRego({ modules: {} }),
);

function modulesOf({ rego, tests }: OwnPolicy): Record<string, string> {
  return { [POLICY_PATH]: rego, ...(tests.trim() === "" ? {} : { [TESTS_PATH]: tests }) };
}

/** The first document of a file. */
function documentOf(text: string): unknown {
  const [first] = parseAllDocuments(text);
  if (first === undefined || !("errors" in first)) return null;
  const [error] = first.errors;
  if (error !== undefined) throw new Error(`the file is no input: ${error.message}`);
  return first.toJS({ maxAliasCount: 100 });
}
