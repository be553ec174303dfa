import { compileRego, type Json } from "harness-image-guard";
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
      const { result, printed } = policy.ask(packageOf(rego), JSON.parse(input) as Json);
      const output = result[0]?.expressions[0]?.value;
      return {
        output: output === undefined ? null : JSON.stringify(output, null, 2),
        deny: deniedBy(output),
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

/** The query for the document of a module's package, as Harness evaluates it. */
function packageOf(rego: string): string {
  const [, path] = /^\s*package\s+([^\s#;]+)/m.exec(rego) ?? [];
  return path === undefined ? "data" : `data.${path}`;
}

function deniedBy(output: Json | undefined): string[] {
  if (typeof output !== "object" || output === null || Array.isArray(output)) return [];
  const deny = (output as { readonly [key: string]: Json })["deny"];
  if (Array.isArray(deny)) return deny.map((each) => (typeof each === "string" ? each : JSON.stringify(each)));
  if (deny === true) return ["true"];
  return typeof deny === "string" && deny !== "" ? [deny] : [];
}
