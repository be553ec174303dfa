import { type CompletionContext, type CompletionResult, type Completion, completeAnyWord } from "@codemirror/autocomplete";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView, hoverTooltip, keymap } from "@codemirror/view";

import { element, prose } from "../dom.ts";
import { isPolicy, type PlainFile } from "../project.ts";
import builtins from "./builtins.json";
import { near } from "./near.ts";
import { type Definition, definitionsOf, fullName, readModule, type RegoModule, type Rule } from "./rego-module.ts";

/** The context of the module in the editor. */
export interface RegoSurroundings {
  /** This module's path. */
  readonly path: () => string;
  /** All modules; this one may be an older version. */
  readonly modules: () => readonly PlainFile[];
  /** The input as JSON, if there is one. */
  readonly input: () => string;
  /** Shows a line of another module, from 1. */
  readonly go: (path: string, line: number) => void;
}

const KEYWORDS = ["as", "contains", "default", "else", "every", "false", "if", "import", "in", "not", "null", "package", "some", "true", "with"];
const IMPORTS = ["rego.v1", "future.keywords", "future.keywords.contains", "future.keywords.every", "future.keywords.if", "future.keywords.in"];

interface Builtin {
  readonly signature: string;
  readonly description: string;
}

const BUILTINS: ReadonlyMap<string, Builtin> = new Map(
  builtins.functions.map(([name = "", signature = "", description = ""]) => [name, { signature, description }]),
);

/** How many elements of an array are searched for keys. */
const MOST_ELEMENTS = 50;
/** The largest input that is read for its keys, and how much of a value is shown, in characters. */
const MOST_INPUT = 2_000_000;
const MOST_SHOWN = 160;
/** How much of a rule is searched for a variable's definition, in UTF-16 units. */
const MOST_BODY = 20_000;

/** Completion, hover, and F12 or Control-click to the definition, for Rego. */
export function regoHelp(surroundings: RegoSurroundings): Extension {
  const help = new RegoHelp(surroundings);
  // Always the same objects, by which a late answer is matched to its source.
  const sources = [
    { autocomplete: (context: CompletionContext) => help.complete(context) },
    { autocomplete: (context: CompletionContext) => help.words(context) },
  ];
  return [
    EditorState.languageData.of(() => sources),
    hoverTooltip((view, at) => help.hover(view.state, at)),
    keymap.of([{ key: "F12", run: (view) => help.goToDefinition(view, view.state.selection.main.head) }]),
    EditorView.domEventHandlers({
      mousedown(event, view) {
        if (!(event.ctrlKey || event.metaKey) || event.button !== 0) return false;
        const at = view.posAtCoords(event);
        return at !== null && help.goToDefinition(view, at);
      },
    }),
  ];
}

class RegoHelp {
  readonly #surroundings: RegoSurroundings;
  /** The modules as they were read last. */
  readonly #read = new Map<string, RegoModule>();
  #input: { readonly text: string; readonly value: unknown } = { text: "", value: undefined };

  constructor(surroundings: RegoSurroundings) {
    this.#surroundings = surroundings;
  }

