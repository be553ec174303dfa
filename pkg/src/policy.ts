/// <reference lib="esnext.disposable" preserve="true" />

import type { WasmPolicy } from "./authoring/harness_image_guard.js";
import { assertAttached, isBytes } from "./bytes.js";
import { disposable } from "./disposable.js";
import { HarnessImageGuardError } from "./error.js";
import type { Evaluation } from "./evaluation.js";
import { givenOptions } from "./given-options.js";
import { Held } from "./held.js";
import { type InputUsage, inputUsage, usedOf, type WrittenUsage } from "./input-usage.js";
import type { Instance } from "./instance.js";
import { isPlainObject } from "./plain-object.js";
import { askKinds } from "./policy-options.js";
import type { AskModuleOptions, EvalOptions, EvalOutcome, Loaded, ModuleLimits, PolicyModuleOptions, RegoVersion } from "./rego-options.js";
import { runTestsOf, type SuiteBindings, type TestOptions, type TestReport } from "./suite.js";

export type { CoverageCount, CoverageReport, Evaluation, LineRange } from "./evaluation.js";
export type { EvalOptions, EvalOutcome, Loaded } from "./rego-options.js";

/** A value of JSON. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/**
 * A document: a value, or JSON or YAML as a string or as bytes in UTF-8. Text keeps numbers as they are written;
 * JavaScript's own numbers lose digits (9007199254740993, 1e400, 1.10). A string is always parsed: for a document that
 * is a string, give its JSON (`'"a"'`).
 */
export type DocumentSource<Value extends Json = Json> = Value | string | Uint8Array;

/** The modules and base documents of policies, and bounds. */
export interface PolicyOptions extends Omit<PolicyModuleOptions, "data" | "limits">, PolicyLimits {
  /** The base documents: an object as a value, or as text or bytes, which keep numbers as they are written. */
  readonly data?: DocumentSource<{ readonly [key: string]: Json }>;
}

/**
 * Returns the value of a call to a function that reaches out, such as `http.send`; `undefined` if it has none. Bytes are
 * JSON, which keeps numbers as they are written.
 */
export type Host = (name: string, args: readonly Json[]) => Json | Uint8Array | undefined;

/**
 * Bounds of compiling and of each evaluation. Reaching one is an error with the code `eval_cancel_error` and the place
 * where it happened.
 */
export interface PolicyLimits {
  /** The number of steps (statements, items, comparisons, pieces of strings): 50,000,000 by default. */
  readonly maxSteps?: number;
  /**
   * The bytes of values that exist at once, and of all strings made: 134,217,728 by default. A result may have an eighth
   * of it.
   */
  readonly maxBytes?: number;
  /** How many rules and functions may need one another in a chain: 100,000 by default. */
  readonly maxDepth?: number;
}

/** The options of a query. */
export interface AskOptions extends Omit<AskModuleOptions, "limits">, PolicyLimits {
  /** The time of the evaluation; the current time by default. */
  readonly now?: Date;
  /** Answers `http.send`, `rand.intn` and others; without it, a policy that calls them is refused. */
  readonly host?: Host;
}

/** One solution of a query, as OPA shows it. */
export interface Solution {
  readonly expressions: readonly {
    readonly value: Json;
    readonly text: string;
    readonly location: { readonly row: number; readonly col: number };
  }[];
  /** The values of its variables, if it has any. */
  readonly bindings?: { readonly [name: string]: Json };
}

/** The result of a query. */
export interface Answer {
  /** Its solutions; none if it is undefined. */
  readonly result: readonly Solution[];
  /** The output of `print` and `trace`. */
  readonly printed: readonly string[];
}

