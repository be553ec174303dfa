import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";

import { checkFindings } from "../configuration.js";
import { contentsOf } from "../formats/contents.js";
import { fingerprintOf } from "../formats/fingerprint.js";
import { jsonText } from "../formats/json.js";
import { plural } from "../plural.js";
import { inertJson } from "../inert.js";
import { isObject } from "../json-object.js";
import type { Diagnostic, Report } from "../report.js";
import type { SourceFile } from "../source-file.js";
import { Enclosure } from "./enclosure.js";
import { readNamedFile } from "./named-file.js";
import { shown } from "./output.js";
import { relativePath } from "./paths.js";
import { isDescriptor } from "./regular-file.js";
import { isSystemError, readable } from "./system-error.js";
import { UsageError } from "./usage-error.js";

/** Findings that are alike, in one file. */
export interface Entry {
  readonly rule: string;
  /** Relative to the folder of the baseline, with `/`. */
  readonly file: string;
  /** For a person who reads the baseline. */
  readonly subject: string | null;
  /** Made of rule, verdict, subject, keys, content and images, without line and file. */
  readonly fingerprint: string;
  readonly count: number;
}

/** In version 1, fingerprints didn't include images. */
const schemaVersion = 2;

/** The result of comparing a report with a baseline. */
export interface Compared {
  /** The report, in which findings of the baseline are suppressed. It has to be counted again. */
  readonly report: Report;
  /** The entries whose findings are gone. */
  readonly gone: readonly Entry[];
  /** The other entries, with the files in which their findings are now. */
  readonly left: readonly Entry[];
}

/**
 * The entries of a baseline.
 *
 * @param isOpen whether links may lead anywhere
 * @throws UsageError if it can't be read, is broken, or has another version
 */
export async function readBaseline(path: string, isOpen: boolean): Promise<readonly Entry[]> {
  const enclosure = await Enclosure.around([resolve(path)], process.cwd(), isOpen);
  const bytes = await readable(`the baseline '${shown(path)}'`, readNamedFile(path, enclosure));
  const broken = (why: string): UsageError =>
    new UsageError(`the baseline '${shown(path)}' is broken: ${why}; 'harness-image-guard baseline write' writes it anew`);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw broken(error instanceof SyntaxError ? shown(error.message) : "it isn't UTF-8");
  }
  if (!isObject(value) || !("schemaVersion" in value)) throw broken("it has no 'schemaVersion'");
  if (value["schemaVersion"] !== schemaVersion) {
    const of = shown(JSON.stringify(value["schemaVersion"]));
    throw new UsageError(
      `the baseline '${shown(path)}' is of version ${of}, and this program reads version ${schemaVersion}; 'harness-image-guard baseline write' writes it anew`,
    );
  }
  if (!Array.isArray(value["findings"])) throw broken("'findings' isn't a list");
  return value["findings"].map((entry: unknown, at) => {
    if (!isEntry(entry)) throw broken(`entry ${at + 1} of 'findings' isn't as 'baseline write' writes it`);
    return entry;
  });
}

function isEntry(value: unknown): value is Entry {
  return (
    isObject(value) &&
    typeof value["rule"] === "string" &&
    typeof value["file"] === "string" &&
    (value["subject"] === null || typeof value["subject"] === "string") &&
    typeof value["fingerprint"] === "string" &&
    /^[0-9a-f]{64}$/.test(value["fingerprint"]) &&
    Number.isSafeInteger(value["count"]) &&
    (value["count"] as number) > 0
  );
}

/** A baseline's text: a line for each entry, so that a diff shows what has come and gone. */
export function baselineText(entries: readonly Entry[]): string {
  if (entries.length === 0) return jsonText({ schemaVersion, findings: [] });
  const lines = [...entries]
    .sort((a, b) => compare([a.file, a.rule, a.subject ?? "", a.fingerprint], [b.file, b.rule, b.subject ?? "", b.fingerprint]))
    .map(({ rule, file, subject, fingerprint, count }) => inertJson(JSON.stringify({ rule, file, subject, fingerprint, count })));
  return `{\n  "schemaVersion": ${schemaVersion},\n  "findings": [\n    ${lines.join(",\n    ")}\n  ]\n}\n`;
}

function compare(a: readonly string[], b: readonly string[]): number {
  const at = a.findIndex((each, index) => each !== b[index]);
  return at === -1 ? 0 : (a[at] ?? "") < (b[at] ?? "") ? -1 : 1;
}

/** The names of files in a baseline, which don't depend on the working directory. */
export class Naming {
  readonly #folder: string;

  /** @param baseline the path of the baseline; if it isn't a file, names are relative to the working directory */
  constructor(baseline: string) {
    this.#folder = isDescriptor(resolve(baseline)) ? process.cwd() : dirname(resolve(baseline));
  }