  complete(context: CompletionContext): CompletionResult | null {
    if (isQuiet(context)) return null;
    const { before } = near(context.state.doc, context.pos);
    const importing = /^\s*import\s+([\w.]*)$/.exec(before);
    if (importing !== null) {
      const packages = this.#others().map(({ name }) => `data.${name}`);
      return listed(context.pos - (importing[1] ?? "").length, [...new Set([...packages, ...IMPORTS])].map((label) => ({ label, type: "namespace" })));
    }
    const [reference = ""] = /[A-Za-z_]\w*(?:\.\w*|\[[^[\]]*\])*$/.exec(before) ?? [];
    if (reference === "" && !context.explicit) return null;
    const dot = reference.lastIndexOf(".");
    if (dot === -1) return listed(context.pos - reference.length, this.#names(context.state));
    const whole = reference.slice(0, dot);
    const from = context.pos - reference.length + dot + 1;
    if (/^input\b/.test(whole)) {
      return listed(from, keysAt(this.#inputValue, whole).map((label) => ({ label, type: "property", detail: "input" })));
    }
    const members = this.#members(context.state, whole);
    if (members.length > 0) return listed(from, members);
    const functions = [...BUILTINS.keys()].filter((name) => name.startsWith(`${whole}.`));
    return functions.length === 0 ? null : listed(from, functions.map((name) => builtinOption(name, name.slice(dot + 1))));
  }

  /** Other words of the module, such as its variables; none after a dot. */
  async words(context: CompletionContext): Promise<CompletionResult | null> {
    if (isQuiet(context) || context.matchBefore(/\.\w*/) !== null) return null;
    const found = await completeAnyWord(context);
    if (found === null) return null;
    const names = new Set(this.#names(context.state).map(({ label }) => label));
    return { ...found, options: found.options.filter(({ label }) => !names.has(label)) };
  }

  hover(state: EditorState, at: number) {
    const word = wordAt(state, at);
    if (word === undefined) return null;
    const shown = this.#explained(state, word);
    return shown === undefined ? null : { pos: word.from, end: word.to, above: true, create: () => ({ dom: shown }) };
  }

  goToDefinition(view: EditorView, at: number): boolean {
    const word = wordAt(view.state, at);
    if (word === undefined) return false;
    const module = this.#module(view.state);
    const own = localOf(module, word);
    if (own !== undefined) return show(view, own);
    const [definition] = this.#definitions(view.state, word);
    const [rule] = definition?.rules ?? [];
    if (definition === undefined || rule === undefined) return false;
    if (definition.module.path === module.path) return show(view, rule.from);
    this.#surroundings.go(definition.module.path, lineOf(definition.module.text, rule.from));
    return true;
  }

  /** The module in the editor, and the others. */
  #modules(state: EditorState): readonly RegoModule[] {
    return [this.#module(state), ...this.#others()];
  }

  #module(state: EditorState): RegoModule {
    return this.#readModule({ path: this.#surroundings.path(), text: state.doc.toString() });
  }

  #readModule({ path, text }: PlainFile): RegoModule {
    const there = this.#read.get(path);
    if (there?.text === text) return there;
    const module = readModule(path, text);
    this.#read.set(path, module);
    return module;
  }

  #others(): readonly RegoModule[] {
    const own = this.#surroundings.path();
    return this.#surroundings
      .modules()
      .filter(({ path, text }) => path !== own && isPolicy(path) && text.trim() !== "")
      .map((file) => this.#readModule(file));
  }

  /** The definitions of the reference up to the pointer, or else of the whole: `data.lib.steps` alone has none. */
  #definitions(state: EditorState, { reference, whole }: Word): Definition[] {
    const modules = this.#modules(state);
    const [module] = modules;
    if (module === undefined) return [];
    const definitions = definitionsOf(reference, module, modules);
    return definitions.length > 0 ? definitions : definitionsOf(whole, module, modules);
  }

  #names(state: EditorState): Completion[] {
    const modules = this.#modules(state);
    const [module] = modules;
    const rules = modules.filter(({ name }) => name === module?.name).flatMap(({ rules: each }) => each);
    return [
      ...unique(rules).map(ruleOption),
      ...(module?.imports ?? []).map(({ alias, target }) => ({ label: alias, type: "namespace", detail: target })),
      ...["input", "data"].map((label) => ({ label, type: "variable" })),
      ...KEYWORDS.map((label) => ({ label, type: "keyword" })),
      ...[...BUILTINS.keys()].map((name) => builtinOption(name, name)),
    ];
  }

  /** The next parts of packages' names, and the rules of the package. */
  #members(state: EditorState, whole: string): Completion[] {
    const modules = this.#modules(state);
    const [module] = modules;
    if (module === undefined) return [];
    const full = fullName(whole, module);
    const packages = modules
      .map(({ name }) => `data.${name}`)
      .filter((name) => name.startsWith(`${full}.`))
      .map((name) => name.slice(full.length + 1).split(".")[0] ?? "");
    const rules = modules.filter(({ name }) => `data.${name}` === full).flatMap(({ rules: each }) => each);
    return [...[...new Set(packages)].map((label) => ({ label, type: "namespace" })), ...unique(rules).map(ruleOption)];
  }

  #explained(state: EditorState, word: Word): HTMLElement | undefined {
    const { reference, whole } = word;
    const builtin = BUILTINS.get(whole) ?? BUILTINS.get(reference);
    if (/^input\b/.test(reference)) {
      const value = valueAt(this.#inputValue, reference);
      return value === undefined ? undefined : tooltip(reference, [], shortened(JSON.stringify(value)));
    }
    const definitions = this.#definitions(state, word);
    if (definitions.length > 0) {
      const own = this.#surroundings.path();
      const heads = definitions.flatMap(({ module, rules }) =>
        rules.map(({ head }) => (module.path === own ? head : `${head}  # ${module.path}`)),
      );
      const comment = definitions.flatMap(({ rules }) => rules.map(({ comment: each }) => each)).find((each) => each !== "");
      return tooltip(heads.slice(0, 5).join("\n"), comment === undefined ? [] : [comment]);
    }
    if (builtin === undefined) return undefined;
    return tooltip(`${BUILTINS.has(whole) ? whole : reference}${builtin.signature}`, builtin.description === "" ? [] : [builtin.description]);
  }

  get #inputValue(): unknown {
    const text = this.#surroundings.input();
    if (text !== this.#input.text && text.length <= MOST_INPUT) {
      try {
        this.#input = { text, value: JSON.parse(text) as unknown };
      } catch {
        // Incomplete: the last value is better than none.
      }
    }
    return this.#input.value;
  }
}

function shortened(text: string): string {
  return text.length <= MOST_SHOWN ? text : `${text.slice(0, MOST_SHOWN)}…`;
}

