// Written from src/interface/rego.rs by `UPDATE_TYPES=1 cargo test --features authoring --lib current`; not by hand.

import type { Preset, RuleName } from "./configuration.js";
import type { PolicyEntity, PolicyEvent } from "./entity.js";
import type { PolicyProblem } from "./evaluation.js";
import type { ExportTarget } from "./export-target.js";
import type { LintFinding } from "./lint-report.js";
import type { Severity } from "./report.js";

/**
 * What policies are made of, as the module takes it.
 */
export type PolicyModuleOptions = { 
/**
 * The text of each module, by its path, which messages name.
 */
readonly modules: Readonly<Record<string, string>>, 
/**
 * The base documents, an object: text, JSON or YAML.
 */
readonly data?: string, 
/**
 * Which Rego it is: 0, as Harness reads it (default), or 1, as OPA does since 1.0.
 */
readonly regoVersion?: RegoVersion, 
/**
 * Modules of the other Rego, by their paths: what a bundle's manifest says. @internal
 */
readonly moduleVersions?: { [key in string]: RegoVersion }, 
/**
 * Whether what is of no use is refused too, as by `opa check --strict`.
 */
readonly strict?: boolean, 
/**
 * Whether a rule may be where the base documents have something: asked for itself, its value counts, and in a
 * document around it the base document's. Without it, that is refused, as OPA's commands do (`conflicting rule for
 * data path … found`).
 */
readonly rulesOverData?: boolean, 
/**
 * How much compiling may take.
 */
readonly limits?: ModuleLimits, };

/**
 * Which Rego a module is written in.
 */
export type RegoVersion = 0 | 1;

/**
 * How much compiling or an evaluation may take; what isn't given, is as usual.
 */
export type ModuleLimits = { 
/**
 * Statements, items, comparisons and stretches of strings gone through.
 */
readonly steps?: number, 
/**
 * The bytes of values that are there at once, and of all strings that are made.
 */
readonly bytes?: number, 
/**
 * How many rules and functions an evaluation may follow from one to the next.
 */
readonly depth?: number, };

/**
 * How a query is asked, as the module takes it.
 */
export type AskModuleOptions = { 
/**
 * Whether an error of a built-in function ends the evaluation, instead of being undefined.
 */
readonly strictBuiltinErrors?: boolean, 
/**
 * How much the evaluation may take.
 */
readonly limits?: ModuleLimits, 
/**
 * Whether the lines that are reached are reported.
 */
readonly coverage?: boolean, };

/**
 * Users' policies of a guard, and what they see.
 */
export type GivenPolicies = { 
/**
 * The modules.
 */
readonly files: ReadonlyArray<PolicyFile>, 
/**
 * How much compiling, and each policy's evaluations together, may take.
 */
readonly limits?: ModuleLimits, 
/**
 * What they see as `input.metadata`: text, JSON or YAML.
 */
readonly metadata?: string, 
/**
 * Nanoseconds since 1970, as digits.
 */
readonly now?: string, };

/**
 * A user's own Harness policy, or a module that one uses, as the module takes it.
 */
export type PolicyFile = { 
/**
 * What the report calls it.
 */
readonly path: string, 
/**
 * The module's text.
 */
readonly text: string, 
/**
 * The entity that it is about; without it, the package says so.
 */
readonly entity?: string, 
/**
 * The severity of a denial; `error` by default.
 */
readonly severity?: Severity, 
/**
 * Which Rego it is: 0, as Harness reads it (default), or 1.
 */
readonly regoVersion?: RegoVersion, 
/**
 * Whether it was found in a folder: if it is about nothing that a file can hold, that is a remark then, and
 * otherwise an error.
 */
readonly searched?: boolean, 
/**
 * How it broke the module before, for which it isn't evaluated. @internal
 */
readonly broken?: string, };

/**
 * What a file becomes that Harness would hand to a policy, as the module takes it.
 */
export type InputModuleOptions = { 
/**
 * The kind of entity to pass it as; by default, what it is.
 */
readonly entity?: PolicyEntity, 
/**
 * On which event; without it, the entity's usual one: `onrun` for pipelines, `onsave` for most others.
 */
readonly event?: PolicyEvent, 
/**
 * What else Harness says of the event: text, JSON or YAML.
 */
readonly metadata?: string, 
/**
 * What a level is indented with; without it, the JSON is on one line.
 */
readonly indent?: string, };

