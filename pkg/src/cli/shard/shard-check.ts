import type { Guard, GuardOptions, Judged } from "../../guard.js";
import type { Report, Severity } from "../../report.js";
import type { SourceFile } from "../../source-file.js";
import type { ConfigFile } from "../config-file.js";
import { mayHoldConnector } from "../connector-hint.js";
import { contentDigest } from "../content-digest.js";
import { shown } from "../output.js";
import { isAboutConfiguration, isJudged, partOf } from "../report-part.js";
import type { Checked } from "../reporting.js";
import { UsageError } from "../usage-error.js";
import { version } from "../version.js";
import { configurationDigest, type ShardReport, treeDigest } from "./manifest.js";
import type { Shard } from "./shard.js";
import { pathsOfShard } from "./split.js";

/** What a shard's check needs to know of the whole. */
export interface ShardOptions {
  readonly shard: Shard;
  readonly configFile: ConfigFile | undefined;
  readonly guardOptions: GuardOptions;
  /** The day up to which exceptions hold. */
  readonly today: string;
  readonly failOn: Severity;
  readonly rules: readonly string[] | undefined;
  readonly changedSince: string | undefined;
  /** What else decides, by the command line. */
  readonly more: readonly unknown[];
}

/**
 * The check of one shard: its files beside every file that may hold a connector. What is found in a file depends on no
 * others than those.
 */
export class ShardCheck {
  readonly #options: ShardOptions;
  #own: ReadonlySet<string> = new Set();
  #split: ReadonlySet<string> = new Set();
  #whole: { readonly checked: Judged; readonly sources: readonly SourceFile[]; readonly guard: Guard } | undefined;

  constructor(options: ShardOptions) {
    this.#options = options;
  }

  /**
   * @param judge checks files together
   * @throws UsageError where a connector is written so that the other shards don't see it
   */
  async check(guard: Guard, sources: readonly SourceFile[], judge: (files: readonly SourceFile[]) => Promise<Judged>): Promise<Checked> {
    const { shard } = this.#options;
    const split = pathsOfShard(sources, shard);
    const connectors = new Set(sources.filter(mayHoldConnector).map(({ path }) => path));
    const judged = await judge(sources.filter(({ path }) => split.has(path) || connectors.has(path)));
    // Every shard has the lists of connectors; one reports them.
    const lists = new Set(guard.connectorFiles.map(({ path }) => path));
    const unseen = judged.report.files.find(({ path, documents }) => !connectors.has(path) && !lists.has(path) && documents.some(({ entity }) => entity === "connector"));
    if (unseen !== undefined) {
      throw new UsageError(`'${shown(unseen.path)}' has a connector whose root key the other shards can't find: write it as 'connector:', without aliases`);
    }
    this.#split = split;
    this.#own = new Set(shard.index === 1 ? [...split, ...lists] : [...split].filter((path) => !lists.has(path)));
    this.#whole = { checked: judged, sources, guard };
    // Whether a policy had nothing to say anywhere is known when the shards are merged.
    return { ...judged, notRun: [], text: () => [] };
  }

  /** What of a report is this shard's. */
  own(report: Report): Report {
    return partOf(report, (path) => this.#own.has(path), this.#options.configFile?.path).report;
  }

  /**
   * The shard's report with what a merge needs.
   *
   * @param own what of the report is this shard's, counted
   * @param left the report that it was taken from, without what hasn't changed
   */
  manifested(own: Report, left: Report): ShardReport {
    if (this.#whole === undefined) throw new Error("the shard hasn't been checked");
    const { checked, sources, guard } = this.#whole;
    const { shard, configFile, guardOptions, today, failOn, rules, changedSince, more } = this.#options;
    const withFindings = new Set(own.diagnostics.flatMap(({ file, related }) => [file, ...related.map((place) => place.file)]));
    const contents = sources.flatMap((source) => ("text" in source && withFindings.has(source.path) ? [[source.path, contentDigest(source.text)] as const] : []));
    return {
      ...own,
      shard: {
        ...shard,
        version: version(),
        configuration: configurationDigest(configFile, guardOptions, guard, more),
        tree: treeDigest(sources),
        files: sources.length,
        own: this.#split.size,
        today,
        failOn,
        rules: rules ?? null,
        changedSince: changedSince ?? null,
        isJudged: isJudged(checked.report),
        isApplicable: checked.report.files.some(({ path, documents }) => this.#own.has(path) && documents.some(({ status }) => status !== "not-applicable")),
        notRun: checked.notRun,
        aboutConfiguration: left.diagnostics.filter((each) => isAboutConfiguration(each, configFile?.path)),
        lists: Object.fromEntries(guard.connectorFiles.map(({ path, text }) => [path, contentDigest(text)])),
        contents: Object.fromEntries(contents.sort(([one], [other]) => (one < other ? -1 : 1))),
      },
    };
  }
}
