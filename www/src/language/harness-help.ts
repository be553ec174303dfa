import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { EditorState, type Extension } from "@codemirror/state";
import { hoverTooltip } from "@codemirror/view";
import { presets, requiredConnector } from "virtual:defaults";

import { element, prose } from "../dom.ts";
import type { KnownConnector, PulledImage } from "../messages.ts";
import { choicesAt } from "./schema-help.ts";
import { siblingsAt, type YamlPlace, yamlPlaceAt } from "./yaml-place.ts";

/** What the module knows of the workspace. */
export interface HarnessKnowledge {
  /** The images that will be pulled, as of the last check. */
  readonly images: () => Promise<readonly PulledImage[]>;
  /** The connectors that are in the files, in lists, or in the configuration. */
  readonly connectors: () => Promise<readonly KnownConnector[]>;
  /** The file that is shown. */
  readonly path: () => string;
}

/** A key that the rules are about. */
interface Key {
  readonly key: string;
  /** The last keys of the paths to the mappings that may have it. */
  readonly within: readonly string[];
  readonly means: string;
}

const KEYS: readonly Key[] = [
  { key: "image", within: ["step/spec", "serviceDependencies/spec"], means: "The image that is pulled. With `connectorRef`, it comes from the connector's registry; without one, anonymously from the registry that it names, or from Docker Hub." },
  { key: "connectorRef", within: ["step/spec", "serviceDependencies/spec", "infrastructure/spec"], means: "The connector: `account.ID`, `org.ID`, or `ID` for one of the project." },
  { key: "baseImageConnectorRefs", within: ["step/spec"], means: "The connectors through which the base images of a build are pulled." },
  { key: "registryRef", within: ["step/spec"], means: "A Harness Artifact Registry that the image comes from, instead of a connector." },
  { key: "harnessImageConnectorRef", within: ["infrastructure/spec", "infrastructure/spec/spec", "runtime/spec", "stepGroupInfra/spec", "stepGroupInfra/spec/spec"], means: "Override Image Connector: the connector through which Harness pulls its own images here." },
  { key: "harness-image-connector", within: ["runtime/kubernetes", "runtime/vm"], means: "The connector through which Harness pulls its own images here." },
  { key: "identifier", within: ["connector"], means: "Its name in references: `account.ID` for one of the account." },
  { key: "orgIdentifier", within: ["connector"], means: "The organization that it belongs to; without one, it is the account's." },
  { key: "projectIdentifier", within: ["connector"], means: "The project that it belongs to." },
  { key: "type", within: ["connector", "connector/spec/auth"], means: "The kind of connector." },
  { key: "spec", within: ["connector"], means: "The registry, and how to authenticate." },
  { key: "dockerRegistryUrl", within: ["connector/spec"], means: "The registry that images are pulled from, with `https://`." },
  { key: "providerType", within: ["connector/spec"], means: "The kind of registry; `Other` for any with Docker's API, version 2." },
  { key: "auth", within: ["connector/spec"], means: "How to authenticate: `Anonymous` or `UsernamePassword`." },
];

const REFERENCES = new Set(["connectorRef", "harnessImageConnectorRef", "harness-image-connector", "baseImageConnectorRefs", "connector"]);
/** How many images and connectors are offered. */
const MOST = 500;
/** The longest line whose key is explained. */
const MOST_CHARACTERS = 500;
/** How many names are shown for one place. */
const MOST_NAMES = 8;

/** Completion and hover for Harness's YAML: what the rules are about, and what the module knows of it. */
export function harnessHelp(knowledge: HarnessKnowledge): Extension {
  // Always the same object, by which a late answer is matched to its source.
  const sources = [{ autocomplete: (context: CompletionContext) => complete(context, knowledge) }];
  return [
    EditorState.languageData.of(() => sources),
    hoverTooltip(async (view, at) => hover(view.state, at, knowledge)),
  ];
}

