import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { EditorState, type Extension } from "@codemirror/state";
import { hoverTooltip } from "@codemirror/view";
import schema from "harness-image-guard/schema.json";

import { element, prose } from "../dom.ts";
import { near } from "./near.ts";
import { siblingsAt, yamlPlaceAt } from "./yaml-place.ts";

/** A JSON schema of a value, with the keywords that the configuration's uses. */
export interface Described {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly enum?: readonly (string | number)[];
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Described>>;
  readonly additionalProperties?: boolean | Described;
  readonly items?: Described;
  readonly oneOf?: readonly Described[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Described>>;
}

const ROOT = schema as Described;

/** The keys that name connectors, or patterns of their names. */
const REFERENCES = new Set(["requiredConnector", "defaultConnector", "trustedConnectors", "dockerHubConnectors"]);

/**
 * Completion and hover for the configuration's YAML, by its JSON schema.
 *
 * @param references the references of the known connectors
 */
export function schemaHelp(references: () => Promise<readonly string[]>): Extension {
  // Always the same object, by which a late answer is matched to its source.
  const sources = [{ autocomplete: (context: CompletionContext) => complete(context, references) }];
  return [
    EditorState.languageData.of(() => sources),
    hoverTooltip((view, at) => hover(view.state, at)),
  ];
}

async function complete({ state, pos, explicit }: CompletionContext, references: () => Promise<readonly string[]>): Promise<CompletionResult | null> {
  const place = yamlPlaceAt(state.doc, pos);
  if (place === undefined) return null;
  const { path, key, written, from } = place;
  if (key === undefined) {
    if (written === "" && !explicit) return null;
    const there = siblingsAt(state.doc, pos);
    const options = describedAt(path)
      .flatMap(({ properties = {} }) => Object.entries(properties))
      .filter(([name]) => !there.has(name))
      .map(([name, described]): Completion => ({ label: name, type: "property", info: () => explained(name, described), apply: isNested(described) && !place.isFlow ? `${name}:` : `${name}: ` }));
    return options.length === 0 ? null : { from, options, validFor: /^[\w-]*$/ };
  }
  const described = describedAt([...path, key]).flatMap((each) => (each.type === "array" && each.items !== undefined ? alternatives(each.items) : [each]));
  const values = [...new Set(described.flatMap((each) => [...(each.enum ?? []), ...(each.type === "string" ? examplesOf(each) : [])]))];
  const options: Completion[] = values.map((value) => ({ label: String(value), type: "constant" }));
  const known = REFERENCES.has(key) ? await references() : [];
  options.push(...known.map((label) => ({ label, type: "constant", detail: "connector" })));
  return options.length === 0 ? null : { from, options, validFor: /^[^\s"']*$/ };
}

function examplesOf({ examples = [], default: otherwise }: Described): unknown[] {
  return [...(typeof otherwise === "string" ? [otherwise] : []), ...examples].filter((each) => typeof each === "string");
}

function hover(state: EditorState, at: number) {
  const { text, from: start } = near(state.doc, at);
  for (const match of text.matchAll(/[A-Za-z_][\w-]*/g)) {
    if (!/^["']?\s*:/.test(text.slice(match.index + match[0].length))) continue;
    const from = start + match.index;
    const to = from + match[0].length;
    if (at < from || at > to) continue;
    const place = yamlPlaceAt(state.doc, to);
    const [described] = describedAt([...(place?.path ?? []), match[0]]);
    if (described === undefined) return null;
    return { pos: from, end: to, above: true, create: () => ({ dom: explained(match[0], described) }) };
  }
  return null;
}

/** The values that the schema lists for a path of keys. */
export function choicesAt(path: readonly string[]): string[] {
  return describedAt(path).flatMap(({ enum: choices = [] }) => choices.map(String));
}

/** The schemas of the value at a path of keys: each alternative. */
export function describedAt(path: readonly string[]): Described[] {
  let here = alternatives(ROOT);
  for (const key of path) {
    here = here.flatMap((described) => {
      const holder = described.type === "array" && described.items !== undefined ? alternatives(described.items) : [described];
      return holder.flatMap(({ properties = {}, additionalProperties }) => {
        if (Object.hasOwn(properties, key)) return alternatives(properties[key] ?? {});
        return typeof additionalProperties === "object" ? alternatives(additionalProperties) : [];
      });
    });
  }
  return here;
}

function alternatives(described: Described): Described[] {
  const { $ref, oneOf, ...own } = described;
  if ($ref !== undefined) {
    const named = ROOT.$defs?.[$ref.replace("#/$defs/", "")] ?? {};
    return alternatives({ ...named, ...own });
  }
  // What applies to all alternatives applies to each.
  return oneOf === undefined ? [described] : oneOf.flatMap((each) => alternatives({ ...own, ...each }));
}

function isNested(described: Described): boolean {
  return alternatives(described).some(({ type }) => type === "object");
}

function explained(name: string, described: Described): HTMLElement {
  const all = alternatives(described);
  const values = [...new Set(all.flatMap((each) => each.enum ?? []))];
  const { description, default: otherwise } = described;
  return element(
    "div",
    { class: "cm-help" },
    element("pre", {}, name),
    description !== undefined && element("p", {}, ...prose(description)),
    values.length > 0 && element("p", {}, "One of ", ...values.flatMap((value, index) => [index === 0 ? "" : ", ", element("code", {}, String(value))])),
    otherwise !== undefined && element("p", {}, "Default: ", element("code", {}, JSON.stringify(otherwise).replace(/^"(.*)"$/, "$1"))),
  );
}