function tooltip(code: string, sentences: readonly string[], value?: string): HTMLElement {
  return element(
    "div",
    { class: "cm-help" },
    element("pre", {}, code),
    ...sentences.map((sentence) => element("p", {}, ...prose(sentence))),
    value !== undefined && element("pre", { class: "value" }, value),
  );
}

/** Whether the place is in a comment or a string, where nothing is offered. */
function isQuiet({ state, pos }: CompletionContext): boolean {
  return inString(near(state.doc, pos).before);
}

function listed(from: number, options: readonly Completion[]): CompletionResult {
  return { from, options, validFor: /^\w*$/ };
}

function ruleOption({ name, head, comment }: Rule): Completion {
  return { label: name, type: head.includes("(") ? "function" : "variable", detail: head.slice(name.length).trim().slice(0, 40), ...(comment === "" ? {} : { info: comment }), boost: 2 };
}

function builtinOption(name: string, label: string): Completion {
  const { signature = "", description = "" } = BUILTINS.get(name) ?? {};
  return { label, type: "function", detail: signature, ...(description === "" ? {} : { info: description.replaceAll("`", "") }), boost: -1 };
}

function unique(rules: readonly Rule[]): Rule[] {
  return [...new Map([...rules].reverse().map((rule) => [rule.name, rule])).values()];
}

/** The reference at the pointer or the cursor. */
interface Word {
  readonly from: number;
  readonly to: number;
  /** The reference up to the end of the part that is pointed at. */
  readonly reference: string;
  /** The whole reference. */
  readonly whole: string;
}

function wordAt(state: EditorState, at: number): Word | undefined {
  const { text, from: start } = near(state.doc, at);
  for (const match of text.matchAll(/[A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\[[^[\]]*\])*/g)) {
    const from = start + match.index;
    const to = from + match[0].length;
    if (at < from || at > to) continue;
    if (inString(text.slice(0, match.index))) return undefined;
    const ends = [...match[0].matchAll(/\w+|\[[^[\]]*\]/g)].map((part) => part.index + part[0].length);
    const end = ends.find((each) => from + each >= at) ?? match[0].length;
    return { from, to: from + end, reference: match[0].slice(0, end), whole: match[0] };
  }
  return undefined;
}

function inString(before: string): boolean {
  return /["#`]/.test(before.replaceAll(/"(?:[^"\\]|\\.)*"|`[^`]*`/g, ""));
}

/** The offset at which a rule's variable is defined, or first named; `undefined` for the name of a rule. */
function localOf({ rules, text }: RegoModule, { reference, from }: Word): number | undefined {
  const [name = ""] = reference.split(/[.[]/);
  if (rules.some((rule) => rule.name === name)) return undefined;
  const rule = rules.find((each) => each.from <= from && from < each.to);
  if (rule === undefined || name === "input" || name === "data" || BUILTINS.has(reference)) return undefined;
  const body = text.slice(rule.from, Math.min(rule.to, rule.from + MOST_BODY));
  const defined = new RegExp(`\\b${name}\\s*:=|\\b(?:some|every)\\s[^{}\\n]*?\\b${name}\\b`).exec(body);
  const index = defined === null ? new RegExp(`\\b${name}\\b`).exec(body)?.index : defined.index + defined[0].search(new RegExp(`\\b${name}\\b`));
  const at = index === undefined ? undefined : rule.from + index;
  return at === from ? undefined : at;
}

function show(view: EditorView, at: number): boolean {
  view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
  view.focus();
  return true;
}

/** The line of an offset, counted from 1. */
function lineOf(text: string, at: number): number {
  return text.slice(0, at).split("\n").length;
}

/** The values of a reference into the input: a variable in brackets means all elements. */
function valuesAt(input: unknown, reference: string): unknown[] {
  let values: unknown[] = [input];
  for (const [, key, bracket] of reference.replace(/^input/, "").matchAll(/\.(\w+)|\[([^[\]]*)\]/g)) {
    const [, quoted] = /^\s*"(.*)"\s*$/.exec(bracket ?? "") ?? [];
    const step = key ?? quoted ?? (/^\d+$/.test(bracket ?? "") ? Number(bracket) : undefined);
    values = values.flatMap((value) => {
      if (typeof value !== "object" || value === null) return [];
      if (step === undefined) return Object.values(value).slice(0, MOST_ELEMENTS);
      return Object.hasOwn(value, step) ? [(value as Record<string | number, unknown>)[step]] : [];
    }).slice(0, MOST_ELEMENTS);
  }
  return values;
}

function valueAt(input: unknown, reference: string): unknown {
  return valuesAt(input, reference)[0];
}

function keysAt(input: unknown, reference: string): string[] {
  const keys = valuesAt(input, reference).flatMap((value) =>
    typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value) : [],
  );
  return [...new Set(keys)].filter((key) => /^\w+$/.test(key));
}
