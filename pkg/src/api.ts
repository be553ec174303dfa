import type { ConnectorImport } from "./connector-import.js";
import type { ImportOptions } from "./connectors.js";
import type { ExportedFile, ExportOptions } from "./export.js";
import type { FormatOptions, FormatReport } from "./format.js";
import type { Guard, GuardOptions } from "./guard.js";
import type { LintOptions, LintReport } from "./lint.js";
import type { Json, Policy, PolicyOptions } from "./policy.js";
import type { PolicyInputOptions } from "./policy-input.js";
import type { TestOptions, TestReport } from "./suite.js";

export type { ConfigSource } from "./config-text.js";
export type {
  ConfiguredPolicy,
  GuardConfiguration,
  Preset,
  RuleName,
  RuleSettings,
} from "./configuration.js";
export type { ConnectorImport, ImportProblem, ListedConnector } from "./connector-import.js";
export type { ImportOptions } from "./connectors.js";
export type { CheckedEntity, PolicyEntity, PolicyEvent } from "./entity.js";
export {
  HarnessImageGuardError,
  type ConfigProblem,
  type ErrorCode,
  type PolicyProblem,
} from "./error.js";
export type { ExportTarget } from "./export-target.js";
export type { ExportedFile, ExportOptions } from "./export.js";
export type { FormatOptions, FormatReport } from "./format.js";
export type { ConnectorFile, FixOptions, Guard, GuardOptions, PolicyText, UserPolicy } from "./guard.js";
export type * from "./inventory.js";
export type { LintFinding, LintOptions, LintReport } from "./lint.js";
export type {
  Answer,
  AskOptions,
  CoverageCount,
  CoverageReport,
  DocumentSource,
  Evaluation,
  Host,
  Json,
  LineRange,
  Policy,
  PolicyOptions,
  Solution,
} from "./policy.js";
export type { PolicyInputOptions } from "./policy-input.js";
export type * from "./report.js";
export type { SourceFile } from "./source-file.js";
export type { TestCase, TestCases, TestOptions, TestReport, TestResult } from "./suite.js";

/**
 * Makes a guard. The first call loads the WebAssembly module.
 *
 * @throws HarnessImageGuardError (as a rejection) with the code `config`, `usage` or `load`
 */
export type CreateGuard = (options?: GuardOptions) => Promise<Guard>;

/**
 * Reads connectors that exist only in the account, and writes them as a list for `connectorFiles`.
 *
 * @throws HarnessImageGuardError (as a rejection) with the code `usage` or `load`
 */
export type ImportConnectors = (options: ImportOptions) => Promise<ConnectorImport>;

/**
 * Compiles Rego as OPA does. The first call loads the second WebAssembly module.
 *
 * @throws HarnessImageGuardError (as a rejection) with the code `rego`, `usage` or `load`
 */
export type CompileRego = (options: PolicyOptions) => Promise<Policy>;

/**
 * Reads a file, and wraps it as Harness does for a policy. The first call loads the second WebAssembly module.
 *
 * @throws HarnessImageGuardError (as a rejection) with the code `usage` or `load`
 */
export type ReadPolicyInput = (options: PolicyInputOptions) => Promise<Json>;

/**
 * Runs the tests in modules as `opa test` does. The first call loads the second WebAssembly module.
 *
 * @throws HarnessImageGuardError (as a rejection) with the code `rego`, `usage` or `load`
 */
export type TestRego = (options: PolicyOptions & TestOptions) => Promise<TestReport>;

/**
 * Finds where policies fail open, and what some versions of OPA can't read. The first call loads the second WebAssembly
 * module.
 *
 * @throws HarnessImageGuardError (as a rejection) with the code `usage` or `load`
 */
export type LintRego = (options: LintOptions) => Promise<LintReport>;

/**
 * Formats Rego as `opa fmt` does. The first call loads the second WebAssembly module.
 *
 * @throws HarnessImageGuardError (as a rejection) with the code `usage` or `load`
 */
export type FormatRego = (options: FormatOptions) => Promise<FormatReport>;

/**
 * Writes the built-in rules, or a policy of your own, as policies of Harness. The first call loads the second WebAssembly
 * module.
 *
 * @throws HarnessImageGuardError (as a rejection) with the code `config`, `rego`, `usage` or `load`
 */
export type ExportPolicies = (options: ExportOptions) => Promise<readonly ExportedFile[]>;