/**
 * What `eval` is asked.
 */
export type EvalOptions = { 
/**
 * The query.
 */
readonly query: string, 
/**
 * Which Rego it is: 0 or 1.
 */
readonly regoVersion: RegoVersion, 
/**
 * The package in which the query is.
 */
readonly package?: string, 
/**
 * What the query imports.
 */
readonly imports?: ReadonlyArray<string>, 
/**
 * The format of the answer.
 */
readonly format: EvalFormat, 
/**
 * Whether what is of no use is refused too.
 */
readonly strict?: boolean, 
/**
 * Whether an error of a built-in function ends the evaluation.
 */
readonly strictBuiltinErrors?: boolean, 
/**
 * Whether the lines that are reached are reported.
 */
readonly coverage?: boolean, 
/**
 * How much it may take.
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
 * What a formatting takes.
 */
export type FormatOptions = { 
/**
 * The text of each module, by its path, which messages name.
 */
readonly modules: Readonly<Record<string, string>>, 
/**
 * Which Rego it is: 0, formatted as by `opa fmt` of OPA 0.70 (default), or 1, as by that of OPA 1.22.
 */
readonly regoVersion?: RegoVersion, 
/**
 * Whether Rego of version 0 is made fit for both versions, as by `opa fmt --rego-v1`.
 */
readonly forBothVersions?: boolean, 
/**
 * Whether what comes out is read again, and refused if it isn't Rego, as OPA does; true by default.
 */
readonly checkResult?: boolean, };

/**
 * What became of modules.
 */
export type FormatReport = { 
/**
 * The text of each module as `opa fmt` writes it, by its path; those with a problem are left out.
 */
readonly modules: Readonly<Record<string, string>>, 
/**
 * Why modules can't be formatted.
 */
readonly problems: ReadonlyArray<PolicyProblem>, 
/**
 * The problems as text for a person, each with its source line; empty where there is none.
 */
readonly message: string, };

/**
 * What a lint takes.
 */
export type LintOptions = { 
/**
 * The text of each module, by its path; modules that are used together go together.
 */
readonly modules: Readonly<Record<string, string>>, 
/**
 * Which Rego it is: 0, as Harness reads it (default), or 1, as OPA does since 1.0.
 */
readonly regoVersion?: RegoVersion, 
/**
 * The oldest OPA that has to read it, as `0.42`; 0.47 by default.
 */
readonly oldestOpa?: string, 
/**
 * Whether what OPA's compiler refuses of the modules is a problem too, as `opa check` has it.
 */
readonly compile?: boolean, 
/**
 * Whether what is of no use is one as well, as `opa check --strict` has it.
 */
readonly strict?: boolean, 
/**
 * Rules of the lint to leave out, `["outside-module"]`; problems stay.
 */
readonly disable?: ReadonlyArray<string>, };

/**
 * What a lint found, and the same for a person.
 */
export type ShownLint = { 
/**
 * Each place with its source line.
 */
text: string, 
/**
 * What is found, by file and place.
 */
findings: Array<LintFinding>, 
/**
 * Why modules could not be read, or what OPA's compiler refuses of them.
 */
problems: Array<LintFinding>, };

/**
 * What is exported, as the module takes it.
 */
export type ExportModuleOptions = { 
/**
 * The text of the configuration, which is written in.
 */
readonly config?: string, 
/**
 * What error messages call the configuration.
 */
readonly configPath?: string, 
/**
 * The preset, whatever the configuration says.
 */
readonly preset?: Preset, 
/**
 * Whether what a configuration makes weaker is written in: rules that are off or count less, exceptions, trusted
 * connectors, other registries. It is by default; with `false`, only what it makes stricter is.
 */
readonly configExceptions?: boolean, 
/**
 * One Rego module for each rule and entity, an OPA bundle of these, Terraform, Harness's YAML, or what its API
 * takes.
 */
readonly to: ExportTarget, 
/**
 * The rules; without them, all that the configuration doesn't switch off.
 */
readonly rules?: ReadonlyArray<RuleName>, 
/**
 * A policy of one's own, which is written instead of our rules, as `rego` or `terraform`: in v1, it says so to
 * Harness, which reads v0. Without an entity that its package or `entity` names, it is about what it reads of the
 * input, else about pipelines. What it looks up in `data`, Harness has to have: all is in this one module.
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
