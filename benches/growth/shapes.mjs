// What the author of a pull request can make large, each as a function of its size. A shape gives
// `{files, config?, policies?}`, or the options of `testRego`. Two things grow together only where not every one of the
// first meets every one of the second, as each pattern meets each reference.

const many = (n, line) => Array.from({ length: n }, (_, i) => line(i)).join("");
const one = (text, path = "pipeline.yaml") => ({ files: [{ path, text }] });
const flow = (n, item) => `[${Array.from({ length: n }, (_, i) => item(i)).join(", ")}]`;

const head = "pipeline:\n  identifier: p\n  orgIdentifier: o\n  projectIdentifier: q\n";
/** A pipeline of one stage; each step is one line of flow. */
const steps = (n, step, more = "", extra = "") =>
  `${head}${extra}  stages:\n    - stage:\n        identifier: s\n        type: CI\n${more}        spec:\n          execution:\n            steps:\n${many(n, (i) => `              - ${step(i)}\n`)}`;
const run = (i, image = "node:22", reference = "account.corp") =>
  `step: {identifier: s${i}, type: Run, spec: {connectorRef: ${reference}, image: ${image}}}`;
const stages = (n, stage) => `${head}  stages:\n${many(n, (i) => `    - stage: ${stage(i)}\n`)}`;
const stage = (i, more = "") =>
  `{identifier: s${i}, type: CI, ${more}spec: {infrastructure: {type: KubernetesDirect, spec: {connectorRef: k}}, execution: {steps: [{${run(i)}}]}}}`;
const connector = (identifier, more = "", url = "https://r.example/team") =>
  `connector:\n  identifier: ${identifier}\n${more}  type: DockerRegistry\n  spec:\n    dockerRegistryUrl: ${url}\n    providerType: Other\n    auth:\n      type: Anonymous\n`;
const documents = (n, document) => Array.from({ length: n }, (_, i) => document(i)).join("---\n");
const files = (n, text, path = (i) => `.harness/f${i}.yaml`) => ({
  files: Array.from({ length: n }, (_, i) => ({ path: path(i), text: text(i) })),
});

const ignore = "# harness-image-guard: ignore[no-docker-hub] until 9999-12-31 --";

/**
 * By name: a size that takes some hundredths of a second, what makes the shape in a size, and options. `work` is what is
 * done with it (see shape.mjs; `check` by default), `fails` whether the configuration may be refused.
 */
