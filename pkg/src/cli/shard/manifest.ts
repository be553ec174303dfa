import { createHash } from "node:crypto";

import { isBytes } from "../../bytes.js";
import type { Guard, GuardOptions } from "../../guard.js";
import type { Diagnostic, Report, Severity } from "../../report.js";
import type { SourceFile } from "../../source-file.js";
import type { ConfigFile } from "../config-file.js";
import { contentDigest } from "../content-digest.js";
import type { Shard } from "./shard.js";

/** What the JSON report of a shard has as `shard`: it identifies the reports of one run, so that they can be merged. */
export interface Manifest extends Shard {
  /** The version of this program. */
  readonly version: string;
  /** The SHA-256 of all that files are judged by: the configuration, what it names, and the options. */
  readonly configuration: string;
  /** The SHA-256 of all files of the check, those of the other shards too, with their paths. */
  readonly tree: string;
  /** How many files these are. */
  readonly files: number;
  /** How many of them are this shard's. */
  readonly own: number;
  /** The day up to which exceptions hold. */
  readonly today: string;
  readonly failOn: Severity;
  /** The only ones of our rules that were looked for; `null` for all. */
  readonly rules: readonly string[] | null;
  /** Only what has changed since this ref is in the report; `null` for everything. */
  readonly changedSince: string | null;
  /** Whether anything was judged, so that `aboutConfiguration` says what is true of this shard. */
  readonly isJudged: boolean;
  /** Whether anything is Harness's, before what hasn't changed was left out. */
  readonly isApplicable: boolean;
  /** Of each policy that was asked for by its name and had nothing to say in this shard, a sentence. */
  readonly notRun: readonly string[];
  /** What is wrong with exceptions of the configuration, as far as this shard knows: it is decided where all are merged. */
  readonly aboutConfiguration: readonly Diagnostic[];
  /** The SHA-256 of each file with a finding, or that one rests on: where a file is still the same, its lines can be shown. */
  readonly contents: Readonly<Record<string, string>>;
  /** The same of the lists of connectors. */
  readonly lists: Readonly<Record<string, string>>;
}

/** The report of a shard. */
export interface ShardReport extends Report {
  readonly shard: Manifest;
}

/** Says whether two checks judge by the same. */
export function configurationDigest(configFile: ConfigFile | undefined, options: GuardOptions, guard: Guard, more: readonly unknown[]): string {
  const { today: _, ...others } = options;
  const config = configFile === undefined ? null : [configFile.path, configFile.text];
  const { policies, connectorFiles } = guard;
  return contentDigest(JSON.stringify([config, others, policies, connectorFiles, more], (_key, value: unknown) => (isBytes(value) ? contentDigest(value) : value)));
}

/** Says whether two checks have the same files. */
export function treeDigest(sources: readonly SourceFile[]): string {
  const hash = createHash("sha256");
  const lines = sources.map((source) => JSON.stringify([source.path, "text" in source ? contentDigest(source.text) : source]));
  for (const line of lines.sort()) hash.update(`${line}\n`);
  return hash.digest("hex");
}