/** The bindings of the module that reads Rego. */
export interface PolicyBindings extends SuiteBindings {
  readonly WasmPolicy: new (options: PolicyModuleOptions) => WasmPolicy;
  readDocument(text: string, regoVersion: number): string;
  /** @internal */
  loadFiles(files: readonly LoadedFile[], bundles: readonly LoadedBundle[], regoVersion: number): unknown;
  /** @internal */
  evalCommand(
    options: EvalOptions,
    files: readonly LoadedFile[],
    bundles: readonly LoadedBundle[],
    input: Uint8Array | undefined,
    now: number,
  ): unknown;
}

/** A file's bytes, or why it has none, in the words of the system. @internal */
export type FileContent = Uint8Array | string;

/** A file to load. @internal */
export interface LoadedFile {
  readonly path: string;
  /** The keys under `data` at which a document belongs. */
  readonly under: readonly string[];
  /** Whether it was named itself, so that it may be of any type. */
  readonly isNamed: boolean;
  readonly content: FileContent;
}

/** A bundle to load: a folder's files, or an archive. @internal */
export type LoadedBundle =
  | { readonly path: string; readonly files: readonly { readonly path: string; readonly content: FileContent }[] }
  | { readonly path: string; readonly content: FileContent };

/** Limits as the module takes them; nothing where none is given. @internal */
export function moduleLimits({ maxSteps, maxBytes, maxDepth }: PolicyLimits): { readonly limits?: ModuleLimits } {
  const given = Object.entries({ steps: maxSteps, bytes: maxBytes, depth: maxDepth });
  const limits = Object.fromEntries(given.filter(([, limit]) => limit !== undefined));
  return Object.keys(limits).length === 0 ? {} : { limits };
}

/**
 * Loads files and bundles as OPA does.
 *
 * @throws HarnessImageGuardError with the code `rego` where only modules are wrong, else `usage`
 * @internal
 */
export function loadFiles(
  instance: Instance<PolicyBindings>,
  files: readonly LoadedFile[],
  bundles: readonly LoadedBundle[],
  regoVersion: RegoVersion,
): Loaded {
  return instance.call((bindings) => bindings.loadFiles(files, bundles, regoVersion)) as Loaded;
}

/** Evaluates a query of files as `opa eval` does. @internal */
export function evalCommand(
  instance: Instance<PolicyBindings>,
  options: EvalOptions,
  files: readonly LoadedFile[],
  bundles: readonly LoadedBundle[],
  input: Uint8Array | undefined,
): EvalOutcome {
  return instance.call((bindings) =>
    bindings.evalCommand(options, files, bundles, input, Date.now()),
  ) as EvalOutcome;
}

/**
 * A document as OPA reads it from a file, JSON or YAML, as JSON text.
 *
 * @throws HarnessImageGuardError with the code `usage` where it is neither
 */
export function readDocument(instance: Instance<PolicyBindings>, text: string, regoVersion: RegoVersion): string {
  assertString(text, "document");
  assertVersion(regoVersion);
  return instance.call((bindings) => bindings.readDocument(text, regoVersion));
}

/** Options as the module takes them. */
export function moduleOptions(given: PolicyOptions): PolicyModuleOptions {
  const { data, maxSteps: _steps, maxBytes: _bytes, maxDepth: _depth, ...rest } = given;
  const options = { ...rest, ...moduleLimits(given) };
  return data === undefined ? options : { ...options, data: textOf(data, "data") };
}

/** Compiled policies, which evaluate as in OPA. */
export interface Policy extends Disposable {}

export class Policy {
  readonly #instance: Instance<PolicyBindings>;
  readonly #options: PolicyModuleOptions;
  readonly #held: Held<PolicyBindings, WasmPolicy>;
  readonly #hasModules: boolean;
  /** What the last query can look at of the input. */
  #looked: { readonly query: string | undefined; readonly usage: InputUsage } | undefined;

  /**
   * @throws HarnessImageGuardError with the code `rego`, or `usage`
   * @internal
   */
  constructor(instance: Instance<PolicyBindings>, options: PolicyOptions) {
    const given = moduleOptions(options);
    this.#instance = instance;
    this.#options = given;
    this.#held = new Held(instance, "policy", (bindings) => new bindings.WasmPolicy(given));
    this.#hasModules = Object.keys(given.modules).length > 0;
  }

