import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

import { load } from "js-yaml";

/** The project's folder. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** The text of a file of the project. */
export function textOf(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** The files below a folder of the project whose names end with `ending`: their paths in the project, sorted. */
export function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
}

/** One of our rules, as its folder and its METADATA describe it. */
export interface Rule {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** Its folder in the project. */
  readonly folder: string;
  /** Its page, from the root of the site. */
  readonly page: string;
}

export function rules(): Rule[] {
  return filesBelow("policies", "rule.rego").map((path) => {
    const folder = path.slice(0, path.lastIndexOf("/"));
    const id = folder.slice(folder.lastIndexOf("/") + 1).replaceAll("_", "-");
    const metadata = metadataOf(textOf(path));
    return {
      id,
      title: metadata.title,
      description: metadata.description.trim().replaceAll(/\s+/g, " "),
      folder,
      page: `docs/rules/${id}.html`,
    };
  });
}

/** The `# METADATA` comment above the package. */
function metadataOf(rego: string): { title: string; description: string } {
  const [, comment = ""] = /^# METADATA\n((?:#.*\n)+)/m.exec(rego) ?? [];
  return load(comment.replaceAll(/^# ?/gm, "")) as { title: string; description: string };
}

/** The defaults of the configuration. */
export function defaults(): { readonly presets: unknown; readonly requiredConnector: string } {
  const data = JSON.parse(textOf("policies/data.json")) as {
    harness_image_guard: { defaults: { presets: unknown; requiredConnector: string } };
  };
  return data.harness_image_guard.defaults;
}

/** An example to open in the playground. */
export interface Example {
  /** Its name in links. */
  readonly id: string;
  readonly title: string;
  /** What it shows, in a sentence, if one was written. */
  readonly about?: string;
  /** The rule that it is about, or `start`. */
  readonly group: string;
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly config: string;
}

/** The starting points, then the examples of each rule. */
export function examples(): Example[] {
  return [...startingPoints(), ...rules().flatMap(examplesOf)];
}

function startingPoints(): Example[] {
  const list = load(textOf("www/examples/index.yaml")) as { id: string; title: string; about: string }[];
  return list.map(({ id, title, about }) => {
    const folder = `www/examples/${id}`;
    const files = filesBelow(folder, ".yaml").map((path) => ({
      path: path.slice(folder.length + 1),
      text: textOf(path),
    }));
    // The pipeline comes first.
    files.sort((a, b) => Number(b.path === "pipeline.yaml") - Number(a.path === "pipeline.yaml"));
    const config = files.find(({ path }) => path === "harness-image-guard.yaml")?.text ?? "";
    return {
      id: `start/${id}`,
      title,
      about,
      group: "start",
      files: files.filter(({ path }) => path !== "harness-image-guard.yaml"),
      config,
    };
  });
}

/** An example's title, by the first word of its name. */
const SHOWN: Readonly<Record<string, string>> = {
  right: "Follows the rule",
  wrong: "Breaks the rule",
  undecided: "Can't be decided from the file",
};

/** The name of a list of connectors beside a rule's examples, which is part of each of them. */
const LIST = "harness-connectors.yaml";

/** The examples of a rule. The title of `wrong-v1.yaml` is `Breaks the rule: v1`. */
export function examplesOf({ id, folder }: Rule): Example[] {
  const paths = filesBelow(`${folder}/examples`, ".yaml");
  const lists = paths.filter((path) => path.endsWith(`/${LIST}`));
  const found = paths.filter((path) => !lists.includes(path)).map((path) => {
    const name = path.slice(path.lastIndexOf("/") + 1, -".yaml".length);
    const [verdict = name, ...more] = name.split("-");
    return {
      id: `${id}/${name}`,
      title: `${SHOWN[verdict] ?? verdict}${more.length === 0 ? "" : `: ${more.join(" ")}`}`,
      group: id,
      files: [{ path: `${name}.yaml`, text: textOf(path) }, ...lists.map((list) => ({ path: LIST, text: textOf(list) }))],
      config: lists.length === 0 ? "" : `connectorFiles: [${LIST}]\n`,
    };
  });
  // The plain one before its variants.
  return found.sort((a, b) => (a.title < b.title ? -1 : 1));
}
