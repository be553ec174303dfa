// Written from src/interface/rego.rs by `UPDATE_TYPES=1 cargo test --features authoring --lib current`; not by hand.

import type { Preset, RuleName } from "./configuration.js";
import type { PolicyEntity, PolicyEvent } from "./entity.js";
import type { PolicyProblem } from "./evaluation.js";
import type { ExportTarget } from "./export-target.js";
import type { LintFinding } from "./lint-report.js";
import type { Severity } from "./report.js";

/**
 * The options of policies, as the module takes them.
 */
export type PolicyModuleOptions = { 
/**
 * The text of each module by its path, which messages name.
 */
readonly modules: Readonly<Record<string, string>>, 
/**
 * The base documents: an object as JSON or YAML.
 */
readonly data?: string, 
/**
 * The version of Rego: 0, as Harness reads it (default), or 1, as OPA reads it since 1.0.
 */
readonly regoVersion?: RegoVersion, 
/**
 * Modules of the other version, by their paths, as a bundle's manifest says. @internal
 */
readonly moduleVersions?: { [key in string]: RegoVersion }, 
/**
 * Whether unused variables and imports are errors, too, as with `opa check --strict`.
 */
readonly strict?: boolean, 
/**
 * Whether a rule may have the path of a base document. Then a query for the rule gives the rule's value, and a
 * query for a document around it the base document's. Without this, it is an error, as in OPA's commands
 * (`conflicting rule for data path … found`).
 */
readonly rulesOverData?: boolean, 
/**
 * How much compiling may take.
 */
readonly limits?: ModuleLimits, };

/**
 * A version of Rego.
 */
export type RegoVersion = 0 | 1;

/**
 * Bounds of compiling or of an evaluation; each has a default.
 */
export type ModuleLimits = { 
/**
 * The number of steps: statements, items, comparisons, and pieces of strings.
 */
readonly steps?: number, 
/**
 * The bytes of values that exist at once, and of all strings made.
 */
readonly bytes?: number, 
/**
 * How many rules and functions may need one another in a chain.
 */
readonly depth?: number, };

/**
 * The options of a query, as the module takes them.
 */
export type AskModuleOptions = { 
/**
 * Whether an error of a built-in function ends the evaluation, instead of making the call undefined.
 */
readonly strictBuiltinErrors?: boolean, 
/**
 * Bounds of the evaluation.
 */
readonly limits?: ModuleLimits, 
/**
 * Whether to report which lines are reached.
 */
readonly coverage?: boolean, };

/**
 * A guard's users' policies, and what they see.
 */
export type GivenPolicies = { 
/**
 * The modules.
 */
readonly files: ReadonlyArray<PolicyFile>, 
/**
 * Bounds of compiling, and of each policy's evaluations together.
 */
readonly limits?: ModuleLimits, 
/**
 * What they see as `input.metadata`, as JSON or YAML.
 */
readonly metadata?: string, 
/**
 * The time in nanoseconds since 1970, as digits.
 */
readonly now?: string, };

/**
 * A user's Harness policy, or a module that one uses, as the module takes it.
 */
export type PolicyFile = { 
/**
 * Its name in the report.
 */
readonly path: string, 
/**
 * The module's text.
 */
readonly text: string, 
/**
 * The entity that it is about; by default, the one that its package names.
 */
readonly entity?: string, 
/**
 * The severity of a denial; `error` by default.
 */
readonly severity?: Severity, 
/**
 * The version of Rego: 0, as Harness reads it (default), or 1.
 */
readonly regoVersion?: RegoVersion, 
/**
 * Whether it was found in a folder. Then it is a remark instead of an error if it is about something that no file
 * holds.
 */
readonly searched?: boolean, 
/**
 * Why it isn't evaluated: how it broke an earlier instance of the module. @internal
 */
readonly broken?: string, };

/**
 * How to wrap a file as Harness does for a policy, as the module takes it.
 */
export type InputModuleOptions = { 
/**
 * The kind of entity to pass it as; by default, its own.
 */
readonly entity?: PolicyEntity, 
/**
 * The event; by default, the entity's usual one: `onrun` for pipelines, `onsave` for most others.
 */
readonly event?: PolicyEvent, 
/**
 * What else Harness says about the event, as JSON or YAML.
 */
readonly metadata?: string, 
/**
 * The indentation of a level; without it, the JSON is on one line.
 */
readonly indent?: string, };

/**
 * The options of `eval`.
 */
export type EvalOptions = { 
/**
 * The query.
 */
readonly query: string, 
/**
 * The version of Rego: 0 or 1.
 */
readonly regoVersion: RegoVersion, 
/**
 * The package in which the query is evaluated.
 */
readonly package?: string, 
/**
 * What the query imports.
 */
readonly imports?: ReadonlyArray<string>, 
/**
 * The format of the result.
 */
readonly format: EvalFormat, 
/**
 * Whether unused variables and imports are errors, too.
 */
readonly strict?: boolean, 
/**
 * Whether an error of a built-in function ends the evaluation.
 */
readonly strictBuiltinErrors?: boolean, 
/**
 * Whether to report which lines are reached.
 */
readonly coverage?: boolean, 
/**
 * Bounds of the evaluation.
 */
readonly limits?: ModuleLimits, };

