import { compileRego, HarnessImageGuardError, type Json } from "harness-image-guard";
import { parseAllDocuments } from "yaml";

import type { EntityKind, PolicyRequests } from "../messages.ts";
import { serve } from "./serve.ts";

/** What messages call one's own policy. */
const PATH = "policy.rego";

await serve<PolicyRequests>(
  {
    input: ({ text, entity }) => JSON.stringify(wrapped(documentOf(text), entity), null, 2),
    async evaluate({ rego, version, input }) {
      const policy = await compileRego({ modules: { [PATH]: rego }, regoVersion: version });
      const { status, deny_messages, output, printed, error, problems } = policy.evaluate(
        JSON.parse(input) as Json,
      );
      if (error !== null) throw new HarnessImageGuardError("rego", error, { problems });
      return {
        output: JSON.stringify(output, null, 2),
        denies: status === "error",
        deny: deny_messages,
        printed,
      };
    },
  },
  // The module for Rego is heavy: fetched now, while the policy is written.
  () => compileRego({ modules: {} }),
);

/** The first document of a file. */
function documentOf(text: string): unknown {
  const [first] = parseAllDocuments(text);
  if (first === undefined || !("errors" in first)) return null;
  const [error] = first.errors;
  if (error !== undefined) throw new Error(`the file is no input: ${error.message}`);
  return first.toJS({ maxAliasCount: 100 });
}

/** A document as Harness hands it to a policy. */
function wrapped(document: unknown, entity: EntityKind): unknown {
  const root = Object(document) as Readonly<Record<string, unknown>>;
  switch (entity) {
    case "pipeline":
      return {
        pipeline: root["pipeline"] ?? document,
        action: "onrun",
        metadata: { action: "onrun", type: "pipeline" },
      };
    case "template":
      return { template: root["template"] ?? document, metadata: { action: "onsave", type: "template" } };
    case "connector":
      return { entity: root["connector"] ?? document, metadata: { action: "onsave", type: "connector" } };
    case "as it is":
      return document;
  }
}
