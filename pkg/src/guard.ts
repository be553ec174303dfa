/// <reference lib="esnext.disposable" preserve="true" />

import { assertAttached, isBytes } from "./bytes.js";
import { type ConfigSource, configText } from "./config-text.js";
import { disposable } from "./disposable.js";
import { type ConfigProblem, HarnessImageGuardError } from "./error.js";
import { withGivenFiles } from "./given-files.js";
import { givenOptions, type OptionKinds } from "./given-options.js";
import type { FixOptions, GuardModuleOptions, ImagesOptions, NamedFiles, RunOptions, ShownImages } from "./guard-options.js";
import { Held } from "./held.js";
import { isObject } from "./json-object.js";
import type { Inventory } from "./inventory.js";
import type { Bindings, Instance } from "./instance.js";
import type { LintFinding } from "./lint.js";
import { type DocumentSource, type Json, moduleLimits, type PolicyLimits, textOf } from "./policy.js";
import type { PolicyFile } from "./rego-options.js";
import type { Fixed, Position, Report, Severity } from "./report.js";
import type { SourceFile } from "./source-file.js";
import { utcDay } from "./utc-day.js";
import type { WasmGuard, WasmShown } from "./wasm/harness_image_guard.js";

export type { FixOptions, RunOptions } from "./guard-options.js";

/** The options of a guard. Every key is optional. */
export interface GuardOptions extends Omit<GuardModuleOptions, "config" | "connectorFiles" | "policies"> {
  readonly config?: ConfigSource;
  /**
   * Harness policies of your own, which run in addition to the built-in rules, and the modules that they use. A second
   * WebAssembly module is loaded for them. A module with `deny` or `warn` is a policy; it is compiled only with the modules
   * that it needs.
   */
  readonly policies?: readonly UserPolicy[];
  /**
   * Returns the text of a policy that the configuration names (`policies`), or the modules of a folder. `path` is as
   * the configuration has it, and `place` where it is written, for messages. Without this function, such a configuration
   * is refused, so that no policy is left out silently.
   */
  readonly readPolicy?: (path: string, place: Position) => Promise<string | readonly PolicyText[]>;
  /**
   * Lists of connectors that exist only in the account (`harness-connectors.yaml`), in addition to those that the
   * configuration names.
   */
  readonly connectorFiles?: readonly ConnectorFile[];
  /**
   * Returns a list of connectors that the configuration names (`connectorFiles`): its content, and its path in the
   * report. `path` is as the configuration has it, and `place` where it is written, for messages. Without this function,
   * such a configuration is refused.
   */
  readonly readConnectorFile?: (path: string, place: Position) => Promise<ConnectorFile>;
  /**
   * What policies see as `input.metadata`: user, groups, roles, action. A value, or JSON or YAML as a string or bytes,
   * which keeps numbers as they are written. Overrides the configuration's `metadata`.
   */
  readonly metadata?: DocumentSource<{ readonly [key: string]: Json }>;
  /** Bounds of compiling a policy, and of all evaluations of one policy in a check. */
  readonly policyLimits?: Pick<PolicyLimits, "maxSteps" | "maxBytes">;
}

/** A list of connectors that exist only in the account. */
export interface ConnectorFile {
  /** Its path in the report. */
  readonly path: string;
  /** YAML or JSON. */
  readonly text: string | Uint8Array;
  /** Its path in the configuration, if that differs. @internal */
  readonly named?: string;
}

/** A module in a folder. */
export interface PolicyText {
  /** Its path, with `/`: the folder as the configuration has it, and the path from there. */
  readonly path: string;
  /** The module's text. */
  readonly text: string;
}

/** A Harness policy of your own, or a module that one uses. */
export interface UserPolicy extends Omit<PolicyFile, "broken"> {}

/** What {@link Guard.judge} found. @internal */
export interface Judged {
  readonly report: Report;
  readonly exitCode: number;
  /** As of {@link Shown}. */
  readonly notRun: readonly string[];
}