  named(file: string): string {
    return relativePath(this.#folder, resolve(file));
  }

  exists(named: string): boolean {
    try {
      const stats = statSync(resolve(this.#folder, named), { throwIfNoEntry: false });
      return stats !== undefined && !stats.isDirectory();
    } catch (error) {
      // A link that leads to itself isn't there; anything else that can't be looked at may be.
      return !isSystemError(error, "ELOOP");
    }
  }
}

/**
 * Whether a finding may be in a baseline. Not if something couldn't be checked, because it isn't known what is there. Nor
 * if it is about an exception or a list of connectors, because the baseline would keep the problem.
 */
function isKept({ rule, verdict, suppressed }: Diagnostic): boolean {
  return verdict !== "error" && suppressed === null && !(checkFindings as readonly string[]).includes(rule);
}

/** The entries for what a report has. */
export async function entriesOf(report: Report, sources: readonly SourceFile[], naming: Naming): Promise<readonly Entry[]> {
  const entries = new Map<string, { -readonly [Key in keyof Entry]: Entry[Key] }>();
  const contents = contentsOf(sources);
  for (const diagnostic of report.diagnostics.filter(isKept)) {
    const fingerprint = await fingerprintOf(diagnostic, contents);
    const file = naming.named(diagnostic.file);
    const key = `${fingerprint} ${file}`;
    const entry = entries.get(key);
    if (entry !== undefined) entry.count += 1;
    else entries.set(key, { rule: diagnostic.rule, file, subject: diagnostic.subject, fingerprint, count: 1 });
  }
  return [...entries.values()];
}

/**
 * Compares a report with a baseline. A finding is known if the baseline has it in the same file, or in a file that is
 * gone: then the file has moved. Of equal findings, as many are known as the baseline counts.
 *
 * @param isLookedFor whether findings of a rule would be in the report
 */
export async function compareWith(
  baseline: readonly Entry[],
  report: Report,
  sources: readonly SourceFile[],
  { naming, name, isLookedFor }: { readonly naming: Naming; readonly name: string; readonly isLookedFor: (rule: string) => boolean },
): Promise<Compared> {
  const contents = contentsOf(sources);
  const checked = new Set(report.files.map(({ path }) => naming.named(path)));
  const isGone = new Map<string, boolean>();
  for (const { file } of baseline) if (!isGone.has(file)) isGone.set(file, !checked.has(file) && !naming.exists(file));
  const items = baseline.map((entry): Item => ({ entry, left: entry.count }));
  const here = listed(items, ({ fingerprint, file }) => `${fingerprint} ${file}`);
  const moved = listed(items.filter(({ entry }) => isGone.get(entry.file) === true), ({ fingerprint }) => fingerprint);
  const found = new Map<string, { -readonly [Key in keyof Entry]: Entry[Key] }>();
  const take = (finding: Identified, alike: Item[] = []): boolean => {
    while (alike.at(-1)?.left === 0) alike.pop();
    const item = alike.at(-1);
    if (item === undefined) return false;
    item.left -= 1;
    const key = `${finding.fingerprint} ${finding.file}`;
    const now = found.get(key);
    if (now === undefined) found.set(key, { ...item.entry, file: finding.file, count: 1 });
    else now.count += 1;
    return true;
  };
  const identified: Identified[] = [];
  for (const diagnostic of report.diagnostics) {
    if (isKept(diagnostic)) identified.push({ diagnostic, fingerprint: await fingerprintOf(diagnostic, contents), file: naming.named(diagnostic.file) });
  }
  const others = identified.filter((each) => !take(each, here.get(`${each.fingerprint} ${each.file}`)));
  const fresh = new Set(others.filter((each) => !take(each, moved.get(each.fingerprint))).map(({ diagnostic }) => diagnostic));
  const suppressed = `in the baseline '${name}'`;
  const diagnostics = report.diagnostics.map((each) => (isKept(each) && !fresh.has(each) ? { ...each, suppressed } : each));
  const unmatched = items.filter(({ left }) => left > 0).map(({ entry, left }) => ({ ...entry, count: left }));
  const isDecided = ({ file, rule }: Entry): boolean => isLookedFor(rule) && (checked.has(file) || isGone.get(file) === true);
  return {
    report: { ...report, diagnostics },
    gone: unmatched.filter(isDecided),
    left: [...found.values(), ...unmatched.filter((entry) => !isDecided(entry))],
  };
}

/** What is left of an entry. */
interface Item {
  readonly entry: Entry;
  left: number;
}

/** The items by a key, those of each in a list whose last is the first: what is used up is taken off its end. */
function listed(items: readonly Item[], keyOf: (entry: Entry) => string): ReadonlyMap<string, Item[]> {
  const lists = new Map<string, Item[]>();
  for (const item of [...items].reverse()) {
    const key = keyOf(item.entry);
    const list = lists.get(key);
    if (list === undefined) lists.set(key, [item]);
    else list.push(item);
  }
  return lists;
}

interface Identified {
  readonly diagnostic: Diagnostic;
  readonly fingerprint: string;
  readonly file: string;
}

/**
 * A line for each entry that has gone.
 *
 * @param isRemoved whether they have just been removed from the baseline
 */
export function shownGone(gone: readonly Entry[], name: string, isRemoved = false): string {
  if (gone.length === 0) return "";
  const most = 20;
  const number = gone.reduce((sum, { count }) => sum + count, 0);
  const lines = gone.slice(0, most).map(({ rule, file, subject, count }) => {
    const where = subject === null ? "" : `, ${shown(subject)}`;
    return `  ${shown(rule)} in ${shown(file)}${where}${count === 1 ? "" : ` (${count} times)`}\n`;
  });
  const more = gone.length > most ? `  and ${gone.length - most} more\n` : "";
  const advice = isRemoved ? "" : `; 'harness-image-guard baseline update' removes ${number === 1 ? "it" : "them"}`;
  return `harness-image-guard: ${plural(number, "finding")} of the baseline '${shown(name)}' ${number === 1 ? "has" : "have"} gone${advice}:\n${lines.join("")}${more}`;
}
