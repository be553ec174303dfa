import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { Ajv2020 } from "ajv/dist/2020.js";
import { createGuard, HarnessImageGuardError, type GuardConfiguration } from "harness-image-guard";

interface Schema {
  readonly description?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly oneOf?: readonly Schema[];
}

const schema = JSON.parse(
  readFileSync(new URL("../schema/harness-image-guard.schema.json", import.meta.url), "utf8"),
) as Schema;
const validate = new Ajv2020({ strict: true, strictTypes: false }).compile(schema);

// The type that TypeScript shows, the schema that editors use and the module's own reading are
// three descriptions of one thing: here they meet.

const everyKey: Required<GuardConfiguration> = {
  preset: "app-harness",
  harnessImage: { url: "HTTPS://r.example/harness", providerType: "Other", auth: "UsernamePassword", usernameRef: "account.user", passwordRef: "account.password", delegateSelectors: ["eu"], executeOnDelegate: false },
  requiredConnector: "account.harnessImage",
  stageOverride: "auto",
  expressions: "off",
  trustedConnectors: ["account.corp_*"],
  dockerHubConnectors: ["*dockerhub*", "*a*b*c*"],
  defaultConnector: "account.corp",
  mirrors: { "docker.io": "localhost:5000", "docker.io/library": "r.example/dockerhub/" },
  connectorFiles: ["harness-connectors.yaml"],
  connectorsMaxAge: "30d",
  connectors: {
    "account.corp": { type: "DockerRegistry", url: "https://r.example/team" },
    "account.aws": { type: "Aws" },
  },
  rules: {
    "harness-image-connector": "off",
    "harness-image-registry": "note",
    "no-docker-hub": { severity: "warning", undecided: "error" },
    "harness-images-only": "off",
    "unknown-connector": "warning",
    "duplicate-key": {},
  },
  policies: ["a.rego", { file: "b.rego", entity: "connector", severity: "note" }, { file: "c.rego", regoVersion: 1 }],
  metadata: { action: "onsave", user: { name: "A" } },
  exclude: ["legacy/**"],
  exceptions: [
    { rule: "no-docker-hub", path: "legacy/**", subject: "*stage 'a'*", image: "node:*", until: "2027-03-01", reason: "why" },
    { rule: "policies/mine.rego" },
  ],
  exceptionsRequire: ["rule"],
};
// In both versions of Rego.
const policy = "package pipeline\nimport rego.v1\ndeny contains message if { message := input.metadata.action }\n";

const good: readonly GuardConfiguration[] = [
  {},
  everyKey,
  { preset: "gar" },
  { preset: "ecr", stageOverride: "required" },
  { stageOverride: "optional", rules: {} },
  { harnessImage: {}, connectors: {}, exclude: [] },
  { harnessImage: { auth: "UsernamePassword", username: "robot", passwordRef: "account.password" }, connectorsMaxAge: "4w" },
];

