// Written from src/interface/guard.rs by `UPDATE_TYPES=1 cargo test --features authoring --lib current`; not by hand.

import type { Preset, RuleName } from "./configuration.js";
import type { Verification } from "./inventory.js";
import type { GivenPolicies } from "./rego-options.js";
import type { Position, Severity } from "./report.js";

/**
 * What a guard is made of, as the module takes it.
 */
export type GuardModuleOptions = { 
/**
 * The text of the configuration, YAML or JSON.
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
 * Whether what a configuration makes weaker counts: rules that are off or count less, `exclude`, trusted
 * connectors, other registries. It does by default; with `false`, only what it makes stricter does.
 */
readonly configExceptions?: boolean, 
/**
 * Whether ignore comments in the files count. They do by default; with `false`, they are comments like any other,
 * and everything is reported.
 */
readonly commentExceptions?: boolean, 
/**
 * Whether connectors among the files decide about the others. They do by default; with `false`, only those of the
 * configuration and of its lists do.
 */
readonly fileConnectors?: boolean, 
/**
 * The day up to which exceptions hold, in UTC: `2027-03-01`. The day of each check by default.
 */
readonly today?: string, 
/**
 * Whether a check gets only some of the files that the configuration is about. Then no exception of the
 * configuration is reported for covering nothing.
 */
readonly partial?: boolean, 
/**
 * The only ones of our rules to run. One that the configuration switches off is refused, with the code `usage`.
 */
readonly rules?: ReadonlyArray<RuleName>, 
/**
 * The size from which a file is reported instead of checked, in bytes; 16 MiB by default.
 */
readonly maxFileBytes?: number, 
/**
 * How many findings of one kind (rule, verdict and severity) are listed of one document; 10,000 by default.
 * `omitted` of the report counts the others. It changes no verdict and no exit code.
 */
readonly maxFindings?: number, 
/**
 * The paths of the lists of connectors that each check gets.
 */
readonly connectorFiles?: ReadonlyArray<string>, 
/**
 * What registries say of images, by the full names that the inventory has; somebody has to ask them. Then a check
 * also reports what isn't there (`image-exists`), and the inventory has it as `verification`. An image that isn't
 * in here has an expression in its name.
 */
readonly verified?: Readonly<Record<string, Verification>>, 
/**
 * Users' policies, which only the module that reads Rego takes.
 */
readonly policies?: GivenPolicies, };

/**
 * How a report is shown.
 */
export type RunOptions = { 
/**
 * The format of the report.
 */
readonly format: "text" | "json", 
/**
 * Whether the text has colors.
 */
readonly color: boolean, 
/**
 * The least severity of a finding that ends in exit code 1.
 */
readonly failOn: Severity, 
/**
 * Whether the text also lists what is not applicable, and as what.
 */
readonly verbose?: boolean, 
/**
 * Whether the text also lists what is suppressed, and by what.
 */
readonly showSuppressed?: boolean, 
/**
 * What of the report the text shows: `findings` without a word about the whole, or `counts` alone.
 */
readonly shows?: "all" | "findings" | "counts", 
/**
 * Whether the report is a part of one: that it holds nothing of Harness's means nothing then.
 */
readonly isPart?: boolean, };

/**
 * Which fixes are made.
 */
export type FixOptions = { 
/**
 * Also those that somebody has to ask for, because another image may be pulled afterwards.
 */
readonly unsafe?: boolean, };

/**
 * How the images are shown.
 */
export type ImagesOptions = { 
/**
 * The format of the list.
 */
readonly format: ImagesFormat, 
/**
 * Whether the text has colors.
 */
readonly color: boolean, 
/**
 * Whether what could not be looked at is said in colors.
 */
readonly complaintsInColor: boolean, 
/**
 * Whether the images are listed, too, that Harness pulls for itself.
 */
readonly harnessImages: boolean, };

/**
 * How images are listed.
 */
export type ImagesFormat = (typeof imagesFormats)[number];

/**
 * How images are listed.
 */
export const imagesFormats = [
  "text",
  "json",
  "csv",
  "markdown",
  "mermaid",
] as const;

/**
 * The images as they are shown.
 */
export type ShownImages = { 
/**
 * What to print.
 */
readonly output: string, 
/**
 * The command's exit code.
 */
readonly exitCode: number, 
/**
 * What could not be looked at, where the format has no place for it.
 */
readonly complaints: string, };

/**
 * The files that a configuration names, for the host to read.
 */
export type NamedFiles = { 
/**
 * The policies, and folders of them.
 */
readonly policies: ReadonlyArray<NamedPolicy>, 
/**
 * The lists of connectors.
 */
readonly connectorFiles: ReadonlyArray<NamedConnectorFile>, };

/**
 * A user's policy that a configuration names (`policies`), or a folder of them.
 */
export type NamedPolicy = { 
/**
 * The file or folder, as it is written there.
 */
readonly path: string, 
/**
 * The entity that it is about; by default, the one that its package names.
 */
readonly entity?: string, 
/**
 * What a denial weighs.
 */
readonly severity?: Severity, 
/**
 * Which Rego it is written in: 0 or 1.
 */
readonly regoVersion?: 0 | 1, 
/**
 * Where the configuration names it.
 */
readonly position: Position, };

/**
 * A list of connectors that a configuration names (`connectorFiles`).
 */
export type NamedConnectorFile = { 
/**
 * The file, as it is written there.
 */
readonly path: string, 
/**
 * Where the configuration names it.
 */
readonly position: Position, };

/**
 * One thing that is wrong with a configuration.
 */
export type ConfigProblem = { 
/**
 * One sentence for a person.
 */
readonly message: string, 
/**
 * The line in the configuration's text, from 1.
 */
readonly line: number, 
/**
 * The column in Unicode code points, from 1.
 */
readonly column: number, };
