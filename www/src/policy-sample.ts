import type { OwnPolicy } from "./project.ts";

/** The sample in *Your Rego*: in v0, with today's keywords imported, or in v1. */
export function policySample(version: OwnPolicy["version"]): OwnPolicy {
  const imports = version === 0 ? "import future.keywords.contains\nimport future.keywords.if" : "import rego.v1";
  return {
    version,
    rego: `package pipeline

${imports}

# Every step says how long it may take, however deep it is nested.
deny contains msg if {
	walk(input.pipeline, [_, node])
	step := node.step
	not step.timeout
	msg := sprintf("step '%s' has no timeout", [step.identifier])
}
`,
    tests: `package pipeline

${version === 0 ? "import future.keywords.if" : imports}

test_a_step_without_a_timeout_is_denied if {
	steps := [{"step": {"identifier": "a"}}]
	deny == {"step 'a' has no timeout"} with input as {"pipeline": {"steps": steps}}
}

test_a_step_with_a_timeout_passes if {
	steps := [{"step": {"identifier": "a", "timeout": "10m"}}]
	count(deny) == 0 with input as {"pipeline": {"steps": steps}}
}
`,
  };
}

/** Whether tests are the sample's, unchanged. */
export function areSampleTests(tests: string): boolean {
  return tests === policySample(0).tests || tests === policySample(1).tests;
}

/** Whether a policy is the sample's, unchanged. */
export function isSamplePolicy(rego: string): boolean {
  return rego === policySample(0).rego || rego === policySample(1).rego;
}

/** Whether a policy is no longer the sample: few of its lines are left. */
export function isOtherPolicy(rego: string): boolean {
  const lines = new Set(policySample(0).rego.split("\n").map((line) => line.trim()).filter((line) => line.length > 8));
  const left = rego.split("\n").filter((line) => lines.has(line.trim())).length;
  return left < lines.size / 3;
}