/** What {@link Guard.images} lists. */
export interface InventoryOptions {
  /** Also the images that Harness pulls for itself to run the files' stages: those with the `origin` `harness`. */
  readonly harnessImages?: boolean;
}

const inventoryKinds: OptionKinds<InventoryOptions> = { harnessImages: "boolean" };
const fixKinds: OptionKinds<FixOptions> = { unsafe: "boolean" };

/** What {@link Guard.run} shows. @internal */
export interface Shown {
  readonly exitCode: number;
  /** What to print, to be iterated once: together, it may be longer than a string can be. */
  readonly pages: Iterable<string>;
  /** A sentence about each named policy that checked none of these files. */
  readonly notRun?: readonly string[];
}

/** The bindings of a module that checks files. */
export interface GuardBindings extends Bindings {
  readonly WasmGuard: new (options: GuardModuleOptions) => WasmGuard;
  namedFiles(config: string, configPath?: string): unknown;
}

/**
 * The options with the files that the configuration names, read.
 *
 * @throws HarnessImageGuardError (as a rejection) with the code `config`; whatever `readPolicy` or
 * `readConnectorFile` throws
 */
export async function withNamedFiles(
  instance: Instance<GuardBindings>,
  options: GuardOptions,
): Promise<GuardOptions> {
  const { config, configPath, readPolicy, readConnectorFile } = options;
  if (config === undefined || (readPolicy ?? readConnectorFile) === undefined) return options;
  const text = configText(config, configPath);
  const named = instance.call((bindings) => bindings.namedFiles(text, configPath) as NamedFiles);
  const [policies, connectorFiles] = await Promise.all([
    policiesOf(named, options),
    connectorFilesOf(named, options),
  ]);
  return {
    ...options,
    ...(policies === undefined ? {} : { policies }),
    ...(connectorFiles === undefined ? {} : { connectorFiles }),
  };
}

async function connectorFilesOf(
  { connectorFiles: named }: NamedFiles,
  { connectorFiles, readConnectorFile, configExceptions = true }: GuardOptions,
): Promise<readonly ConnectorFile[] | undefined> {
  if (readConnectorFile === undefined || named.length === 0 || !configExceptions) return connectorFiles;
  const read = await Promise.all(
    named.map(async ({ path, position }) => ({ ...returned("readConnectorFile", await readConnectorFile(path, position)), named: path })),
  );
  return [...read, ...(connectorFiles ?? [])];
}

/** The users' policies of a guard: those that its configuration names, and those given beside it. */
async function policiesOf(
  { policies: named }: NamedFiles,
  { policies, readPolicy }: GuardOptions,
): Promise<readonly UserPolicy[] | undefined> {
  if (readPolicy === undefined || named.length === 0) return policies;
  const read = await Promise.all(
    named.map(async ({ position, ...policy }) => {
      const found = await readPolicy(policy.path, position);
      if (typeof found === "string") return [{ ...policy, text: found }];
      if (!Array.isArray(found)) throw new HarnessImageGuardError("usage", "`readPolicy` has to return a string, or an array of objects");
      return found.map((file: PolicyText) => {
        const { path, text } = returned("readPolicy", file);
        return { ...policy, path, text, searched: true };
      });
    }),
  );
  return [...read.flat(), ...(policies ?? [])];
}

/** A file that a function of the host's returned. */
function returned<File extends { readonly path: string; readonly text: string | Uint8Array }>(name: string, file: File): File {
  if (isObject(file) && isBytes(file.text)) assertAttached(file.text, `${name}(…).text`);
  if (isObject(file) && (typeof file.text === "string" || isBytes(file.text))) return file;
  throw new HarnessImageGuardError("usage", `\`${name}\` has to return files, as in \`{ path, text }\``);
}

/** Checks files against one configuration. */
export interface Guard extends Disposable {}