async function complete(context: CompletionContext, knowledge: HarnessKnowledge): Promise<CompletionResult | null> {
  const { state, pos, explicit } = context;
  const place = yamlPlaceAt(state.doc, pos);
  if (place === undefined) return null;
  if (place.key === undefined) {
    if (place.written === "" && !explicit) return null;
    const there = siblingsAt(state.doc, pos);
    const options = KEYS.filter(({ key, within }) => !there.has(key) && within.some((end) => endsSo(place.path, end))).map(
      ({ key, means }): Completion => ({ label: key, type: "property", info: means.replaceAll("`", ""), apply: `${key}: ` }),
    );
    return options.length === 0 ? null : { from: place.from, options, validFor: /^[\w-]*$/ };
  }
  const options = await valuesOf(place, knowledge);
  return options.length === 0 || context.aborted ? null : { from: place.from, options, validFor: /^[^\s"']*$/ };
}

async function valuesOf({ key = "", path }: YamlPlace, { connectors, images }: HarnessKnowledge): Promise<readonly Completion[]> {
  const isConnector = path[0] === "connector";
  if (REFERENCES.has(key)) {
    const known = (await connectors()).slice(0, MOST);
    const options = known.map((connector) => ({ label: connector.reference, type: "constant", detail: connector.url ?? connector.type ?? "", info: () => describe(connector) }));
    if (!/^harness/.test(key)) return options;
    const required = options.find(({ label }) => label === requiredConnector) ?? { label: requiredConnector, type: "constant", detail: "for Harness's images" };
    return [{ ...required, boost: 50 }, ...options.filter(({ label }) => label !== requiredConnector)];
  }
  if (key === "image") {
    const names = [...new Set((await images()).map(({ image }) => image))].filter((name) => name !== "");
    return names.slice(0, MOST).map((label) => ({ label, type: "text", detail: "in these files" }));
  }
  if (key === "dockerRegistryUrl") return Object.entries(presets).map(([preset, { url }]) => ({ label: url, type: "constant", detail: preset }));
  // The configuration describes the same connector.
  if (key === "providerType") return constants(...choicesAt(["harnessImage", "providerType"]));
  if (key === "type" && isConnector) return constants(...(path.at(-1) === "auth" ? choicesAt(["harnessImage", "auth"]) : ["DockerRegistry"]));
  return [];
}

function constants(...labels: readonly string[]): Completion[] {
  return labels.map((label) => ({ label, type: "constant" }));
}

async function hover(state: EditorState, at: number, { images, connectors, path }: HarnessKnowledge) {
  const line = state.doc.lineAt(at);
  const text = line.length > MOST_CHARACTERS ? "" : line.text;
  const [, before = "", key = "", colon = "", value = ""] = /^(.*?)([A-Za-z_][\w-]*)(["']?\s*:\s+["']?)([^"'#]*)/.exec(text) ?? [];
  const column = at - line.from;
  const keyEnd = before.length + key.length;
  if (key !== "" && column >= before.length && column <= keyEnd) {
    const place = yamlPlaceAt(state.doc, line.from + keyEnd);
    const known = KEYS.find(({ key: each, within }) => each === key && within.some((end) => endsSo(place?.path ?? [], end)));
    return known === undefined ? null : tooltip(line.from + before.length, line.from + keyEnd, help(known.key, known.means));
  }
  const place = { file: path(), line: line.number, column };
  const pulled = (await images()).filter((each) => covers(each, place));
  const [image] = pulled;
  if (image !== undefined) {
    const start = image.from.line === line.number ? image.from.column : 0;
    return tooltip(line.from + start, Math.min(line.to, line.from + image.to.column), pulledAs(pulled));
  }
  const reference = (REFERENCES.has(key) ? value : (/^\s*-\s+["']?([^"'#]*)/.exec(text)?.[1] ?? "")).trim();
  if (reference === "") return null;
  const connector = (await connectors()).find((each) => each.reference === reference);
  const from = line.from + (REFERENCES.has(key) ? keyEnd + colon.length : text.indexOf(reference));
  if (at < from || at > from + reference.length) return null;
  if (connector !== undefined) return tooltip(from, from + reference.length, describe(connector));
  if (!REFERENCES.has(key) || reference.includes("<+")) return null;
  return tooltip(from, from + reference.length, help(reference, "No file, list or configuration here says where this connector leads."));
}

function covers({ file, from, to }: PulledImage, place: { file: string; line: number; column: number }): boolean {
  if (file !== place.file || place.line < from.line || place.line > to.line) return false;
  return (place.line > from.line || place.column >= from.column) && (place.line < to.line || place.column <= to.column);
}

function tooltip(pos: number, end: number, dom: HTMLElement) {
  return { pos, end, above: true, create: () => ({ dom }) };
}

/** What is pulled at a place: several names if a matrix or a variable decides. */
function pulledAs(pulled: readonly PulledImage[]): HTMLElement {
  const shown = [...new Map(pulled.map((image) => [image.fullName ?? image.unknown, image])).values()].slice(0, MOST_NAMES);
  return element(
    "div",
    { class: "cm-help" },
    ...shown.flatMap(({ fullName, unknown, hub }) =>
      fullName === null
        ? [element("p", {}, ...prose(unknown ?? "It is unknown where this is pulled from."))]
        : [element("p", {}, hub ? "Pulled from Docker Hub as" : "Pulled as"), element("pre", {}, fullName)],
    ),
    ...[...new Set(shown.map(({ connector, connectorUrl }) => (connector === null ? "Without a connector" : `Through ${connector}${connectorUrl === null ? "" : `: ${connectorUrl}`}`)))].map((sentence) =>
      element("p", {}, sentence),
    ),
  );
}

function describe({ reference, type, url, providerType, from }: KnownConnector): HTMLElement {
  return element(
    "div",
    { class: "cm-help" },
    element("pre", {}, reference),
    url !== null && element("p", {}, url),
    element("p", {}, [type, providerType].filter((part) => part !== null).join(", "), ` in ${from}`),
  );
}

function help(code: string, means: string): HTMLElement {
  return element("div", { class: "cm-help" }, element("pre", {}, code), element("p", {}, ...prose(means)));
}

function endsSo(path: readonly string[], end: string): boolean {
  const parts = end.split("/");
  return parts.length <= path.length && parts.every((part, index) => path[path.length - parts.length + index] === part);
}
