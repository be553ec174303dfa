import { lstat, realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { setImmediate as breathe } from "node:timers/promises";

import { isInput } from "../../input-file.js";
import { plural } from "../../plural.js";
import type { Guard, GuardOptions } from "../../guard.js";
import { configFileNames } from "../config-file.js";
import type { CommandLine } from "../command-line.js";
import type { Found } from "../discovery.js";
import { ExitCode } from "../exit-code.js";
import { type inputOptions, InputSearch, placesOf } from "../inputs.js";
import { printError } from "../output.js";
import { isFolder, isLink, isWithin } from "../paths.js";
import { Progress } from "../progress.js";
import { type Reporting, reportTo } from "../reporting.js";
import { standardError, standardOutput } from "../standard-stream.js";
import { UsageError } from "../usage-error.js";
import { FolderWatch } from "./folder-watch.js";
import { Folders } from "./folders.js";
import { withModuleLinks } from "./module-links.js";
import { Hints } from "./hints.js";
import { IncrementalCheck } from "./incremental-check.js";

/** What is watched, and what is shown of it. */
export interface Watching {
  readonly commandLine: CommandLine<typeof inputOptions>;
  /** Reads what the command line names besides the configuration: policies, metadata. */
  readonly guardOptions: () => Promise<GuardOptions>;
  /** The paths of these. */
  readonly named: readonly string[];
  readonly reporting: Reporting;
  /** What is said of a guard's policies. */
  readonly remarks: (guard: Guard) => string;
  readonly hint: string;
}

/** After the last change, everything is looked at once more: an event may have been lost. In milliseconds. */
const lookAgain = 300;
/** How often everything is looked at where the system doesn't say what changes. In milliseconds. */
const poll = 1000;

const clear = "\u001b[H\u001b[2J\u001b[3J";

/**
 * `check --watch`: checks, and checks what changes again, until somebody ends it.
 *
 * @throws UsageError where there is something wrong at the beginning; what goes wrong later is shown, and waited for
 */
export async function watchFiles(watching: Watching): Promise<never> {
  for (const stream of [standardOutput, standardError]) stream.neverWait();
  const ending = new Ending();
  const hints = new Hints();
  const watch = new FolderWatch((path) => hints.add(path));
  try {
    return await goOn(watching, ending, hints, watch);
  } finally {
    // Otherwise the process wouldn't end.
    watch.set(new Map());
  }
}

async function goOn(watching: Watching, ending: Ending, hints: Hints, watch: FolderWatch): Promise<never> {
  let opened = await Opened.open(watching, watch);
  await opened.checkAll();
  await show(watching, opened, ending, `watching ${plural(opened.size, "file")}`);
  let broken: string | undefined;
  let isUnsettled = false;
  for (;;) {
    const changed = await hints.next(watch.failure === undefined ? (isUnsettled ? lookAgain : undefined) : poll);
    const began = performance.now();
    try {
      if (broken !== undefined || (await opened.isSetUpBy(changed))) {
        opened = await Opened.open(watching, watch);
        opened.isChanged = true;
        broken = undefined;
      } else await opened.take(changed);
      isUnsettled = changed.size > 0;
      let checked = 0;
      // What comes in between is checked first.
      while (opened.check.left > 0 && !hints.areThere) {
        checked += opened.check.step();
        await breathe();
      }
      opened.checked += checked;
      if (opened.check.left > 0 || !opened.isChanged) continue;
      const files = opened.checked === 0 ? "" : `checked ${plural(opened.checked, "file")} of ${opened.size} again, `;
      const doing = `${new Date().toTimeString().slice(0, 8)} ${files}in ${Math.round(performance.now() - began)} ms`;
      opened.isChanged = false;
      opened.checked = 0;
      await show(watching, opened, ending, doing);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      if (error.message !== broken) complain(watching, error);
      broken = error.message;
      isUnsettled = false;
    }
  }
}

/** The configuration, and the files, as they were when somebody last looked. */
class Opened {
  readonly check: IncrementalCheck;
  /** Whether something is to be shown. */
  isChanged = false;
  /** How many files were checked again for that. */
  checked = 0;
  complaint = "";
  readonly guard: Guard;
  readonly search: InputSearch;
  readonly #watching: Watching;
  readonly #watch: FolderWatch;
  readonly #setUp: ReadonlySet<string>;
  #folders = new Folders();
  /** By their paths without links. */
  #found = new Map<string, { readonly found: Found; readonly stamp: string }>();
  /** The files that this very command writes, and the baseline. */
  #own: ReadonlySet<string> = new Set();
  #baseline: ReadonlySet<string> = new Set();
  #remarks = "";

  private constructor(watching: Watching, watch: FolderWatch, search: InputSearch, guard: Guard, setUp: ReadonlySet<string>) {
    this.#watching = watching;
    this.#watch = watch;
    this.search = search;
    this.guard = guard;
    this.#setUp = setUp;
    const { outputs, color, showSuppressed } = watching.reporting;
    const colors = outputs.filter(({ format }) => format === "text").map(({ file }) => file === undefined && color);
    this.check = new IncrementalCheck(guard, [...new Set(colors)], showSuppressed);
  }

  /** @throws UsageError */
  static async open(watching: Watching, watch: FolderWatch): Promise<Opened> {
    const { commandLine, hint, named } = watching;
    const configs = configsOf(commandLine.options.config);
    const setUp = [...configs, ...named.map((path) => resolve(path))];
    let search: InputSearch | undefined;
    try {
      search = await InputSearch.of(commandLine, hint);
      const guard = await search.guard({ ...(await watching.guardOptions()), partial: true });
      printError(watching.remarks(guard));
      const opened = new Opened(watching, watch, search, guard, await reals(await withModuleLinks([...setUp, ...search.named])));
      await opened.look();
      return opened;
    } catch (error) {
      // What is broken may be fixed here.
      const folders = new Folders();
      for (const path of await withModuleLinks([...setUp, ...(search?.named ?? [])])) await folders.addSearched(path, true);
      watch.set(folders.all);
      throw error;
    }
  }

  get size(): number {
    return this.#found.size;
  }

  get places(): ReadonlyMap<string, string> {
    return placesOf([...this.#found.values()].map(({ found }) => found));
  }

  async checkAll(): Promise<void> {
    const progress = new Progress(standardError, this.size);
    progress.checking(this.size);
    while (this.check.step() > 0) await breathe();
    progress.end();
  }

  /** Whether everything is judged by one of these files, or what lies in one of these folders. */
  async isSetUpBy(changed: ReadonlySet<string | undefined>): Promise<boolean> {
    for (const path of changed) {
      if (path === undefined) continue;
      if (this.#setUp.has(path)) return true;
      const isInside = [...this.#setUp].some((each) => isWithin(each, path));
      if (isInside && (path.endsWith(".rego") || this.#folders.has(path) || isFolder(path) || isLink(path))) return true;
    }
    return false;
  }

  /** Looks at what may have changed. */
  async take(changed: ReadonlySet<string | undefined>): Promise<void> {
    let isUnknown = changed.size === 0;
    for (const path of changed) {
      if (path !== undefined && this.#baseline.has(path)) this.isChanged = true;
      if (path !== undefined && this.#own.has(path)) continue;
      if (path === undefined || !(await this.#readAgain(path))) isUnknown ||= path === undefined || (await this.#matters(path));
    }
    if (isUnknown) await this.look();
  }

  /** Searches, and reads what is new or has changed. */
  async look(): Promise<void> {
    const { search, guard } = this;
    await this.#watchFolders();
    const discovery = await search.discover();
    const remarks = search.remarks(discovery, guard);
    if (remarks !== this.#remarks) printError(remarks);
    this.#remarks = remarks;
    const { outputs, baseline } = this.#watching.reporting;
    this.#baseline = await reals(baseline === undefined ? [] : [baseline]);
    this.#own = new Set([...(await reals(outputs.flatMap(({ file }) => file ?? []))), ...this.#baseline]);
    const selected = search.selected(discovery, guard).filter(({ real, named }) => named || !this.#own.has(real));
    this.complaint = selected.length === 0 ? search.nothingFound(discovery) : "";
    const stamped = await Promise.all(selected.map(async (found) => ({ found, stamp: await stampOf(found) })));
    const fresh = stamped.filter(({ found, stamp }) => this.#found.get(found.real)?.stamp !== stamp);
    const before = this.#found;
    this.#found = new Map(stamped.map((each) => [each.found.real, each]));
    const paths = new Set(selected.map(({ path }) => path));
    for (const { found } of before.values()) {
      if (!paths.has(found.path) && this.check.remove(found.path)) this.isChanged = true;
    }
    for (const source of await search.read(fresh.map(({ found }) => found))) {
      if (this.check.set(source)) this.isChanged = true;
    }
    const tops = [...(await reals(search.paths))];
    for (const { real } of selected) this.#folders.addFound(real, tops);
    this.#watch.set(this.#folders.all);
  }

  async #watchFolders(): Promise<void> {
    const { search } = this;
    const { baseline } = this.#watching.reporting;
    const folders = new Folders();
    for (const path of search.paths) await folders.addSearched(path, search.noIgnore);
    for (const path of [...configsOf(this.#watching.commandLine.options.config), ...(baseline === undefined ? [] : [resolve(baseline)])]) {
      await folders.addFile(path);
    }
    const read = [...this.#watching.named.map((each) => resolve(each)), ...search.named];
    for (const path of await withModuleLinks(read)) await folders.addSearched(path, true);
    this.#folders = folders;
    this.#watch.set(folders.all);
  }

  /** Reads a file that was found before; whether it is still there. */
  async #readAgain(real: string): Promise<boolean> {
    const known = this.#found.get(real);
    if (known === undefined || known.found.unreadable !== undefined || known.found.missing !== undefined) return false;
    const stamp = await stampOf(known.found);
    const [source] = await this.search.read([known.found]);
    if (source === undefined || !("text" in source)) return false;
    this.#found.set(real, { found: known.found, stamp });
    if (this.check.set(source)) this.isChanged = true;
    return true;
  }

  /** Whether a search may find something else, by what has happened to a path. */
  async #matters(path: string): Promise<boolean> {
    const name = basename(path);
    if (isInput(name) || name === ".gitignore" || this.#found.has(path) || this.#folders.has(path)) return true;
    if (basename(dirname(path)) === ".git" || path.endsWith(join(".git", "info", "exclude"))) return true;
    return isFolder(path);
  }
}

/** Where a configuration may be. */
function configsOf(named: string | undefined): readonly string[] {
  if (named !== undefined) return [resolve(named)];
  const paths: string[] = [];
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    paths.push(...configFileNames.map((name) => join(folder, name)));
    if (dirname(folder) === folder) return paths;
  }
}

/** Paths without links; those that aren't there are taken to be in their folder. */
async function reals(paths: readonly string[]): Promise<ReadonlySet<string>> {
  const found = paths.map(async (path) => {
    const absolute = resolve(path);
    const inFolder = await realpath(dirname(absolute)).then(
      (folder) => join(folder, basename(absolute)),
      () => absolute,
    );
    return [inFolder, await realpath(absolute).catch(() => inFolder)];
  });
  return new Set((await Promise.all(found)).flat());
}

/** Changes when the file does, or when a search finds it in another way. */
async function stampOf({ real, path, named, unreadable, missing }: Found): Promise<string> {
  const stats = await lstat(real, { bigint: true }).catch(() => undefined);
  const file = stats === undefined ? "" : [stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(" ");
  return JSON.stringify([file, path, named, unreadable, missing]);
}

async function show(watching: Watching, opened: Opened, ending: Ending, doing: string): Promise<void> {
  const { reporting } = watching;
  const { check, guard, search, places, complaint } = opened;
  const inputs = { guard, places, configFile: search.configFile, named: search.named, progress: new Progress(standardError, 0) };
  clearScreen(reporting);
  const { notRun } = await ending.after(() =>
    reportTo(inputs, check.sources, reporting, ExitCode.ok, () => check.found(reporting.failOn)),
  );
  printError(complaint);
  for (const sentence of notRun) printError(`harness-image-guard: ${sentence}\n`);
  if (!reporting.quiet) printError(`harness-image-guard: ${doing}; waiting for changes, Ctrl-C ends it\n`);
}

/** Ctrl-C ends the command at once, but for files that are being written: these are written to the end. */
class Ending {
  #isWriting = false;
  #isAsked = false;

  constructor() {
    process.on("SIGINT", () => {
      // Who asks twice doesn't wait.
      if (!this.#isWriting || this.#isAsked) this.#end();
      this.#isAsked = true;
    });
  }

  async after<T>(write: () => Promise<T>): Promise<T> {
    this.#isWriting = true;
    try {
      return await write();
    } finally {
      this.#isWriting = false;
      if (this.#isAsked) this.#end();
    }
  }

  /** As the signal does by itself, so that a shell sees it. */
  #end(): void {
    process.removeAllListeners("SIGINT");
    process.kill(process.pid, "SIGINT");
  }
}

function complain({ reporting }: Watching, { message }: UsageError): void {
  clearScreen(reporting);
  printError(`harness-image-guard: ${message}\nharness-image-guard: nothing is checked until that is fixed; waiting, Ctrl-C ends it\n`);
}

function clearScreen({ stream }: Reporting): void {
  if (stream.isTerminal && process.env["TERM"] !== "dumb") stream.write(clear);
}
