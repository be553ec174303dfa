import { plural } from "../../plural.js";
import type { Report } from "../../report.js";
import { shown } from "../output.js";
import { together } from "../report-part.js";
import { UsageError } from "../usage-error.js";
import type { Manifest, ShardReport } from "./manifest.js";

/** A report of a shard, and the file that it was read from. */
export interface NamedReport {
  readonly file: string;
  readonly report: ShardReport;
}

/** What all shards found together: what a check of all files finds, to be counted. */
export interface Merged {
  readonly report: Report;
  /** What all shards have in common. */
  readonly manifest: Manifest;
  /** Whether anything is Harness's, before what hasn't changed was left out. */
  readonly isApplicable: boolean;
  /** Of each policy that had nothing to say in any shard, a sentence. */
  readonly notRun: readonly string[];
  /** The SHA-256 of each file with a finding. */
  readonly contents: ReadonlyMap<string, string>;
}

/**
 * Merges the reports of all shards of one run.
 *
 * @throws UsageError where one is missing or there twice, and where they are of different runs
 */
export function merged(reports: readonly NamedReport[]): Merged {
  const [first] = reports;
  if (first === undefined) throw new UsageError("there is no report to merge");
  const byIndex = assertOneRun(first, reports);
  assertComplete(first.report.shard, byIndex);
  const all = [...byIndex].sort(([one], [other]) => one - other).map(([, { report }]) => report);
  const shards = all.map(({ shard }) => shard);
  const { diagnostics, omitted, files } = together(all.map((report) => ({ ...report.shard, report })));
  const twice = files.find(({ path }, at) => path === files[at + 1]?.path);
  if (twice !== undefined) throw new UsageError(`'${shown(twice.path)}' is in the reports of two shards, and each file is in one: run all shards again`);
  return {
    // Every shard has the lists of connectors.
    report: { schemaVersion: 1, diagnostics, omitted, files, connectorLists: first.report.connectorLists, summary: first.report.summary },
    manifest: first.report.shard,
    isApplicable: shards.some(({ isApplicable }) => isApplicable),
    notRun: first.report.shard.notRun.filter((sentence) => shards.every(({ notRun }) => notRun.includes(sentence))),
    contents: new Map(shards.flatMap(({ contents }) => Object.entries(contents))),
  };
}

/** What has to be the same in all, and what is wrong where it isn't. */
const common: readonly (readonly [key: keyof Manifest, difference: string])[] = [
  ["count", "the numbers of shards differ"],
  ["today", "the shards use different days for exceptions: give all shards the same '--today'"],
  ["failOn", "the severities of '--fail-on' differ"],
  ["rules", "the rules of '--rule' differ"],
  ["changedSince", "the refs of '--changed-since' differ"],
  ["configuration", "the configurations, or the options that decide, differ"],
  ["tree", "the files that were split differ: check the same commit and paths in all shards, and write the reports outside the files that are checked"],
];

function assertOneRun(first: NamedReport, reports: readonly NamedReport[]): ReadonlyMap<number, NamedReport> {
  const byIndex = new Map<number, NamedReport>();
  for (const each of reports) {
    const { shard } = each.report;
    const difference = common.find(([key]) => JSON.stringify(shard[key]) !== JSON.stringify(first.report.shard[key]));
    if (difference !== undefined) throw new UsageError(`'${shown(first.file)}' and '${shown(each.file)}' aren't of one run: ${difference[1]}`);
    const other = byIndex.get(shard.index);
    if (other !== undefined) throw new UsageError(`'${shown(other.file)}' and '${shown(each.file)}' are both of shard ${shard.index}/${shard.count}: give each report once`);
    byIndex.set(shard.index, each);
  }
  return byIndex;
}

/** Most shards that a message lists. */
const mostNamed = 20;

function assertComplete({ count, files, changedSince }: Manifest, byIndex: ReadonlyMap<number, NamedReport>): void {
  const missing = Array.from({ length: count }, (_, at) => at + 1).filter((index) => !byIndex.has(index));
  if (missing.length > 0) {
    const names = missing.slice(0, mostNamed).map((index) => `${index}/${count}`);
    const more = missing.length > mostNamed ? ` and ${missing.length - mostNamed} more` : "";
    throw new UsageError(`${plural(missing.length, "report")} of ${count} ${missing.length === 1 ? "is" : "are"} missing, so their files would be left out: shard ${names.join(", ")}${more}`);
  }
  let own = 0;
  for (const { file, report } of byIndex.values()) {
    own += report.shard.own;
    if (changedSince === null && report.files.length < report.shard.own) throw new UsageError(`the report '${shown(file)}' is broken: it lacks files of its shard; run that shard again`);
  }
  if (own !== files) throw new UsageError(`the shards have ${plural(own, "file")} together, and ${files} were split: run all shards again`);
}