  /**
   * Frees the policies' memory in the module at once, instead of when JavaScript collects them. Any later call throws an
   * error with the code `usage`. `using policy = await compileRego(…)` does this at the end of a block.
   */
  dispose(): void {
    this.#held.dispose();
  }

  /**
   * OPA's result set for a query.
   *
   * @param query `data.pipeline.deny`
   * @param input the input document as a value, text or bytes; without one, `input` is undefined. Of a value, only the
   * parts are read that the policies or the query can look at: they have to be JSON
   * @throws HarnessImageGuardError with the code `rego` or `usage`
   */
  eval(query: string, input?: DocumentSource, options: AskOptions = noOptions): readonly Solution[] {
    return this.ask(query, input, options).result;
  }

  /** The same, with the output of `print` and `trace`. */
  ask(query: string, input?: DocumentSource, options: AskOptions = noOptions): Answer {
    assertString(query, "query");
    const given = circumstances(options);
    const bytes = input === undefined ? undefined : this.#bytesOf(input, query);
    const answer = this.#call((policy) => policy.ask(query, bytes, ...given));
    const [rows, printed] = JSON.parse(answer) as AnswerText;
    return { result: rows.map(solution), printed };
  }

  /**
   * The same as JSON on one line, `{"result": […]}` or `{}`, as `opa eval` writes it: with numbers as OPA writes them,
   * while JavaScript's lose digits.
   *
   * @throws HarnessImageGuardError with the code `rego` or `usage`
   */
  evalText(query: string, input?: DocumentSource, options: AskOptions = noOptions): string {
    assertString(query, "query");
    const given = circumstances(options);
    const bytes = input === undefined ? undefined : this.#bytesOf(input, query);
    return this.#call((policy) => policy.askText(query, bytes, ...given));
  }

