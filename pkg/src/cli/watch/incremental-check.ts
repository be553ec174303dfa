import type { Guard } from "../../guard.js";
import type { Diagnostic, FileReport, Omitted, Report, Severity } from "../../report.js";
import type { SourceFile } from "../../source-file.js";
import type { Checked } from "../reporting.js";
import { byBytes } from "../byte-order.js";
import { inPages, textsByFile } from "../file-texts.js";
import { inert } from "../output.js";

/** What was found in one file. */
interface Part {
  readonly file: FileReport;
  readonly diagnostics: readonly Diagnostic[];
  readonly omitted: readonly Omitted[];
  /** The same as text, with colors or without. */
  readonly texts: ReadonlyMap<boolean, string>;
}

/** At least so many files are checked together, or as many as there are connectors, because these are checked each time, too. */
const fewest = 20;

/**
 * Checks files that change, and checks only those again that have changed. The report is that of a check of all files.
 *
 * Files are judged together, but the findings in a file depend only on the files with connectors. So each file is checked
 * together with these, and all files are checked again when one of these changes. The only other things that files of a
 * check share are bounds: the reserve for a file that is too large for its share, and the steps of a user's policy. Here,
 * each of the smaller checks has its own.
 */
export class IncrementalCheck {
  readonly #guard: Guard;
  /** Which texts are needed: with colors, without, or both. */
  readonly #colors: readonly boolean[];
  /** Whether the text has what is suppressed. */
  readonly #showSuppressed: boolean;
  /** Findings that are about none of the files: exceptions of the configuration that have expired. */
  #others: { readonly diagnostics: readonly Diagnostic[]; readonly texts: ReadonlyMap<boolean, string> } | undefined;
  /** How old the lists of connectors are. */
  #connectorLists: Report["connectorLists"] = [];
  readonly #sources = new Map<string, SourceFile>();
  readonly #parts = new Map<string, Part>();
  /** Files whose content hasn't been checked. */
  readonly #changed = new Set<string>();
  /** Those of them that look like connectors, which are checked first. If one isn't recognized, the others are checked twice. */
  readonly #likely = new Set<string>();
  /** Files to check again, because a connector has changed. */
  readonly #stale = new Set<string>();
  /** The paths of all parts in the order of the report, until one comes or goes. */
  #order: readonly string[] | undefined;
  #notRun: { readonly entities: string; readonly sentences: readonly string[] } | undefined;

  constructor(guard: Guard, colors: readonly boolean[], showSuppressed: boolean) {
    this.#guard = guard;
    this.#colors = colors;
    this.#showSuppressed = showSuppressed;
  }

  /** Adds a file or its new content. Returns whether something has changed. */
  set(source: SourceFile): boolean {
    const before = this.#sources.get(source.path);
    if (before !== undefined && isSame(before, source)) return false;
    this.#sources.set(source.path, source);
    this.#changed.add(source.path);
    if (looksLikeConnector(source)) this.#likely.add(source.path);
    else this.#likely.delete(source.path);
    return true;
  }