export const shapes = {
  // Harness's own structure.
  "stages": [1000, (n) => one(stages(n, stage))],
  "steps": [2000, (n) => one(steps(n, (i) => run(i)))],
  "steps without a connector": [2000, (n) => one(steps(n, (i) => `step: {identifier: s${i}, type: Run, spec: {image: node:${i}}}`))],
  "step groups": [1000, (n) => one(steps(n, (i) => `stepGroup: {identifier: g${i}, steps: [{${run(i)}}]}`))],
  "step groups in step groups": [300, (n) => one(steps(n, (i) => `${"stepGroup: {identifier: g, steps: [{".repeat(8)}${run(i)}${"}]}".repeat(8)}`))],
  "steps in parallel": [1000, (n) => one(steps(n, (i) => `parallel: [{${run(i)}}, {${run(i)}}]`))],
  "stages in parallel": [1000, (n) => one(`${head}  stages:\n${many(n, (i) => `    - parallel: [{stage: ${stage(i)}}]\n`)}`)],
  "one list of stages in parallel": [1000, (n) => one(`${head}  stages:\n    - parallel: ${flow(n, (i) => `{stage: ${stage(i)}}`)}\n`)],
  "services": [1000, (n) => one(`${head}  stages:\n    - stage: {identifier: s, type: CI, spec: {serviceDependencies: ${flow(n, (i) => `{identifier: d${i}, type: Service, spec: {image: redis:${i}}}`)}}}\n`)],
  "overrides": [1000, (n) => one(stages(n, (i) => `{identifier: s${i}, type: CI, spec: {infrastructure: {type: KubernetesDirect, spec: {harnessImageConnectorRef: account.c${i}}}}}`))],
  "overrides of step groups": [1000, (n) => one(steps(n, (i) => `stepGroup: {identifier: g${i}, stepGroupInfra: {type: KubernetesDirect, spec: {harnessImageConnectorRef: c${i}}}, steps: []}`))],
  "base images": [1000, (n) => one(steps(n, (i) => `step: {type: BuildAndPushDockerRegistry, spec: {baseImageConnectorRefs: [account.dockerhub${i}, c${i}]}}`))],
  "base images of one step": [2000, (n) => one(steps(1, () => `step: {type: BuildAndPushDockerRegistry, spec: {baseImageConnectorRefs: ${flow(n, (i) => `account.dockerhub${i}`)}}}`))],
  "actions": [1000, (n) => one(steps(n, (i) => `step: {type: Action, spec: {uses: "docker://node:${i}"}}`))],
  "inputs of templates": [1000, (n) => one(stages(n, (i) => `{identifier: s${i}, template: {templateRef: t, templateInputs: {type: CI, spec: {execution: {steps: [{step: {type: Run, spec: {image: node:${i}, connectorRef: account.dockerhub}}}]}}}}}`))],
  "chained pipelines": [500, (n) => one(stages(n, (i) => `{identifier: s${i}, type: Pipeline, spec: {org: o, project: p${i}, inputs: {identifier: x, stages: [{stage: {identifier: y, type: CI, spec: {execution: {steps: [{${run(i)}}]}}}}]}}}`))],
  "services of a stage of version 1": [1000, (n) => one(`version: 1\npipeline:\n  stages:\n    - services: {${Array.from({ length: n }, (_, i) => `s${i}: {image: redis:${i}, connector: c${i}}`).join(", ")}}\n`)],
  "containers beside steps of version 1": [1000, (n) => one(`version: 1\npipeline:\n  stages:\n    - steps:\n${many(n, (i) => `        - {run: x, container: node:${i}}\n`)}`)],
  "dynamic stages": [1000, (n) => one(stages(n, (i) => `{identifier: s${i}, type: Dynamic, spec: {source: YTogYg==}}`))],
  "version 1": [1000, (n) => one(`version: 1\npipeline:\n  stages:\n${many(n, (i) => `    - {id: s${i}, runtime: {kubernetes: {}}, steps: [{id: t, run: {container: {image: node:${i}, connector: c${i}}}}]}\n`)}`)],
  "templates": [500, (n) => one(documents(n, (i) => `template:\n  identifier: t${i}\n  versionLabel: v\n  type: Step\n  spec:\n    type: Run\n    spec: {image: node:${i}}\n`))],
  "input sets": [500, (n) => one(documents(n, (i) => `inputSet:\n  identifier: i${i}\n  pipeline:\n    identifier: p\n    stages: [{stage: {identifier: s, type: CI, spec: {execution: {steps: [{step: {identifier: t, type: Run, spec: {image: node:${i}}}}]}}}}]\n`))],
  "overlays": [1000, (n) => one(documents(n, (i) => `overlayInputSet:\n  identifier: o${i}\n  inputSetReferences: [a, b]\n`))],
  "triggers": [400, (n) => one(documents(n, (i) => `trigger:\n  identifier: t${i}\n  inputYaml: |\n    pipeline:\n      identifier: p\n      stages: [{stage: {identifier: s, type: CI, spec: {execution: {steps: [{${run(i)}}]}}}}]\n`))],
  "a trigger with a large input set": [1000, (n) => one(`trigger:\n  identifier: t\n  inputYaml: |\n    pipeline:\n      identifier: p\n      stages:\n        - stage:\n            identifier: s\n            type: CI\n            spec:\n              execution:\n                steps:\n${many(n, (i) => `                  - ${run(i)}\n`)}`)],
  "other entities": [1000, (n) => one(documents(n, (i) => `service:\n  identifier: s${i}\n  serviceDefinition: {type: Kubernetes, spec: {}}\n`))],

  // Connectors.
  "connectors": [1000, (n) => files(n, (i) => connector(`c${i}`))],
  "connectors and references": [500, (n) => ({ files: [...files(n, (i) => connector(`c${i}`)).files, ...one(steps(n, (i) => run(i, "node:22", `account.c${i}`))).files] })],
  "images of many hosts": [500, (n) => ({ files: [...files(n, (i) => connector(`c${i}`, "", `https://r${i}.example/team`)).files, ...one(steps(n, (i) => run(i, `tool${i}`, `account.c${i}`))).files] })],
  "connectors in many scopes": [500, (n) => ({ files: [...files(n, (i) => connector("c", `  orgIdentifier: o${i % 20}\n  projectIdentifier: p${i}\n`)).files, ...one(steps(n, (i) => run(i, "node:22", "c"))).files] })],
  "connectors of one name": [500, (n) => files(n, (i) => connector("c", "", `https://r${i}.example`))],
  "harnessImage connectors": [500, (n) => files(n, () => connector("harnessImage"))],
  "harnessImage connectors in one file": [500, (n) => one(documents(n, () => connector("harnessImage")))],
  "harnessImage connectors in lower case": [500, (n) => files(n, () => connector("harnessimage", "", "https://index.docker.io/v2/"))],

  // Expressions.
  "variables": [300, (n) => one(steps(n, (i) => run(i, `<+pipeline.variables.v${i}>`), "", `  variables: ${flow(n, (i) => `{name: v${i}, type: String, value: node:${i}}`)}\n`))],
  "variables of the stage": [300, (n) => one(steps(n, (i) => run(i, `<+stage.variables.v${i}>`), `        variables: ${flow(n, (i) => `{name: v${i}, type: String, value: node:${i}}`)}\n`))],
  "variables of stages": [300, (n) => one(stages(n, (i) => stage(i, `variables: [{name: v, value: x}], `).replace("node:22", `<+pipeline.stages.s${(i * 7) % n}.variables.v>`)))],
  "variables that follow one another": [300, (n) => one(steps(n, (i) => run(i, `<+pipeline.variables.v${i}>`), "", `  variables: ${flow(n, (i) => `{name: v${i}, type: String, value: <+pipeline.variables.v${(i * 7) % n}>}`)}\n`))],
  "axes of a matrix": [300, (n) => one(steps(n, (i) => run(i, `<+matrix.a${i}>`), `        strategy: {matrix: {${Array.from({ length: n }, (_, i) => `a${i}: [x, y]`).join(", ")}}}\n`))],
  "elements of an axis": [500, (n) => one(steps(4, (i) => run(i, `<+matrix.a>`), `        strategy: {matrix: {a: ${flow(n, (i) => `node:${i}`)}}}\n`))],
  "steps in a matrix": [50, (n) => one(steps(n, (i) => run(i, `<+matrix.a>`), `        strategy: {matrix: {a: ${flow(20, (i) => `node:${i}`)}}}\n`))],
  "elements of an axis, and steps": [300, (n) => one(steps(n, (i) => run(i, `<+matrix.a>`), `        strategy: {matrix: {a: ${flow(n, (i) => `node:${i}`)}}}\n`))],
  "what a matrix includes": [100, (n) => one(steps(20, (i) => run(i, `<+matrix.a>`), `        strategy: {matrix: {a: [x, y], include: ${flow(n, (i) => `{a: node:${i}}`)}}}\n`))],
  "matrices that only the run knows": [1000, (n) => one(steps(n, (i) => `step: {identifier: s${i}, type: Run, strategy: <+input>, spec: {image: <+matrix.a>}}`, `        strategy: {matrix: {a: [x, y]}}\n`))],
  "what a matrix leaves out": [200, (n) => one(steps(n, (i) => run(i, `<+matrix.a>`), `        strategy: {matrix: {a: [x, y], exclude: ${flow(n, (i) => `{b: ${i}}`)}}}\n`))],
  "inputs with a default": [300, (n) => one(steps(n, (i) => run(i, `<+input>.default(node:${i})`)))],
  "inputs with allowed values": [300, (n) => one(steps(n, (i) => run(i, `<+input>.allowedValues(a${i},b,c,d)`)))],
  "allowed values of one input": [500, (n) => one(steps(4, (i) => run(i, `"<+input>.allowedValues(${Array.from({ length: n }, (_, j) => `a${j}`).join(",")})"`)))],
  "parentheses of one input": [1000, (n) => one(steps(4, (i) => run(i, `"<+input>.default(${"(".repeat(n)}${")".repeat(n)})"`)))],
  "inputs of version 1": [300, (n) => one(`version: 1\npipeline:\n  inputs: {${Array.from({ length: n }, (_, i) => `i${i}: {type: string, default: node:${i}}`).join(", ")}}\n  stages:\n    - id: s\n      steps:\n${many(n, (i) => `        - {id: t${i}, run: {container: {image: "\${{ inputs.i${i} }}"}}}\n`)}`)],
  "expressions in one string": [2000, (n) => one(steps(4, () => run(0, `"${"<+input>".repeat(n)}"`)))],
  "expressions of version 1 in one string": [2000, (n) => one(steps(4, () => run(0, `"${"${{ inputs.a }}".repeat(n)}"`)))],
  "expressions without an end": [2000, (n) => one(steps(4, () => run(0, `"${"<+".repeat(n)}"`)))],
  "expressions in expressions": [2000, (n) => one(steps(4, () => run(0, `"${"<+a".repeat(n)}${">".repeat(n)}"`)))],
  "placeholders in one string": [2000, (n) => one(steps(4, () => run(0, `"${"<a$b{{".repeat(n)}"`)))],
  "a few expressions in many strings": [100, (n) => one(steps(n, () => run(0, `"${"<+input>.allowedValues(a,b)".repeat(3)}"`)))],

  // Length.
  "a long identifier of the pipeline": [300, (n) => one(steps(n, (i) => run(i, `node:${i}`, "account.dockerhub")).replace("identifier: p", `identifier: ${"p".repeat(100 * n)}`))],
  "a long identifier of the stage": [300, (n) => one(steps(n, (i) => run(i, `node:${i}`, "account.dockerhub")).replace("identifier: s\n", `identifier: ${"p".repeat(100 * n)}\n`))],
  "a long connector": [300, (n) => ({ files: [...one(steps(n, (i) => run(i, `docker.io/node:${i}`, `account.corp`))).files, { path: "c.yaml", text: connector("corp", "", `https://r.example/${"x".repeat(100 * n)}`) }] })],
  "a long path": [300, (n) => one(steps(n, (i) => run(i, `node:${i}`, "account.dockerhub")), `${`${"d".repeat(200)}/`.repeat(18)}p.yaml`)],
  "a long image": [4, (n) => one(steps(4, () => run(0, "n".repeat(25_000 * n))))],
  "a long image in many places": [200, (n) => one(steps(n, (i) => run(i, i === 0 ? `&i ${"n".repeat(1000)}` : "*i", "account.dockerhub")))],
  "a long computed image in many places": [200, (n) => one(steps(n, (i) => run(i, i === 0 ? `&i "<+a>${"n".repeat(1000)}"` : "*i", "c")))],
  "a long value of a variable": [200, (n) => one(steps(n, (i) => run(i, "<+pipeline.variables.v>", "account.dockerhub"), "", `  variables: [{name: v, type: String, value: ${"n".repeat(100 * n)}}]\n`))],
  "a long name of a variable": [200, (n) => one(steps(n, (i) => run(i, i === 0 ? `&i "<+pipeline.variables.${"v".repeat(1000)}>"` : "*i", "account.dockerhub"), "", `  variables: [{name: ${"v".repeat(1000)}, type: String, value: x}]\n`))],
  "a long override in many places": [200, (n) => one(stages(n, (i) => `{identifier: s${i}, type: CI, spec: {infrastructure: {type: KubernetesDirect, spec: {harnessImageConnectorRef: ${i === 0 ? `&i ${"n".repeat(1000)}` : "*i"}}}}}`))],
  "a long key": [300, (n) => one(`${head}  ${"k".repeat(50 * n)}: {}\n  ${"k".repeat(50 * n)}: {}\n  stages: []\n`)],
  "a long key around many findings": [100, (n) => one(`${head}  stages:\n    - stage:\n        identifier: s\n        spec:\n          ? ${"k".repeat(100 * n)}\n          : {${Array.from({ length: n }, (_, i) => `a${i}: 1, a${i}: 2`).join(", ")}}\n`)],
  "a long line": [2000, (n) => one(`pipeline: {identifier: p, stages: [{stage: {identifier: s, type: CI, spec: {execution: {steps: ${flow(n, (i) => `{${run(i, `node:${i}`, "account.dockerhub")}}`)}}}}}]}`)],
  "a long plain string": [100, (n) => one(`${head}  description: ${"word ".repeat(4000 * n)}\n`)],
  "a long plain string of many lines": [100, (n) => one(`${head}  description: a\n${"    word word word\n".repeat(1000 * n)}`)],
  "a long single-quoted string": [100, (n) => one(`${head}  description: '${"it''s ".repeat(4000 * n)}'\n`)],
  "a long double-quoted string": [100, (n) => one(`${head}  description: "${"\\u00e9\\n ".repeat(2000 * n)}"\n`)],
  "a long literal block": [100, (n) => one(`${head}  description: |\n${"    echo hello world\n".repeat(1000 * n)}`)],
  "a long folded block": [100, (n) => one(`${head}  description: >-\n${"    echo hello world\n\n".repeat(1000 * n)}`)],
  "block strings": [2000, (n) => one(steps(n, () => `step:\n                  type: Run\n                  spec:\n                    command: |\n                      echo\n                      echo\n                    image: r.example/a`))],
  "beyond ASCII": [1000, (n) => one(steps(n, (i) => run(i, `"n\u00f6de\u{1f433}:${i}"`, "account.dockerhub")))],

  // The syntax of YAML and JSON.
  "documents": [5000, (n) => one(documents(n, (i) => `a: ${i}\n`))],
  "empty documents": [20000, (n) => one("---\n".repeat(n))],
  "broken documents": [1000, (n) => one(documents(n, () => `pipeline: [}\n`))],
  "broken documents of one line": [1000, (n) => one("pipeline: ]\n--- ".repeat(n))],
  "files": [1000, (n) => files(n, (i) => steps(2, run))],
  "files of others": [1000, (n) => files(n, (i) => `apiVersion: v1\nkind: Service\nspec: {a: ${i}}\n`, (i) => `k/f${i}.yaml`)],
  "broken files": [1000, (n) => files(n, () => "pipeline: {{ .Values }\n a\n")],
  "one repeated key": [3000, (n) => one(`${head}${"  k: v\n".repeat(n)}`)],
  "repeated keys": [3000, (n) => one(`${head}${many(n, (i) => `  k${i}: v\n  k${i}: w\n`)}`)],
  "repeated keys in many mappings": [2000, (n) => one(`${head}  x:\n${"    - {a: 1, a: 2}\n".repeat(n)}`)],
  "keys of one mapping": [20000, (n) => one(`${head}${many(n, (i) => `  k${i}: v\n`)}`)],
  "keys that are long and alike": [200, (n) => one(`${head}${many(n, (i) => `  ${"k".repeat(2000)}${i}: v\n`)}`)],
  "anchors": [10000, (n) => one(`${head}${many(n, (i) => `  k${i}: &a${i} v\n`)}`)],
  "anchors of one name": [10000, (n) => one(`${head}${many(n, (i) => `  k${i}: &a v\n`)}`)],
  "aliases": [10000, (n) => one(`${head}  x: &x {a: 1}\n${many(n, (i) => `  k${i}: *x\n`)}`)],
  "aliases of a large value": [300, (n) => one(`${head}  x: &x ${flow(50, (i) => i)}\n${many(n, (i) => `  k${i}: *x\n`)}`)],
  "aliases of steps": [500, (n) => one(steps(n, (i) => (i === 0 ? `&s ${run(0)}` : "*s")).replace("&s step:", "&s\n                step:"))],
  "merge keys": [2000, (n) => one(`${head}  x: &x {a: 1, b: 2}\n${many(n, (i) => `  k${i}: {<<: *x, c: 1}\n`)}`)],
  "merge keys of one mapping": [2000, (n) => one(`${head}  x: &x {a: 1, b: 2}\n  y:\n${"    <<: *x\n".repeat(n)}`)],
  "a list of merged mappings": [2000, (n) => one(`${head}  x: &x {a: 1, b: 2}\n  y: {<<: [${"*x, ".repeat(n)}*x]}\n`)],
  "merged mappings of different keys": [2000, (n) => one(`${head}  x:\n${many(n, (i) => `    - &x${i} {a${i}: 1}\n`)}  y: {<<: [${Array.from({ length: n }, (_, i) => `*x${i}`).join(", ")}]}\n`)],
  "templates in braces": [2000, (n) => one(`${head}${many(n, (i) => `  k${i}: {{ a }}\n`)}`)],
  "anchors and templates in braces": [1000, (n) => one(`${head}${many(n, (i) => `  a${i}: &a${i} v\n  k${i}: {{ a }}\n`)}`)],
  "aliases and templates in braces": [1000, (n) => one(`${head}  x: &x v\n${many(n, (i) => `  a${i}: *x\n  k${i}: {{ a }}\n`)}`)],
  "a flow sequence": [20000, (n) => one(`${head}  x: ${flow(n, (i) => i)}\n`)],
  "a flow mapping": [20000, (n) => one(`${head}  x: {${Array.from({ length: n }, (_, i) => `k${i}: v`).join(", ")}}\n`)],
  "a flow mapping of keys alone": [20000, (n) => one(`${head}  x: {${Array.from({ length: n }, (_, i) => `k${i}`).join(", ")}}\n`)],
  "flow sequences, one after another": [5000, (n) => one(`${head}  x:\n${"    - [a, {b: c}]\n".repeat(n)}`)],
  "explicit keys": [5000, (n) => one(`${head}${many(n, (i) => `  ? k${i}\n  : v\n`)}`)],
  "tags": [5000, (n) => one(`${head}${many(n, (i) => `  k${i}: !!str v\n  l${i}: !Ref v\n`)}`)],
  "directives": [5000, (n) => one(`${many(n, (i) => `%TAG !t${i}! tag:example.com,2000:\n`)}---\n${head}`)],
  "comments": [20000, (n) => one(`${head}${many(n, (i) => `# comment ${i}\n`)}`)],
  "comments after values": [10000, (n) => one(`${head}${many(n, (i) => `  k${i}: v # comment\n`)}`)],
  "comments before values left out": [1000, (n) => one(`${head}${many(n, (i) => `  k${i}:\n${"    # comment\n".repeat(10)}`)}`)],
  "ignore comments above one line": [5000, (n) => one(`${head}${many(n, (i) => `  ${ignore} ${i}\n`)}  name: p\n`)],
  "ignore comments of lines": [300, (n) => one(steps(n, (i) => `step: {identifier: s${i}, type: Run, spec: {image: node:${i}}} ${ignore} ${i}`))],
  "findings and exceptions": [300, (n) => ({ ...one(steps(n, (i) => `step: {identifier: s${i}, type: Run, spec: {image: node:${i}}}`)), config: `exceptions: ${flow(20, (i) => `{rule: no-docker-hub, image: "*:${i}", until: 9999-12-31, reason: why}`)}` })],
  "malformed ignore comments": [5000, (n) => one(`${head}${many(n, () => "  # harness-image-guard: ignore[\n")}`)],
  "one long ignore comment": [20000, (n) => one(`${head}  name: p ${ignore} ${"a".repeat(10 * n)}\n`)],
  "a value left out after many comments": [20000, (n) => one(`${head}  k:\n${"    # comment\n".repeat(n)}`)],
  "blank lines": [50000, (n) => one(`${head}${"\n".repeat(n)}`)],
  "spaces": [50000, (n) => one(`${head}  a:${" ".repeat(n)}b\n`)],
  "brackets": [20000, (n) => one(`pipeline: ${"[".repeat(n)}`)],
  "braces": [20000, (n) => one(`pipeline: ${"{a: ".repeat(n)}`)],
  // As deep as is read, in more and more documents: one that is deeper has as many characters as n².
  "indentation": [10, (n) => one(documents(n, () => `${head}  x:\n${many(180, (i) => `${" ".repeat(4 + i)}a:\n`)}`))],
  "dashes": [20000, (n) => one(`pipeline:\n  ${"- ".repeat(n)}\n`)],
  "colons": [20000, (n) => one(`${head}  x: "a"${":".repeat(n)}\n`)],
  "quotes": [20000, (n) => one(`${head}  x: ${'"" '.repeat(n)}\n`)],
  "a quote without an end": [20000, (n) => one(`${head}  x: "${"word\n    ".repeat(n)}\n`)],
  "numbers": [10000, (n) => one(`${head}  x: ${flow(n, (i) => `${i}.10`)}\n`)],
  "a long number": [20000, (n) => one(`${head}  x: ${"9".repeat(n)}\n  y: 0x${"f".repeat(n)}\n`)],
  "JSON": [1000, (n) => one(JSON.stringify({ pipeline: { identifier: "p", stages: Array.from({ length: n }, (_, i) => ({ stage: { identifier: `s${i}`, type: "CI", spec: { execution: { steps: [{ step: { type: "Run", spec: { image: "a" } } }] } } } })) } }), "pipeline.json")],
  "fixes in JSON": [1000, (n) => one(JSON.stringify({ pipeline: { identifier: "p", stages: Array.from({ length: n }, (_, i) => ({ stage: { identifier: `s${i}`, type: "CI", spec: { infrastructure: { type: "KubernetesDirect", spec: { harnessImageConnectorRef: "account.other" } } } } })) } }), "pipeline.json")],
  "insertions in JSON": [1000, (n) => one(JSON.stringify({ pipeline: { identifier: "p", stages: Array.from({ length: n }, (_, i) => ({ stage: { identifier: `s${i}`, type: "CI", spec: { infrastructure: { type: "KubernetesDirect", spec: { connectorRef: "k" } } } } })) } }), "pipeline.json")],
  "indented JSON": [1000, (n) => one(JSON.stringify({ pipeline: { identifier: "p", stages: Array.from({ length: n }, (_, i) => ({ stage: { identifier: `s${i}`, type: "CI", spec: { execution: { steps: [{ step: { type: "Run", spec: { image: "a" } } }] } } } })) } }, null, 2), "pipeline.json")],
  "CRLF": [2000, (n) => one(steps(n, (i) => run(i)).replaceAll("\n", "\r\n"))],
  "CR alone": [2000, (n) => one(steps(n, (i) => run(i)).replaceAll("\n", "\r"))],
  "a byte order mark": [2000, (n) => one(`\ufeff${steps(n, (i) => run(i))}`)],
  "UTF-16": [20000, (n) => ({ files: [{ path: "p.yaml", text: Buffer.from(`\ufeff${head.repeat(n)}`, "utf16le") }] })],
  "Latin-1": [20000, (n) => ({ files: [{ path: "p.yaml", text: Buffer.from(`# \u00e9\n${head.repeat(n)}`, "latin1") }] })],

  // What is found, and what is done with it.
  "findings": [2000, (n) => one(steps(n, (i) => `step: {identifier: s${i}, type: Run, spec: {image: node}}`))],
  "findings as text": [2000, (n) => one(steps(n, (i) => `step: {identifier: s${i}, type: Run, spec: {image: node}}`)), { work: "text" }],
  "findings on one line, as text": [1000, (n) => one(`pipeline: {identifier: p, stages: [{stage: {identifier: s, type: CI, spec: {execution: {steps: ${flow(n, () => `{step: {type: Run, spec: {image: n}}}`)}}}}}]}`), { work: "text" }],
  "files, as text": [1000, (n) => files(n, (i) => `a: ${i}\n`), { work: "text" }],
  "refused files, as text": [1000, (n) => files(n, () => ""), { work: "text" }],
  "fixes": [300, (n) => one(stages(n, (i) => `{identifier: s${i}, type: CI, spec: {infrastructure: {type: KubernetesDirect, spec: {harnessImageConnectorRef: account.c${i}}}}}`)), { work: "fix" }],
  "fixes that add": [300, (n) => one(stages(n, (i) => `\n        identifier: s${i}\n        type: CI\n        spec:\n          infrastructure:\n            type: KubernetesDirect\n            spec:\n              connectorRef: c`)), { work: "fix" }],
  "fixes in many files": [300, (n) => files(n, (i) => stages(1, () => `{identifier: s${i}, type: CI, spec: {infrastructure: {type: KubernetesDirect, spec: {harnessImageConnectorRef: account.c${i}}}}}`)), { work: "fix" }],
  "fixes of one mapping": [300, (n) => one(`connector:\n  identifier: harnessImage\n  type: DockerRegistry\n  spec:\n    dockerRegistryUrl: x\n${many(n, (i) => `    k${i}: v\n`)}`), { work: "fix" }],
  "fixes with comments": [300, (n) => one(`${stages(n, (i) => `\n        identifier: s${i} # a\n        # b\n        type: CI\n        spec:\n          infrastructure:\n            type: KubernetesDirect\n            spec: # c\n              connectorRef: c # d`)}`), { work: "fix" }],
  "fixes as a diff": [300, (n) => one(stages(n, (i) => `{identifier: s${i}, type: CI, spec: {infrastructure: {type: KubernetesDirect, spec: {harnessImageConnectorRef: account.c${i}}}}}`)), { work: "diff" }],
  ...Object.fromEntries(
    ["text", "json", "csv", "markdown", "mermaid"].map((format) => [
      `images as ${format}`,
      [500, (n) => one(stages(n, (i) => stage(i).replace("node:22", `node:${i}`))), { work: `images ${format}` }],
    ]),
  ),
  "images with a long name": [100, (n) => one(steps(n, (i) => run(i, i === 0 ? `&i ${"n".repeat(1000)}` : "*i", "account.dockerhub"))), { work: "images text" }],
  "images in a long stage": [300, (n) => one(steps(n, (i) => run(i)).replace("identifier: s\n", `identifier: ${"p".repeat(100 * n)}\n`)), { work: "images json" }],

  // The configuration.
  "trusted patterns": [200, (n) => ({ ...one(steps(300, (i) => run(i, "node:22", `account.x${i}`))), config: { trustedConnectors: Array.from({ length: n }, (_, i) => `account.t${i}_*`) } })],
  "references, and trusted patterns": [100, (n) => ({ ...one(steps(n, (i) => run(i, "node:22", `account.x${i}`))), config: { trustedConnectors: Array.from({ length: 100 }, (_, i) => `account.t${i}_*`) } })],
  "a long pattern": [2000, (n) => ({ ...one(steps(100, (i) => run(i, "node:22", `account.x${i}`))), config: { trustedConnectors: [`*${"a".repeat(10 * n)}*`] } }), { fails: true }],
  "declared connectors": [1000, (n) => ({ ...one(steps(10, (i) => run(i, "node:22", `account.x${i}`))), config: { connectors: Object.fromEntries(Array.from({ length: n }, (_, i) => [`account.x${i}`, { url: "https://r.example" }])) } })],
  "mirrors": [300, (n) => ({ ...one(steps(n, (i) => run(i, `docker.io/o${i}/node:22`))), config: { mirrors: Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`docker.io/o${i}`, "r.example/hub"])) } })],
  "excluded files": [100, (n) => ({ ...files(100, () => "a: 1\n"), config: { exclude: Array.from({ length: n }, (_, i) => `**/x${i}/**`) } }), { work: "excludes" }],
  "wrong keys of the configuration": [500, (n) => ({ ...one(head), config: Object.fromEntries(Array.from({ length: n }, (_, i) => [`k${i}`, 1])) }), { fails: true }],
  "the configuration's metadata": [2000, (n) => ({ ...one(head), config: { metadata: Object.fromEntries(Array.from({ length: n }, (_, i) => [`k${i}`, 1])) } })],

  // Policies of the user's.
  "policies": [30, (n) => ({ ...one(steps(2, (i) => run(i))), policies: Array.from({ length: n }, (_, i) => ({ path: `p${i}.rego`, text: `package pipeline\n\ndeny[msg] { input.pipeline.identifier == "p"; msg := "m${i}" }\n` })) })],
  "denials of a policy": [500, (n) => ({ ...one(steps(n, (i) => run(i))), policies: [{ path: "p.rego", text: `package pipeline\n\ndeny[msg] { some i; s := input.pipeline.stages[_].stage.spec.execution.steps[i]; msg := sprintf("step %d '%s'", [i, s.step.identifier]) }\n` }] })],
  "tests of policies": [1000, (n) => ({ modules: Object.fromEntries(Array.from({ length: n }, (_, i) => [`p${i}.rego`, `package p${i}\n\ndeny contains "m" if input.x == ${i}\n\ntest_deny if deny["m"] with input.x as ${i}\n`])), regoVersion: 1 }), { work: "test" }],
  "long denials of a policy": [100, (n) => ({ ...one(steps(n, (i) => run(i)).replace("identifier: p", `identifier: ${"p".repeat(5000)}`)), policies: [{ path: "p.rego", text: `package pipeline\n\ndeny[msg] { some i; s := input.pipeline.stages[_].stage.spec.execution.steps[i]; msg := sprintf("step %d '%s'", [i, input.pipeline.identifier]) }\n` }] })],
};
