/** Something that runs the check, by a file that is written once. */
export interface Runner {
  /** What it is, for a person. */
  readonly what: string;
  /** Where this is, it is likely wanted. */
  readonly sign?: string;
  readonly file: string;
  /** @param version of the package that is to run */
  readonly text: (version: string) => string;
}

/** All of them, by their names. None has the name of a configuration: a check in its folder would take it for one. */
export const runners: Readonly<Record<string, Runner>> = {
  harness: {
    what: "a step template for CI stages",
    file: ".harness/harness-image-guard-step.yaml",
    text: (version) => `# A step for a CI stage. The connector leads to a registry with an image of Node and Git, which says
# what is tracked; node:22-alpine and node:22-slim have no Git.
template:
  identifier: harness_image_guard
  name: harness-image-guard
  versionLabel: "1"
  type: Step
  spec:
    type: Run
    spec:
      connectorRef: <+input>
      image: node:22
      shell: Sh
      command: npx --yes harness-image-guard@${version} check --output text --output junit=harness-image-guard.xml
      reports:
        type: JUnit
        spec:
          paths:
            - harness-image-guard.xml
`,
  },
  github: {
    what: "a workflow of GitHub Actions",
    sign: ".github",
    file: ".github/workflows/harness-image-guard-check.yaml",
    text: (version) => `name: harness-image-guard
on:
  pull_request:
  push:
    branches: [main]
permissions:
  contents: read
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          persist-credentials: false
      - run: npx --yes harness-image-guard@${version} check --output github
`,
  },
  gitlab: {
    what: "a job to include",
    sign: ".gitlab-ci.yml",
    file: ".gitlab/harness-image-guard-job.yml",
    text: (version) => `# In .gitlab-ci.yml: include: {local: .gitlab/harness-image-guard-job.yml}
harness-image-guard:
  # With Git, which says what is tracked; node:22-alpine and node:22-slim have none.
  image: node:22
  script:
    - npx --yes harness-image-guard@${version} check --output text --output gitlab=gl-code-quality-report.json
  artifacts:
    when: always
    reports:
      codequality: gl-code-quality-report.json
`,
  },
  "pre-commit": {
    what: "a configuration for pre-commit",
    file: ".pre-commit-config.yaml",
    text: () => `# The package has to be installed: npm install --save-dev harness-image-guard
repos:
  - repo: local
    hooks:
      - id: harness-image-guard
        name: where the images of Harness pipelines come from
        entry: npx --no -- harness-image-guard check
        language: system
        # pre-commit names no deleted file, and one that is deleted may have had a connector.
        always_run: true
        pass_filenames: false
`,
  },
};
