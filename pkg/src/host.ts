import type { CompileRego, CreateGuard, ExportPolicies, FormatRego, ImportConnectors, LintRego, ReadPolicyInput, TestRego } from "./api.js";
import { type ImportBindings, importedConnectors, importKinds } from "./connectors.js";
import { type ExportBindings, exportedFiles, exportKinds } from "./export.js";
import { formatDiff, type FormatBindings, formatKinds, formatModules } from "./format.js";
import { givenGuardOptions } from "./given-guard-options.js";
import { Guard, withNamedFiles, type GuardBindings } from "./guard.js";
import { Instance, type Loaded } from "./instance.js";
import { lint, lintKinds, showLint, type LintBindings, type LintOptions, type ShownLint } from "./lint.js";
import { givenOptions, type OptionKinds } from "./given-options.js";
import {
  evalCommand,
  type EvalOptions,
  type EvalOutcome,
  type Loaded as LoadedFiles,
  type LoadedBundle,
  type LoadedFile,
  loadFiles,
  Policy,
  type PolicyBindings,
  type PolicyOptions,
  readDocument,
} from "./policy.js";
import { type InputBindings, inputKinds, policyInput, policyInputText, type PolicyInputOptions } from "./policy-input.js";
import { policyKinds, testKinds } from "./policy-options.js";
import { runTests, showFailure, showTests, type SuiteBindings, type TestResult, type TestShowOptions } from "./suite.js";
import * as guardBindings from "./wasm/harness_image_guard.js";

/** The bindings of the second module, which does what the first does, and reads Rego. */
export type AuthoringBindings = ExportBindings & FormatBindings & GuardBindings & InputBindings & LintBindings & PolicyBindings & SuiteBindings;

/** What a host's entry gives. */
export interface Entry {
  readonly createGuard: CreateGuard;
  readonly importConnectors: ImportConnectors;
  readonly compileRego: CompileRego;
  readonly readPolicyInput: ReadPolicyInput;
  /** What `readPolicyInput` reads, as JSON text for a person. */
  readonly showPolicyInput: (options: PolicyInputOptions) => Promise<string>;
  /** A document as OPA reads it from a file, JSON or YAML, as JSON text. */
  readonly readDocument: (text: string, regoVersion: 0 | 1) => Promise<string>;
  /** Loads files and bundles as OPA does. */
  readonly loadFiles: (
    files: readonly LoadedFile[],
    bundles: readonly LoadedBundle[],
    regoVersion: 0 | 1,
  ) => Promise<LoadedFiles>;
  /** Evaluates a query of files as `opa eval` does. */
  readonly evalCommand: (
    options: EvalOptions,
    files: readonly LoadedFile[],
    bundles: readonly LoadedBundle[],
    input: Uint8Array | undefined,
  ) => Promise<EvalOutcome>;
  readonly lintRego: LintRego;
  /** What `lintRego` finds, as text for a person. */
  readonly showLint: (options: LintOptions, color: boolean) => Promise<ShownLint>;
  readonly formatRego: FormatRego;
  /** The difference between a module's text and what became of it, as a unified diff. */
  readonly formatDiff: (path: string, before: string, after: string) => Promise<string>;
  readonly exportPolicies: ExportPolicies;
  readonly testRego: TestRego;
  /** Tests as text. */
  readonly showTests: (tests: readonly TestResult[], options: TestShowOptions) => Promise<string>;
  /** What OPA says of the first test that doesn't pass where coverage was asked for. */
  readonly showFailure: (tests: readonly TestResult[], regoVersion: 0 | 1) => Promise<string | undefined>;
}

/**
 * The interface of one host; each entry of the package is one call of this.
 *
 * @param load how that host gets at the compiled module
 * @param loadAuthoring how it gets at the second module; asked where somebody brings Rego
 */
export function entryWith(
  load: () => Promise<WebAssembly.Module>,
  loadAuthoring: () => Promise<Loaded<AuthoringBindings>>,
): Entry {
  const instance = new Instance<GuardBindings & ImportBindings>(async () => ({
    bindings: guardBindings,
    module: await load(),
  }));
  const authoring = new Instance(loadAuthoring);
  /** What reads Rego: the second module is loaded when it is called first. */
  const reading =
    <Given extends readonly unknown[], Result>(work: (module: Instance<AuthoringBindings>, ...given: Given) => Result) =>
    async (...given: Given): Promise<Result> => {
      await authoring.start();
      return work(authoring, ...given);
    };
  /** The same for what takes options. */
  const readingOptions = <Options, Result>(work: (module: Instance<AuthoringBindings>, options: Options) => Result, kinds: OptionKinds<Options>) =>
    reading((module, options: Options) => work(module, givenOptions(options, kinds)));
  return {
    createGuard: async (options = {}) => {
      const given = givenGuardOptions(options);
      const other = authoring as Instance<GuardBindings>;
      const first: Instance<GuardBindings> = given.policies === undefined ? instance : other;
      await first.start();
      const whole = await withNamedFiles(first, given);
      if (whole.policies === undefined) return new Guard(first, whole);
      await other.start();
      return new Guard(other, whole);
    },
    importConnectors: async (options) => {
      await instance.start();
      return importedConnectors(instance, givenOptions(options, importKinds));
    },
    compileRego: readingOptions((module, options: PolicyOptions) => new Policy(module, options), policyKinds),
    readPolicyInput: readingOptions(policyInput, inputKinds),
    showPolicyInput: readingOptions((module, options: PolicyInputOptions) => policyInputText(module, options, "  "), inputKinds),
    readDocument: reading(readDocument),
    loadFiles: reading(loadFiles),
    evalCommand: reading(evalCommand),
    lintRego: readingOptions(lint, lintKinds),
    showLint: reading((module, options: LintOptions, color: boolean) => showLint(module, givenOptions(options, lintKinds), color)),
    formatRego: readingOptions(formatModules, formatKinds),
    formatDiff: reading(formatDiff),
    exportPolicies: readingOptions(exportedFiles, exportKinds),
    testRego: readingOptions(runTests, { ...policyKinds, ...testKinds }),
    showTests: reading(showTests),
    showFailure: reading(showFailure),
  };
}