/** The format in which `eval` writes an answer. */
export type EvalFormat = (typeof evalFormats)[number];

/** The format in which `eval` writes an answer. */
export const evalFormats = [
  "json",
  "values",
  "bindings",
  "pretty",
  "raw",
  "discard",
] as const;

/**
 * What `eval` prints.
 */
export type EvalOutcome = { 
/**
 * What goes to standard output.
 */
readonly stdout: string, 
/**
 * What goes to standard error.
 */
readonly stderr: string, 
/**
 * Whether there is a result.
 */
readonly result: "defined" | "undefined" | "failed", };

/**
 * Everything that was loaded, as policies are made of it.
 */
export type Loaded = { 
/**
 * The text of each module, by its path.
 */
readonly modules: Readonly<Record<string, string>>, 
/**
 * The base documents, as JSON text.
 */
readonly data: string, 
/**
 * Modules of the other Rego, by their paths.
 */
readonly moduleVersions: { [key in string]: RegoVersion }, };

/**
 * The options of `formatRego`.
 */
export type FormatOptions = { 
/**
 * The text of each module by its path, which messages name.
 */
readonly modules: Readonly<Record<string, string>>, 
/**
 * The version of Rego: 0, formatted as OPA 0.70 does (default), or 1, as OPA 1.22 does.
 */
readonly regoVersion?: RegoVersion, 
/**
 * Whether to change Rego v0 so that both versions can read it, as `opa fmt --rego-v1` does.
 */
readonly forBothVersions?: boolean, 
/**
 * Whether a result that isn't Rego is an error, as with OPA; `true` by default.
 */
readonly checkResult?: boolean, };

/**
 * The result of formatting modules.
 */
export type FormatReport = { 
/**
 * The formatted text of each module by its path, without modules that have a problem.
 */
readonly modules: Readonly<Record<string, string>>, 
/**
 * Why modules can't be formatted.
 */
readonly problems: ReadonlyArray<PolicyProblem>, 
/**
 * The problems as text, each with its source line; empty if there is none.
 */
readonly message: string, };

/**
 * The options of `lintRego`.
 */
export type LintOptions = { 
/**
 * The text of each module by its path; give modules together that use each other.
 */
readonly modules: Readonly<Record<string, string>>, 
/**
 * The version of Rego: 0, as Harness reads it (default), or 1, as OPA reads it since 1.0.
 */
readonly regoVersion?: RegoVersion, 
/**
 * The oldest OPA that has to read them, such as `0.42`; `0.47` by default.
 */
readonly oldestOpa?: string, 
/**
 * Whether to compile the modules, and report the errors of OPA's compiler, too, as `opa check` does.
 */
readonly compile?: boolean, 
/**
 * Whether to report unused variables and imports, too, as `opa check --strict` does.
 */
readonly strict?: boolean, 
/**
 * Rules to skip, such as `["outside-module"]`. Problems are reported anyway.
 */
readonly disable?: ReadonlyArray<string>, };

/**
 * The result of a lint, and the same as text.
 */
export type ShownLint = { 
/**
 * Each place with its source line.
 */
text: string, 
/**
 * The findings, sorted by file and place.
 */
findings: Array<LintFinding>, 
/**
 * Why modules couldn't be read, and the errors of OPA's compiler.
 */
problems: Array<LintFinding>, };

/**
 * The options of an export, as the module takes them.
 */
export type ExportModuleOptions = { 
/**
 * The configuration to write into the policies.
 */
readonly config?: string, 
/**
 * What error messages call the configuration.
 */
readonly configPath?: string, 
/**
 * The preset; overrides the configuration's.
 */
readonly preset?: Preset, 
/**
 * Whether the configuration may weaken the policies: by rules that are off or have a lower severity, exceptions,
 * trusted connectors, other registries. `true` by default; with `false`, it can only make them stricter.
 */
readonly configExceptions?: boolean, 
/**
 * What to write: one Rego module for each rule and entity, an OPA bundle of these, Terraform, Harness's YAML, or
 * JSON for Harness's API.
 */
readonly to: ExportTarget, 
/**
 * The rules; by default, all that the configuration doesn't switch off.
 */
readonly rules?: ReadonlyArray<RuleName>, 
/**
 * A policy of your own to write instead of the built-in rules, as `rego` or `terraform`. If it is in v1,
 * `import rego.v1` is added, because Harness reads v0. Its entity is the one that `entity` or its package names, or
 * else the one that it reads from the input, or else a pipeline. It must contain all that it uses.
 */
readonly policy?: PolicyFile, };

/**
 * In which forms tests are shown.
 */
export type TestFormat = (typeof testFormats)[number];

/**
 * In which forms tests are shown.
 */
export const testFormats = [
  "pretty",
  "json",
  "junit",
] as const;
