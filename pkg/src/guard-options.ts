// Written from src/interface/guard.rs by `UPDATE_TYPES=1 cargo test --features authoring --lib current`; not by hand.

import type { Preset, RuleName } from "./configuration.js";
import type { Verification } from "./inventory.js";
import type { GivenPolicies } from "./rego-options.js";
import type { Position, Severity } from "./report.js";

/**
 * The options of a guard, as the module takes them.
 */
export type GuardModuleOptions = { 
/**
 * The configuration as YAML or JSON.
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
 * Whether the configuration may weaken the check: by rules that are off or have a lower severity, `exclude`,
 * trusted connectors, other registries. `true` by default; with `false`, it can only make the check stricter.
 */
readonly configExceptions?: boolean, 
/**
 * Whether ignore comments in the files have an effect; `true` by default. With `false`, everything is reported.
 */
readonly commentExceptions?: boolean, 
/**
 * Whether connectors among the files decide about the other files; `true` by default. With `false`, only the
 * connectors of the configuration and its lists do.
 */
readonly fileConnectors?: boolean, 
/**
 * The day by which exceptions expire, in UTC, such as `2027-03-01`. By default, the day of each check.
 */
readonly today?: string, 
/**
 * Whether a check gets only some of the files that the configuration is about. Then no exception of the
 * configuration is reported as unused.
 */
readonly partial?: boolean, 
/**
 * The built-in rules to run, instead of all. If the configuration switches one of them off, that is an error with
 * the code `usage`.
 */
readonly rules?: ReadonlyArray<RuleName>, 
/**
 * A file of more bytes is reported instead of checked; 16 MiB by default.
 */
readonly maxFileBytes?: number, 
/**
 * How many findings of one kind (rule, verdict and severity) are listed for one document; 10,000 by default. The
 * report counts the others in `omitted`. This changes no verdict and no exit code.
 */
readonly maxFindings?: number, 
/**
 * The paths of the lists of connectors that each check gets.
 */
readonly connectorFiles?: ReadonlyArray<string>, 
/**
 * What you have learned from registries about images, by the full names of the inventory (for one of Harness's
 * own, `NAME:*`). With this, a check also reports images that aren't there (`image-exists`), and the inventory has
 * it as `verification`. An image that is missing here counts as one with an expression in its name.
 */
readonly verified?: Readonly<Record<string, Verification>>, 
/**
 * Users' policies, for the module that reads Rego.
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
 * The lowest severity that leads to exit code 1.
 */
readonly failOn: Severity, 
/**
 * Whether the text also lists documents that aren't applicable, and what they are.
 */
readonly verbose?: boolean, 
/**
 * Whether the text also lists suppressed findings, and what suppresses them.
 */
readonly showSuppressed?: boolean, 
/**
 * What the text shows: `all`, only the `findings`, or only the `counts`.
 */
readonly shows?: "all" | "findings" | "counts", 
/**
 * Whether this is only a part of a report: then it is no error if it has nothing of Harness's.
 */
readonly isPart?: boolean, };

/**
 * Which fixes are made.
 */
export type FixOptions = { 
/**
 * Also unsafe ones, after which another image may be pulled.
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
 * Whether the complaints have colors.
 */
readonly complaintsInColor: boolean, 
/**
 * Whether to list the images that Harness pulls for itself, too.
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
 * The list of images as text.
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
 * What couldn't be read, if the format has no place for that.
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
 * A user's policy, or a folder of them, that a configuration names (`policies`).
 */
export type NamedPolicy = { 
/**
 * The path as it is written.
 */
readonly path: string, 
/**
 * The entity that it is about; by default, the one that its package names.
 */
readonly entity?: string, 
/**
 * The severity of a denial.
 */
readonly severity?: Severity, 
/**
 * The version of Rego in which it is written: 0 or 1.
 */
readonly regoVersion?: 0 | 1, 
/**
 * Its position in the configuration.
 */
readonly position: Position, };

/**
 * A list of connectors that a configuration names (`connectorFiles`).
 */
export type NamedConnectorFile = { 
/**
 * The path as it is written.
 */
readonly path: string, 
/**
 * Its position in the configuration.
 */
readonly position: Position, };

/**
 * A mistake in a configuration.
 */
export type ConfigProblem = { 
/**
 * What is wrong, in one sentence.
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