  /** A file is gone; whether it was there. */
  remove(path: string): boolean {
    if (!this.#sources.delete(path)) return false;
    this.#changed.delete(path);
    this.#likely.delete(path);
    this.#stale.delete(path);
    if (this.#isConnector(path)) {
      this.#staleAll(new Set([path]));
      for (const list of this.#lists()) this.#forget(list);
    }
    this.#forget(path);
    return true;
  }

  get sources(): readonly SourceFile[] {
    return [...this.#sources.values()];
  }

  /** How many files are still to be checked. */
  get left(): number {
    return this.#changed.size + this.#stale.size;
  }

  /** Checks some of the files that are left, those that have changed first. Returns how many. */
  step(): number {
    const connectors = this.#connectors();
    const changed = [...this.#changed].sort((a, b) => Number(connectors.includes(b)) - Number(connectors.includes(a)));
    const batch = [...changed, ...this.#stale].slice(0, Math.max(fewest, connectors.length));
    if (batch.length === 0) return 0;
    const wasConnector = batch.some((path) => this.#changed.has(path) && this.#isConnector(path));
    this.#check(new Set(batch), connectors);
    const isConnector = batch.some((path) => this.#changed.has(path) && this.#isConnector(path));
    for (const path of batch) {
      this.#changed.delete(path);
      this.#likely.delete(path);
      this.#stale.delete(path);
    }
    if (wasConnector || isConnector) this.#staleAll(new Set(batch));
    return batch.length;
  }

  /** The result of a check of all files, once no file is left to be checked. */
  found(failOn: Severity): Checked {
    if (this.#lists().some((path) => !this.#parts.has(path))) this.#check(new Set(), this.#connectors());
    const { report, exitCode } = this.#guard.recounted(this.#report(), failOn);
    const showSuppressed = this.#showSuppressed;
    const closing = (color: boolean): Iterable<string> => this.#guard.show(report, [], { color, failOn, showSuppressed, shows: "counts" });
    return {
      report,
      exitCode,
      notRun: this.#policiesNotRun(),
      text: (color) => {
        const findings = [...this.#sorted(), ...(this.#others === undefined ? [] : [this.#others])].map(({ texts }) => texts.get(color) ?? "");
        return inPages([...findings, ...closing(color)].map((text) => inert(text, color)));
      },
    };
  }

  /** The lists of connectors, which are part of every check. */
  #lists(): readonly string[] {
    return this.#guard.connectorFiles.map(({ path }) => path);
  }

  #connectors(): readonly string[] {
    return [...this.#sources.keys()].filter((path) => this.#isConnector(path) || this.#likely.has(path));
  }

  #forget(path: string): void {
    this.#parts.delete(path);
    this.#order = undefined;
  }

  /** Marks all checked files to be checked again, except for some. */
  #staleAll(except: ReadonlySet<string>): void {
    for (const path of this.#parts.keys()) if (this.#sources.has(path) && !except.has(path)) this.#stale.add(path);
  }

  #isConnector(path: string): boolean {
    return this.#parts.get(path)?.file.documents.some(({ entity }) => entity === "connector") === true;
  }

  #check(batch: ReadonlySet<string>, connectors: readonly string[]): void {
    const sources = [...new Set([...batch, ...connectors])].flatMap((path) => this.#sources.get(path) ?? []);
    const report = this.#guard.check(sources);
    this.#connectorLists = report.connectorLists;
    const wanted = new Set([...batch, ...this.#lists()]);
    const diagnostics = byFile(report.diagnostics);
    const omitted = byFile(report.omitted);
    const showSuppressed = this.#showSuppressed;
    const texts = this.#colors.map((color) => [color, textsByFile(this.#guard, sources, report, { color, showSuppressed })] as const);
    const checked = new Set(report.files.map(({ path }) => path));
    // Every check has the findings that are about none of its files.
    const others = report.diagnostics.filter(({ file }) => !checked.has(file));
    if (others.length > 0) {
      const files = new Set(others.map(({ file }) => file));
      this.#others = {
        diagnostics: others,
        texts: new Map(texts.map(([color, blocks]) => [color, [...files].map((file) => blocks.get(file) ?? "").join("")])),
      };
    }
    for (const file of report.files) {
      if (!wanted.has(file.path)) continue;
      if (!this.#parts.has(file.path)) this.#order = undefined;
      this.#parts.set(file.path, {
        file,
        diagnostics: diagnostics.get(file.path) ?? [],
        omitted: omitted.get(file.path) ?? [],
        texts: new Map(texts.map(([color, blocks]) => [color, blocks.get(file.path) ?? ""])),
      });
    }
  }

  #sorted(): readonly Part[] {
    this.#order ??= [...this.#parts.keys()].sort(byBytes);
    return this.#order.flatMap((path) => this.#parts.get(path) ?? []);
  }

  /** The parts together, not counted yet. */
  #report(): Report {
    const parts = this.#sorted();
    const files = parts.map(({ file }) => file);
    const ofFiles = parts.flatMap((part) => part.diagnostics);
    const others = this.#others?.diagnostics ?? [];
    const diagnostics = others.length === 0 ? ofFiles : [...ofFiles, ...others].sort((a, b) => byBytes(a.file, b.file));
    const omitted = parts.flatMap((part) => part.omitted);
    const summary = { files: 0, documents: 0, errors: 0, warnings: 0, undecided: 0, suppressed: 0 };
    return { schemaVersion: 1, diagnostics, omitted, files, connectorLists: this.#connectorLists, summary };
  }

  /** This depends only on which entities the files have, so one file of each is enough. */
  #policiesNotRun(): readonly string[] {
    if (this.#guard.policies.length === 0) return [];
    const examples = new Map<string, string>();
    for (const [path, { file }] of this.#parts) {
      for (const { entity } of file.documents) if (entity !== null && this.#sources.has(path)) examples.set(entity, path);
    }
    const entities = [...examples.keys()].sort().join(" ");
    if (this.#notRun?.entities !== entities) {
      const sources = [...new Set(examples.values())].flatMap((path) => this.#sources.get(path) ?? []);
      this.#notRun = { entities, sentences: this.#guard.judge(sources, "error").notRun };
    }
    return this.#notRun.sentences;
  }
}

function isSame(one: SourceFile, other: SourceFile): boolean {
  if (!("text" in one) || !("text" in other)) return JSON.stringify(one) === JSON.stringify(other);
  const { text: a, ...aboutOne } = one;
  const { text: b, ...aboutOther } = other;
  return Buffer.from(a as Uint8Array).equals(Buffer.from(b as Uint8Array)) && JSON.stringify(aboutOne) === JSON.stringify(aboutOther);
}

function looksLikeConnector(source: SourceFile): boolean {
  return "text" in source && /^["']?connector["']?\s*:/m.test(Buffer.from(source.text as Uint8Array).toString("latin1"));
}

function byFile<T extends { readonly file: string }>(found: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const files = new Map<string, T[]>();
  for (const each of found) {
    const those = files.get(each.file);
    if (those === undefined) files.set(each.file, [each]);
    else those.push(each);
  }
  return files;
}
