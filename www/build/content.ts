import type { Plugin } from "vite";

import { describedExamples } from "./about-examples.ts";
import { defaults, filesBelow, rules, textOf } from "./project.ts";

/** The code of the virtual modules, which hold what the page knows of the project. */
const CONTENT: Readonly<Record<string, () => string | Promise<string>>> = {
  "virtual:rules": () =>
    `export const rules = ${JSON.stringify(
      rules().map(({ id, title, description, page }) => ({ id, title, description, page })),
    )};`,
  "virtual:policies": () =>
    `export const policies = ${JSON.stringify(
      Object.fromEntries(
        filesBelow("policies", ".rego")
          .filter((path) => !path.endsWith("_test.rego"))
          .map((path) => [path, textOf(path)]),
      ),
    )};`,
  "virtual:defaults": () => {
    const { presets, requiredConnector } = defaults();
    return `export const presets = ${JSON.stringify(presets)}; export const requiredConnector = ${JSON.stringify(requiredConnector)};`;
  },
  "virtual:examples": async () => `export const examples = ${JSON.stringify(await describedExamples())};`,
};

/** Makes modules from the project's own files, so that nothing is written twice. */
export function content(): Plugin {
  return {
    name: "content",
    resolveId: (id) => (id in CONTENT ? `\0${id}` : undefined),
    load: (id) => CONTENT[id.slice(1)]?.(),
  };
}