const bad: Readonly<Record<string, unknown>> = {
  "a list": [],
  "a text": "gar",
  "an unknown key": { presets: "gar" },
  "an unknown preset": { preset: "gcr" },
  "an unknown key of harnessImage": { harnessImage: { URL: "https://r.example" } },
  "a registry without a scheme": { harnessImage: { url: "r.example" } },
  "an unknown provider": { harnessImage: { providerType: "Nexus" } },
  "an unknown authentication": { harnessImage: { auth: "None" } },
  "a password": { harnessImage: { auth: "UsernamePassword", username: "robot", passwordRef: "hunter2" } },
  "delegates that are no list": { harnessImage: { delegateSelectors: "eu" } },
  "a delegate that may connect or not": { harnessImage: { executeOnDelegate: "yes" } },
  "an age without a unit": { connectorsMaxAge: "30" },
  "an age in hours": { connectorsMaxAge: "30h" },
  "a reference that is a number": { requiredConnector: 1 },
  "an unknown way of overriding": { stageOverride: "always" },
  "an unknown way with expressions": { expressions: "guess" },
  "patterns that are no list": { trustedConnectors: "account.*" },
  "a pattern that is no text": { dockerHubConnectors: [1] },
  "a pattern with too many stars": { trustedConnectors: ["*a*b*c*d*e*"] },
  "a default connector that is an expression": { defaultConnector: "<+input>" },
  "an empty default connector": { defaultConnector: " " },
  "mirrors that are a list": { mirrors: ["r.example"] },
  "a mirror of another registry": { mirrors: { "r.example/a": "s.example" } },
  "a mirror of Docker Hub with a slash at the end": { mirrors: { "docker.io/": "s.example" } },
  "a mirror without a host": { mirrors: { "docker.io": "mirror/a" } },
  "a mirror with a scheme": { mirrors: { "docker.io": "https://r.example" } },
  "a mirror that is a number": { mirrors: { "docker.io": 1 } },
  "a mirror that is an expression": { mirrors: { "docker.io": "r.example/<+input>" } },
  "a connector that is a text": { connectors: { "account.x": "https://r.example" } },
  "an unknown key of a connector": { connectors: { "account.x": { kind: "Aws" } } },
  "an unknown rule": { rules: { "no-dockerhub": "off" } },
  "an unknown level": { rules: { "no-docker-hub": "fatal" } },
  "a rule that is a boolean": { rules: { "no-docker-hub": false } },
  "a severity that is off": { rules: { "no-docker-hub": { severity: "off" } } },
  "an unknown key of a rule": { rules: { "no-docker-hub": { level: "error" } } },
  "policies without a list": { policies: "a.rego" },
  "a policy that is a number": { policies: [1] },
  "a policy without a file": { policies: [{ entity: "pipeline" }] },
  "a policy of nothing": { policies: [" "] },
  "an unknown key of a policy": { policies: [{ file: "a.rego", entities: "pipeline" }] },
  "an unknown entity of a policy": { policies: [{ file: "a.rego", entity: "pipelines" }] },
  "an unknown version of Rego": { policies: [{ file: "a.rego", regoVersion: 2 }] },
  "an unknown severity of a policy": { policies: [{ file: "a.rego", severity: "fatal" }] },
  "metadata that is a list": { metadata: [] },
  "exclude without a list": { exclude: "legacy" },
  "exceptions without a list": { exceptions: {} },
  "an exception that is a text": { exceptions: ["no-docker-hub"] },
  "an unknown key of an exception": { exceptions: [{ rules: ["no-docker-hub"], until: "2027-03-01", reason: "why" }] },
  "an exception with too many stars": { exceptions: [{ rule: "no-docker-hub", image: "*a*b*c*d*e*", until: "2027-03-01", reason: "why" }] },
  "an exception until no date": { exceptions: [{ rule: "no-docker-hub", until: "March", reason: "why" }] },
  "an exception that has to say something unknown": { exceptionsRequire: ["date"] },
};

for (const config of good) {
  test(`the schema and the module take ${JSON.stringify(config).slice(0, 60)}`, async () => {
    assert.ok(validate(config), JSON.stringify(validate.errors));
    const readConnectorFile = (path: string) => Promise.resolve({ path, text: "connectors: []" });
    await createGuard({ config, readPolicy: () => Promise.resolve(policy), readConnectorFile });
  });
}

for (const [what, config] of Object.entries(bad)) {
  test(`the schema and the module refuse ${what}`, async () => {
    assert.ok(!validate(config));
    await assert.rejects(
      createGuard({ config: JSON.stringify(config) }),
      (error) => error instanceof HarnessImageGuardError && error.problems.length === 1,
    );
  });
}

test("every key is described, and no mapping takes others", () => {
  const visit = (name: string, each: Schema): void => {
    if (each.properties !== undefined) {
      assert.equal(each.additionalProperties, false, `${name} takes any key`);
    }
    for (const [key, child] of Object.entries(each.properties ?? {})) {
      assert.ok(child.description, `${name}.${key} has no description`);
      visit(`${name}.${key}`, child);
    }
    for (const [key, child] of Object.entries(each.$defs ?? {})) visit(key, child);
    for (const child of each.oneOf ?? []) visit(name, child);
    if (typeof each.additionalProperties === "object") visit(name, each.additionalProperties);
  };
  visit("the configuration", schema);
});