export class Guard {
  readonly #instance: Instance<GuardBindings>;
  #held: Held<GuardBindings, WasmGuard>;
  #options: GuardModuleOptions;
  readonly #given: GuardOptions;
  /** When the policies took the time, in milliseconds. */
  #madeAt = Date.now();
  /** Whether the day of its checks was given. */
  readonly #hasDay: boolean;
  /** Part of every check. */
  readonly #connectorFiles: readonly (ConnectorFile & { readonly connectorList: true })[];

  /**
   * @throws HarnessImageGuardError with the code `config`, or `usage`
   * @internal
   */
  constructor(instance: Instance<GuardBindings>, options: GuardOptions) {
    this.#instance = instance;
    this.#options = moduleOptions(options);
    this.#given = options;
    this.#hasDay = options.today !== undefined;
    const lists = new Map((options.connectorFiles ?? []).map(({ path, text }) => [path, text]));
    this.#connectorFiles = [...lists].map(([path, text]) => ({ path, text, connectorList: true }));
    this.#held = this.#made();
  }

  #made(): Held<GuardBindings, WasmGuard> {
    return this.#spared(() => new Held(this.#instance, "guard", (bindings) => new bindings.WasmGuard(this.#options)));
  }

  /** Renews the time that policies see (`time.now_ns`): a guard gets it when it is made, and some live for months. */
  #takeTime(): void {
    const { policies } = this.#options;
    if (policies === undefined || Math.abs(Date.now() - this.#madeAt) < mostLate) return;
    this.#madeAt = Date.now();
    this.#remake({ policies: { ...policies, now: nanosecondsNow() } });
  }

  /** Takes what registries say of images, as {@link GuardOptions.verified}. @internal */
  setVerified(verified: NonNullable<GuardOptions["verified"]>): void {
    this.#remake({ verified });
  }

  #remake(changed: Partial<GuardModuleOptions>): void {
    this.#held.assertHeld();
    const before = this.#held;
    this.#options = { ...this.#options, ...changed };
    this.#held = this.#made();
    before.dispose();
  }

  /**
   * Frees the guard's memory in the module at once, instead of when JavaScript collects the guard. Any later call throws
   * an error with the code `usage`. `using guard = await createGuard()` does this at the end of a block.
   */
  dispose(): void {
    this.#held.dispose();
  }

  /** What an equal guard is made of, in another thread, too: nothing of it is read from a file. @internal */
  get options(): GuardOptions {
    const { readPolicy: _, readConnectorFile: __, ...given } = this.#given;
    const { today, verified } = this.#options;
    return { ...given, ...(today === undefined ? {} : { today }), ...(verified === undefined ? {} : { verified }) };
  }

  /** The user's own policies, in the order in which they run. */
  get policies(): readonly UserPolicy[] {
    return this.#options.policies?.files ?? [];
  }

  /** The lists of connectors that are part of every check. */
  get connectorFiles(): readonly ConnectorFile[] {
    return this.#connectorFiles;
  }

  /** What in the configuration weakens the check, whether it is ignored (`configExceptions: false`) or not. */
  get configExceptions(): readonly ConfigProblem[] {
    return this.#call((guard) => guard.configExceptions() as readonly ConfigProblem[]);
  }

  /**
   * Warnings for the authors of the policies: about one that can never fail, that Harness doesn't read, or that checks
   * no file.
   */
  get policyRemarks(): readonly LintFinding[] {
    this.#held.assertHeld();
    if (this.#options.policies === undefined) return [];
    return this.#call((guard) => (guard as RemarkingGuard).policyRemarks() as readonly LintFinding[]);
  }

  /**
   * Checks all files together, because connectors decide about pipelines. The same files give the same report,
   * whatever was checked before.
   *
   * @throws HarnessImageGuardError with the code `usage`, or `internal`. It never throws because of
   * what is wrong with a file: that is in the report.
   */
  check(files: readonly SourceFile[]): Report {
    return withGivenFiles(files, () => this.#callToday((guard) => guard.check(this.#with(files)) as Report));
  }

  /**
   * Applies the safe fixes, with `unsafe` also the others, and reports what is left. Everything around the edits stays
   * as it is, and a second run changes nothing.
   *
   * @throws HarnessImageGuardError with the code `usage`, or `internal`
   */
  fix(files: readonly SourceFile[], options: FixOptions = {}): Fixed {
    const given = givenOptions(options, fixKinds);
    return withGivenFiles(files, () => this.#callToday((guard) => guard.fix(this.#with(files), given) as Fixed));
  }

  /** What {@link Guard.fix} would change, as a unified diff. @internal */
  diff(files: readonly SourceFile[], options: FixOptions = {}): string {
    return this.#callToday((guard) => guard.diff(this.#with(files), options) as string);
  }

  /**
   * Lists every image that the files' pipelines, templates, input sets, agents and triggers pull, with its full name, its
   * registry and its place. What can't be read is in `problems`.
   *
   * @throws HarnessImageGuardError with the code `usage`, or `internal`
   */
  images(files: readonly SourceFile[], options: InventoryOptions = {}): Inventory {
    const { harnessImages = false } = givenOptions(options, inventoryKinds);
    return withGivenFiles(files, () => this.#call((guard) => guard.images(this.#with(files), harnessImages) as Inventory));
  }

  /** Lists the images as the command does. @internal */
  showImages(files: readonly SourceFile[], options: Omit<ImagesOptions, "harnessImages"> & InventoryOptions): ShownImages {
    return this.#call((guard) => guard.showImages(this.#with(files), { harnessImages: false, ...options }) as ShownImages);
  }

  /** Checks, and shows what was found as the command does. @internal */
  run(files: readonly SourceFile[], options: RunOptions): Shown {
    const shown = this.#callToday((guard) => guard.run(this.#with(files), options));
    const { notRun = [] } = shown as WasmShown & { readonly notRun?: readonly string[] };
    return { exitCode: shown.exitCode as number, pages: this.#pages(shown), notRun };
  }

  /** Checks, and says how the command would end. @internal */
  judge(files: readonly SourceFile[], failOn: Severity): Judged {
    return this.#judged((guard) => guard.run(this.#with(files), { format: "json", color: false, failOn }));
  }

  /** The same with the findings as text. @internal */
  judgeAndShow(files: readonly SourceFile[], options: Omit<RunOptions, "format">): Judged & { readonly text: string } {
    let text = "";
    const judged = this.#judged((guard) => {
      const shown = guard.run(this.#with(files), { ...options, format: "text", shows: "findings" });
      text = "";
      for (let page = pageOf(shown); page !== undefined; page = pageOf(shown)) text += page;
      return shown;
    });
    return { ...judged, text };
  }

  /**
   * Counts a report again from which diagnostics or files were removed, or some of whose diagnostics were suppressed.
   *
   * @internal
   */
  recounted(report: Report, failOn: Severity): Judged {
    const judged = this.#judged((guard) => guard.show(report, [], { format: "text", color: false, failOn }));
    const { files, summary } = judged.report;
    return { ...judged, report: { ...report, files, summary } };
  }

  /** Shows a report of a check of these files as the command does, as text. @internal */
  show(report: Report, files: readonly SourceFile[], options: Omit<RunOptions, "format">): Iterable<string> {
    return this.#pages(this.#call((guard) => guard.show(report, this.#with(files), { ...options, format: "text" })));
  }

  #judged(work: (guard: WasmGuard) => WasmShown): Judged {
    return this.#callToday((guard) => {
      const shown = work(guard);
      const { notRun = [] } = shown as WasmShown & { readonly notRun?: readonly string[] };
      const judged = { report: shown.report as Report, exitCode: shown.exitCode as number, notRun };
      shown.free();
      return judged;
    });
  }

  *#pages(shown: WasmShown): Iterable<string> {
    try {
      let page = this.#instance.call(() => pageOf(shown));
      while (page !== undefined) {
        yield page;
        page = this.#instance.call(() => pageOf(shown));
      }
    } finally {
      shown.free();
    }
  }

  /**
   * Whether the configuration's `exclude` matches a file. A search leaves such a file out; `check` checks every file that
   * it is given.
   *
   * @param path relative to the configuration's folder, with `/`
   */
  excludes(path: string): boolean {
    return this.#call((guard) => guard.excludes(path) as boolean);
  }

  /** The files, with the lists of connectors; a file that is such a list isn't checked as anything else. */
  #with(files: readonly SourceFile[]): readonly SourceFile[] {
    // The module reports what is wrong with something that isn't a list of files.
    if (this.#connectorFiles.length === 0 || !Array.isArray(files)) return files;
    const lists = new Set<unknown>(this.#connectorFiles.map(({ path }) => path));
    return [...files.filter((file: SourceFile | null | undefined) => !lists.has(file?.path)), ...this.#connectorFiles];
  }

  /** Does something that depends on the day. */
  #callToday<T>(work: (guard: WasmGuard) => T): T {
    return this.#call((guard) => {
      if (!this.#hasDay) guard.setToday(utcDay());
      return work(guard);
    });
  }

  #call<T>(work: (guard: WasmGuard) => T): T {
    this.#takeTime();
    return this.#spared(() => this.#held.call(work), work);
  }

  /**
   * Does something that no user's policy should be able to break. If one does nevertheless, it becomes an error of that
   * policy, and the others are evaluated.
   */
  #spared<T>(work: () => T, tried: (guard: WasmGuard) => unknown = () => undefined): T {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof HarnessImageGuardError) || error.code !== "internal") throw error;
      const broken = this.#broken(tried);
      if (broken.size === 0) throw error;
      this.#options = withBroken(this.#options, ({ path }) => broken.get(path));
      return work();
    }
  }

  /** The policies that break the module, each alone, and how. */
  #broken(tried: (guard: WasmGuard) => unknown): ReadonlyMap<string, string> {
    const broken = new Map<string, string>();
    for (const { path: alone } of this.policies) {
      const options = withBroken(this.#options, ({ path }) => (path === alone ? undefined : "not asked"));
      try {
        this.#instance.call((bindings) => {
          const guard = new bindings.WasmGuard(options);
          tried(guard);
          guard.free();
        });
      } catch (error) {
        if (!(error instanceof HarnessImageGuardError) || error.code !== "internal") throw error;
        broken.set(alone, error.message);
      }
    }
    return broken;
  }
}