  /**
   * Harness's own result: the document of the first module's package, and whether `deny` denies. An evaluation that fails
   * is an `error`, never a `pass`.
   *
   * @throws HarnessImageGuardError with the code `usage`, also if there is no module
   */
  evaluate(input: DocumentSource, options: AskOptions = noOptions): Evaluation {
    this.#assertModules();
    const given = circumstances(options);
    const bytes = this.#bytesOf(input);
    return JSON.parse(this.#call((policy) => policy.evaluate(bytes, ...given))) as Evaluation;
  }

  /**
   * The same, with the output as JSON on several lines: with numbers as OPA writes them.
   *
   * @throws HarnessImageGuardError with the code `usage`
   */
  evaluateText(
    input: DocumentSource,
    options: AskOptions = noOptions,
  ): Omit<Evaluation, "output"> & { readonly output: string } {
    this.#assertModules();
    const given = circumstances(options);
    const bytes = this.#bytesOf(input);
    return JSON.parse(this.#call((policy) => policy.evaluateText(bytes, ...given))) as ReturnType<
      Policy["evaluateText"]
    >;
  }

  /**
   * Runs the tests in the modules as `opa test` does: every rule whose name begins with `test_`.
   *
   * @throws HarnessImageGuardError with the code `usage` if the pattern or an option is wrong
   */
  test(options: TestOptions = {}): TestReport {
    this.#held.assertHeld();
    return runTestsOf(this.#instance, this.#options, options);
  }

  /** An input in UTF-8: of a value, only what a query, or `evaluate`, can look at. */
  #bytesOf(input: DocumentSource, query?: string): Uint8Array {
    if (typeof input !== "object" || isBytes(input)) return bytesOf(input, "input");
    if (this.#looked === undefined || this.#looked.query !== query) {
      const written = JSON.parse(this.#call((policy) => policy.inputUsage(query))) as WrittenUsage;
      this.#looked = { query, usage: inputUsage(written) };
    }
    return bytesOf(input, "input", this.#looked.usage);
  }

  /** A list of modules that came out empty must not pass. */
  #assertModules(): void {
    if (this.#hasModules) return;
    throw new HarnessImageGuardError("usage", "there is no module to evaluate: `modules` is empty");
  }

  #call<T>(work: (policy: WasmPolicy) => T): T {
    return this.#held.call(work);
  }
}

disposable(Policy);

/** The bindings read the letters of anything, and break the module. @internal */
export function assertString(value: unknown, name: string): void {
  if (typeof value !== "string") throw new HarnessImageGuardError("usage", `the ${name} has to be a string`);
}

/** @internal */
export function assertVersion(version: unknown): void {
  if (version !== 0 && version !== 1) throw new HarnessImageGuardError("usage", "the version of Rego has to be 0 or 1");
}

/** A document as text; of a value, what is looked at. @internal */
export function textOf(source: DocumentSource, name: string, usage?: InputUsage): string {
  if (typeof source === "string") return source;
  if (isBytes(source)) {
    assertAttached(source, name);
    return decoder.decode(source);
  }
  try {
    const text = JSON.stringify(usage === undefined ? source : usedOf(source, usage)) as string | undefined;
    if (text === undefined) throw new TypeError(`JSON has no ${typeof source}`);
    if (text !== "{}" || isPlainObject(source)) return text;
  } catch (cause) {
    throw new HarnessImageGuardError("usage", `the ${name} can't be written as JSON`, { cause });
  }
  // A promise, a map, a buffer: as an empty document, nothing could be found in it.
  throw new HarnessImageGuardError("usage", `the ${name} has to be JSON, but is an instance of ${source?.constructor?.name ?? "no class"}, of which JSON has nothing`);
}

/** An answer as the module writes it. */
type AnswerText = readonly [rows: readonly SolutionText[], printed: readonly string[]];

type SolutionText = readonly [
  expressions: readonly (readonly [value: Json, text: string, row: number, col: number])[],
  bindings?: Solution["bindings"],
];

function solution([expressions, bindings]: SolutionText): Solution {
  const shown = expressions.map(([value, text, row, col]) => ({ value, text, location: { row, col } }));
  return bindings === undefined ? { expressions: shown } : { expressions: shown, bindings };
}

const noOptions: AskOptions = {};

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const buffer = new Uint8Array(1 << 16);

/** A document in UTF-8; the bindings would go through a text letter by letter. Holds until the next one. */
function bytesOf(source: DocumentSource, name: string, usage?: InputUsage): Uint8Array {
  if (isBytes(source)) {
    assertAttached(source, name);
    return source;
  }
  const text = textOf(source, name, usage);
  // A unit of UTF-16 takes three bytes at most.
  if (3 * text.length > buffer.length) return encoder.encode(text);
  return buffer.subarray(0, encoder.encodeInto(text, buffer).written);
}

/** What holds for an evaluation, as the module takes it: the time, the other options, the host. */
type Circumstances = readonly [now: number, options: object | undefined, host: ReturnType<typeof textHost> | undefined];

export function circumstances(options: AskOptions): Circumstances {
  // Nearly all questions have none; to take them apart is more than many an evaluation.
  if (options === noOptions) return [Date.now(), undefined, undefined];
  const given = givenOptions(options, askKinds);
  const { host, now, maxSteps: _steps, maxBytes: _bytes, maxDepth: _depth, ...others } = given;
  const rest = { ...others, ...moduleLimits(given) };
  return [
    now?.getTime() ?? Date.now(),
    Object.keys(rest).length > 0 ? rest : undefined,
    host && textHost(host),
  ];
}

function textHost(host: Host): (name: string, args: string) => string | undefined {
  return (name, args) => {
    const answer = host(name, JSON.parse(args) as readonly Json[]);
    if (answer === undefined) return undefined;
    // Unlike a document, a string is itself.
    return typeof answer === "string" ? JSON.stringify(answer) : textOf(answer, "answer");
  };
}
