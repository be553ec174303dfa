import type { Project } from "./project.ts";

/** The project that the page starts with. */
export const SAMPLE: Project = {
  config: "",
  files: [
    {
      path: "pipeline.yaml",
      text: `pipeline:
  name: Build
  identifier: build
  stages:
    - stage:
        name: Test
        identifier: test
        type: CI
        spec:
          infrastructure:
            type: KubernetesDirect
            spec:
              connectorRef: account.build_cluster
              namespace: harness-builds
              harnessImageConnectorRef: account.company_registry
          execution:
            steps:
              - step:
                  type: Run
                  name: Unit tests
                  identifier: unit
                  spec:
                    image: node:22-alpine
                    command: npm test
              - step:
                  type: Run
                  name: Browser tests
                  identifier: browser
                  spec:
                    connectorRef: account.partner_registry
                    image: <+pipeline.variables.browser>/tests:1
                    command: npm run test:browser
`,
    },
    {
      path: "connector.yaml",
      text: `connector:
  name: Company registry
  identifier: company_registry
  type: DockerRegistry
  spec:
    dockerRegistryUrl: https://registry.example.com/mirror
    providerType: Other
    auth:
      type: Anonymous
`,
    },
  ],
};

/** Whether a project is empty or the sample, and so no work that could be lost. */
export function isUntouched({ files, config, policy }: Project): boolean {
  if (config !== "" || policy !== undefined) return false;
  return (
    files.every(({ text }) => text.trim() === "") ||
    (files.length === SAMPLE.files.length &&
      SAMPLE.files.every(({ path, text }) => files.some((file) => file.path === path && file.text === text)))
  );
}