disposable(Guard);

/** In milliseconds: how old the time may be that policies see. */
const mostLate = 60_000;

function nanosecondsNow(): string {
  return (BigInt(Date.now()) * 1_000_000n).toString();
}

/** A guard of the second module. */
type RemarkingGuard = WasmGuard & { policyRemarks(): unknown };

/** The same options, where some policies aren't evaluated, for a reason. */
function withBroken(options: GuardModuleOptions, reason: (policy: UserPolicy) => string | undefined): GuardModuleOptions {
  const { policies } = options;
  if (policies === undefined) return options;
  const files = policies.files.map((file) => {
    const broken = file.broken ?? reason(file);
    return broken === undefined ? file : { ...file, broken };
  });
  return { ...options, policies: { ...policies, files } };
}

function moduleOptions({
  config,
  policies,
  readPolicy: _,
  connectorFiles,
  readConnectorFile: __,
  metadata,
  policyLimits = {},
  today = utcDay(),
  ...rest
}: GuardOptions): GuardModuleOptions {
  return {
    ...rest,
    today,
    ...(config === undefined ? {} : { config: configText(config, rest.configPath) }),
    ...(connectorFiles === undefined ? {} : { connectorFiles: connectorFiles.map(({ path, named }) => named ?? path) }),
    ...(policies === undefined
      ? {}
      : {
          policies: {
            files: policies,
            ...moduleLimits(policyLimits),
            ...(metadata === undefined ? {} : { metadata: textOf(metadata, "metadata") }),
            now: nanosecondsNow(),
          },
        }),
  };
}

function pageOf(shown: WasmShown): string | undefined {
  return shown.nextPage() as string | undefined;
}
