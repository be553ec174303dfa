/// <reference lib="esnext.disposable" preserve="true" />

import { type ConfigSource, configText } from "./config-text.js";
import { disposable } from "./disposable.js";
import { type ConfigProblem, HarnessImageGuardError } from "./error.js";
import { withGivenFiles } from "./given-files.js";
import type { FixOptions, GuardModuleOptions, ImagesOptions, NamedFiles, RunOptions, ShownImages } from "./guard-options.js";
import { Held } from "./held.js";
import type { Inventory } from "./inventory.js";
import type { Bindings, Instance } from "./instance.js";
import type { LintFinding } from "./lint.js";
import { plainOptions } from "./plain-object.js";
import { type DocumentSource, type Json, moduleLimits, type PolicyLimits, textOf } from "./policy.js";
import type { PolicyFile } from "./rego-options.js";
import type { Fixed, Position, Report, Severity } from "./report.js";
import type { SourceFile } from "./source-file.js";
import { utcDay } from "./utc-day.js";
import type { WasmGuard, WasmShown } from "./wasm/harness_image_guard.js";

export type { FixOptions, RunOptions } from "./guard-options.js";

/** What a guard is made of; every key is optional. */
export interface GuardOptions extends Omit<GuardModuleOptions, "config" | "connectorFiles" | "policies"> {
  readonly config?: ConfigSource;
  /**
   * The user's own Harness policies, run beside ours, and the modules that these use; a second module is
   * loaded for them. One with `deny` or `warn` is a policy, and compiled with nothing but what it needs of the
   * others.
   */
  readonly policies?: readonly UserPolicy[];
  /**
   * Gets the text of a policy that the configuration names (`policies`), by what is written there, or the
   * modules of a folder; `place` is where, for messages. Without it, such a configuration is refused: its
   * policies would be left out in silence.
   */
  readonly readPolicy?: (path: string, place: Position) => Promise<string | readonly PolicyText[]>;
  /**
   * Lists of connectors that exist only in the account, beside those that the configuration names: what
   * `harness-connectors.yaml` holds.
   */
  readonly connectorFiles?: readonly ConnectorFile[];
  /**
   * Gets a list of connectors that the configuration names (`connectorFiles`), by what is written there: its
   * content, with the path that the report gives it; `place` is where it is named, for messages. Without this,
   * such a configuration is refused.
   */
  readonly readConnectorFile?: (path: string, place: Position) => Promise<ConnectorFile>;
  /**
   * What Harness says of the event to policies as `input.metadata`: user, groups, roles, action. A value, or
   * text or bytes, JSON or YAML, which keep numbers as they are written. Outranks the configuration's `metadata`.
   */
  readonly metadata?: DocumentSource<{ readonly [key: string]: Json }>;
  /** How much compiling a policy may take, and one policy's evaluations in a check of all files together. */
  readonly policyLimits?: Pick<PolicyLimits, "maxSteps" | "maxBytes">;
}

/** A list of connectors that exist only in the account. */
export interface ConnectorFile {
  /** What the report calls it. */
  readonly path: string;
  /** YAML or JSON. */
  readonly text: string | Uint8Array;
  /** What the configuration calls it, where that is something else. @internal */
  readonly named?: string;
}

/** A module in a folder. */
export interface PolicyText {
  /** The folder as the configuration has it, and the way from there, with `/`. */
  readonly path: string;
  /** The module's text. */
  readonly text: string;
}

/** A user's own Harness policy, or a module that one uses. */
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

/** What {@link Guard.run} shows. @internal */
export interface Shown {
  readonly exitCode: number;
  /** What to print, to be gone through once: together it may be longer than a string can be. */
  readonly pages: Iterable<string>;
  /** A sentence about each policy that was named and had nothing to say of these files. */
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
    named.map(async ({ path, position }) => ({ ...(await readConnectorFile(path, position)), named: path })),
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
      return typeof found === "string"
        ? [{ ...policy, text: found }]
        : found.map(({ path, text }) => ({ ...policy, path, text, searched: true }));
    }),
  );
  return [...read.flat(), ...(policies ?? [])];
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

  /** The module takes the time of policies (`time.now_ns`) where a guard is made, and some guards live for months. */
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
   * Gives back the memory that the guard takes in the module, at once instead of when JavaScript collects it.
   * What is called afterwards is an error with the code `usage`. `using guard = await createGuard()` does it
   * at the end of a block.
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

  /** What the configuration makes weaker than it is without one, whether that counts or not. */
  get configExceptions(): readonly ConfigProblem[] {
    return this.#call((guard) => guard.configExceptions() as readonly ConfigProblem[]);
  }

  /**
   * What the authors of the user's policies should know: a policy that can never fail, that isn't read by
   * Harness, or that no file is checked by.
   */
  get policyRemarks(): readonly LintFinding[] {
    this.#held.assertHeld();
    if (this.#options.policies === undefined) return [];
    return this.#call((guard) => (guard as RemarkingGuard).policyRemarks() as readonly LintFinding[]);
  }

  /**
   * Checks all files together: connectors and pipelines among them are decided by one another.
   * The same files give the same report, whatever was checked before.
   *
   * @throws HarnessImageGuardError with the code `usage`, or `internal`. What is wrong with a file
   * is never thrown but in the report.
   */
  check(files: readonly SourceFile[]): Report {
    return withGivenFiles(files, () => this.#callToday((guard) => guard.check(this.#with(files)) as Report));
  }

  /**
   * Applies the fixes that can't lose anything, and reports the rest. Around the edits every byte
   * stays; fixing what is fixed changes nothing.
   *
   * @throws HarnessImageGuardError with the code `usage`, or `internal`
   */
  fix(files: readonly SourceFile[], options: FixOptions = {}): Fixed {
    return withGivenFiles(files, () => this.#callToday((guard) => guard.fix(this.#with(files), options) as Fixed));
  }

  /** What {@link Guard.fix} would change, as a unified diff. @internal */
  diff(files: readonly SourceFile[], options: FixOptions = {}): string {
    return this.#callToday((guard) => guard.diff(this.#with(files), options) as string);
  }

  /**
   * Every image that the files' pipelines, templates, input sets, agents and triggers pull, with the name that Harness
   * and Docker make of it, its registry, and its place. What can't be looked at is in `problems`.
   *
   * @throws HarnessImageGuardError with the code `usage`, or `internal`
   */
  images(files: readonly SourceFile[], options: InventoryOptions = {}): Inventory {
    const { harnessImages = false } = plainOptions(options);
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
   * A report out of which diagnostics or files were taken, or of which some diagnostics were suppressed, counted again.
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
   * Whether the configuration's `exclude` names a file, which a search then leaves out; `check` checks what it is
   * given.
   *
   * @param path relative to the configuration's folder, with `/`
   */
  excludes(path: string): boolean {
    return this.#call((guard) => guard.excludes(path) as boolean);
  }

  /** The files, with the lists of connectors; a file that is such a list isn't checked as anything else. */
  #with(files: readonly SourceFile[]): readonly SourceFile[] {
    // The module says what is wrong with files that aren't any.
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
   * Does something that no policy of the user's should be able to break. If one does all the same, what it would have
   * said becomes an error of that policy, and the others say what they have to say.
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
