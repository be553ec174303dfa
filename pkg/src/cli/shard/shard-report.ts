import { resolve } from "node:path";

import { isObject } from "../../json-object.js";
import { reportSchemas } from "../../report-schema.js";
import { Enclosure } from "../enclosure.js";
import { readNamedFile } from "../named-file.js";
import { shown } from "../output.js";
import { readable } from "../system-error.js";
import { UsageError } from "../usage-error.js";
import { version } from "../version.js";
import type { ShardReport } from "./manifest.js";
import { shapeOf } from "./schema.js";
import { boolean, count, list, map, matching, object, orNull, string } from "./shape.js";

const digest = matching(/^[0-9a-f]{64}$/);
const shapeOfReport = shapeOf(reportSchemas.Report, reportSchemas);
const ofManifest = object({
  ...{ index: count, count, configuration: digest, tree: digest, files: count, own: count, today: string, failOn: shapeOf(reportSchemas.Severity, reportSchemas) },
  ...{ rules: orNull(list(string)), changedSince: orNull(string), isJudged: boolean, isApplicable: boolean, notRun: list(string) },
  ...{ aboutConfiguration: list(shapeOf(reportSchemas.Diagnostic, reportSchemas)), contents: map(digest), lists: map(digest) },
});

const schemaVersion = 1;

/**
 * The report of a shard, as `check --shard --output json` writes it.
 *
 * @param isOpen whether links may lead anywhere
 * @throws UsageError where it can't be read, is broken, is something else, or was written by another version
 */
export async function readShardReport(path: string, isOpen: boolean): Promise<ShardReport> {
  const what = `the report '${shown(path)}'`;
  const enclosure = await Enclosure.around([resolve(path)], process.cwd(), isOpen);
  const bytes = await readable(what, readNamedFile(path, enclosure));
  const broken = (why: string): UsageError => new UsageError(`${what} is broken: ${why}; run that shard again`);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    if (error instanceof SyntaxError) throw broken(shown(error.message));
    throw broken(error instanceof TypeError ? "it isn't UTF-8" : "it is too large to be read");
  }
  if (!isObject(value) || !("schemaVersion" in value)) throw broken("it has no 'schemaVersion'");
  if (value["schemaVersion"] !== schemaVersion) {
    throw new UsageError(`${what} is of version ${shown(JSON.stringify(value["schemaVersion"]))}, and this program reads version ${schemaVersion}: run all shards and the merge with one version of harness-image-guard`);
  }
  const { shard } = value;
  if (shard === undefined) throw new UsageError(`${what} is from a whole check, not from a shard: 'check --shard INDEX/COUNT --output json=FILE' writes those`);
  const written = isObject(shard) ? shard["version"] : undefined;
  if (written !== version()) {
    throw new UsageError(`${what} was written by harness-image-guard ${typeof written === "string" ? shown(written) : "of an unknown version"}, and this is ${version()}: run all shards and the merge with one version`);
  }
  const wrong = shapeOfReport(value, "") ?? ofManifest(shard, ".shard");
  if (wrong !== undefined) throw broken(`'${shown(wrong.replace(/^\./, ""))}' isn't as 'check --shard' writes it`);
  return value as unknown as ShardReport;
}
