import type { Guard, GuardOptions } from "./guard.js";

export type {
  GuardConfiguration,
  Preset,
  RuleName,
  RuleSettings,
} from "./configuration.js";
export { HarnessImageGuardError, type ConfigProblem, type ErrorCode } from "./error.js";
export type { FixOptions, Guard, GuardOptions } from "./guard.js";
export type * from "./inventory.js";
export type * from "./report.js";
export type { SourceFile } from "./source-file.js";

/**
 * Makes a guard, loading the WebAssembly module the first time.
 *
 * @throws HarnessImageGuardError (as a rejection) with the code `config`, `usage` or `load`
 */
export type CreateGuard = (options?: GuardOptions) => Promise<Guard>;
