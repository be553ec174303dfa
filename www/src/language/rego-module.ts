/** A Rego module as the editor needs it: what it defines, and where. */
export interface RegoModule {
  readonly path: string;
  readonly text: string;
  /** `a.b` of `package a.b`; empty without a package. */
  readonly name: string;
  readonly imports: readonly Import[];
  readonly rules: readonly Rule[];
}

/** An import of other rules, or of a part of the input. */
interface Import {
  /** `data.a.b` */
  readonly target: string;
  /** Its name in the module. */
  readonly alias: string;
}

/** One definition of a rule, which may have several. */
export interface Rule {
  readonly name: string;
  /** Its first line, without its body. */
  readonly head: string;
  /** The comment above it. */
  readonly comment: string;
  /** Where it begins, and where the next statement does, in UTF-16 units. */
  readonly from: number;
  readonly to: number;
}

/** How much of a module is read, in UTF-16 units. */
const MOST = 1_000_000;
/** How much of a rule's first line is shown. */
const MOST_HEAD = 300;

/** Reads a module that may be incomplete, and skips what can't be read. */
export function readModule(path: string, text: string): RegoModule {
  const read = text.slice(0, MOST);
  const imports: Import[] = [];
  const rules: Rule[] = [];
  let name = "";
  const starts = statements(read);
  starts.forEach((from, index) => {
    const to = starts[index + 1] ?? read.length;
    const end = read.indexOf("\n", from);
    const line = read.slice(from, Math.min(end === -1 || end > to ? to : end, from + MOST_HEAD)).trimEnd();
    const [, keyword, rest = ""] = /^(package|import)\s+(.*)$/.exec(line) ?? [];
    if (keyword === "package") name = rest.replace(/\s*#.*$/, "");
    else if (keyword === "import") {
      const [, target = "", alias] = /^([\w.]+)(?:\s+as\s+(\w+))?/.exec(rest) ?? [];
      imports.push({ target, alias: alias ?? target.slice(target.lastIndexOf(".") + 1) });
    } else {
      const [, rule] = /^(?:default\s+)?([A-Za-z_]\w*)/.exec(line) ?? [];
      if (rule !== undefined && rule !== "else") {
        rules.push({ name: rule, head: line.replace(/\s*(?:if\s*)?\{?$/, ""), comment: commentAbove(read, from), from, to });
      }
    }
  });
  return { path, text, name, imports, rules };
}

/** Where each top-level statement begins. */
function statements(text: string): number[] {
  const starts: number[] = [];
  let depth = 0;
  let isLineStart = true;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (character === "\n") {
      isLineStart = true;
      continue;
    }
    if (character === "#") {
      at = endOf(text, "\n", at) - 1;
      continue;
    }
    if (isLineStart && depth === 0 && /[A-Za-z_]/.test(character)) starts.push(at);
    isLineStart = false;
    if (character === '"') {
      // A string ends at the end of its line, even without its closing quote.
      for (at += 1; at < text.length && text[at] !== '"' && text[at] !== "\n"; at += 1) if (text[at] === "\\") at += 1;
      if (text[at] === "\n") at -= 1;
    } else if (character === "`") at = endOf(text, "`", at + 1);
    else if ("{[(".includes(character)) depth += 1;
    else if ("}])".includes(character)) depth = Math.max(0, depth - 1);
  }
  return starts;
}

function endOf(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at === -1 ? text.length : at;
}

/** How many lines of a comment are shown. */
const MOST_COMMENT = 20;

function commentAbove(text: string, from: number): string {
  const comment: string[] = [];
  for (let end = from - 1; end > 0 && comment.length < MOST_COMMENT; ) {
    const start = text.lastIndexOf("\n", end - 1) + 1;
    if (text[start] !== "#") break;
    comment.unshift(text.slice(start, Math.min(end, start + MOST_HEAD)).replace(/^#+ ?/, ""));
    end = start - 1;
  }
  return comment.join("\n");
}

/** The definitions of a rule in one module. */
export interface Definition {
  readonly module: RegoModule;
  readonly rules: readonly Rule[];
}

/**
 * The rules that a reference means, in the module's package or in another one, by its name or an import.
 *
 * @param reference `deny`, `lib.steps`, `data.lib.steps`
 */
export function definitionsOf(reference: string, module: RegoModule, modules: readonly RegoModule[]): Definition[] {
  const full = fullName(reference, module);
  return modules.flatMap((each) => {
    if (each.name === "" || !full.startsWith(`data.${each.name}.`)) return [];
    const [rule] = full.slice(`data.${each.name}.`.length).split(".");
    const rules = each.rules.filter(({ name }) => name === rule);
    return rules.length === 0 ? [] : [{ module: each, rules }];
  });
}

/** A reference as a full path: `data.lib.steps`. */
export function fullName(reference: string, { imports, name }: RegoModule): string {
  const [first = "", ...rest] = reference.split(".");
  if (first === "data" || first === "input") return reference;
  const imported = imports.find(({ alias }) => alias === first);
  return imported === undefined ? `data.${name}.${reference}` : [imported.target, ...rest].join(".");
}
