import { resolve } from "node:path";

import { isObject } from "../../json-object.js";
import { Enclosure } from "../enclosure.js";
import { readNamedFile } from "../named-file.js";
import { shown } from "../output.js";
import { readable } from "../system-error.js";
import { UsageError } from "../usage-error.js";
import { version } from "../version.js";
import type { ShardReport } from "./manifest.js";
import { boolean, count, either, integer, list, map, matching, object, oneOf, orNull, string } from "./shape.js";

const severity = oneOf("note", "warning", "error");
const verdict = oneOf("violation", "undecided", "error");
const status = oneOf("pass", "fail", "undecided", "error", "not-applicable");
const digest = matching(/^[0-9a-f]{64}$/);
const position = object({ line: count, column: count, offset: count });
const span = { start: position, end: position };

const diagnostic = object({
  ...{ rule: string, verdict, severity, message: string, entity: orNull(string), subject: orNull(string) },
  ...{ path: list(either(string, count)), file: string, document: orNull(count), ...span },
  ...{ help: orNull(string), docs: orNull(string), suppressed: orNull(string) },
  fix: orNull(object({ applicability: oneOf("safe", "unsafe"), title: string, edits: list(object({ ...span, text: string })) })),
  exception: orNull(object({ kind: oneOf("comment", "configuration"), file: string, line: count, until: orNull(string), reason: orNull(string) })),
  related: list(object({ file: string, document: count, ...span, message: string })),
});

const report = object({
  diagnostics: list(diagnostic),
  omitted: list(object({ file: string, document: count, rule: string, verdict, severity, suppressed: boolean, count, safeFixes: count, unsafeFixes: count })),
  files: list(object({ path: string, documents: list(object({ index: count, entity: orNull(string), identifier: orNull(string), status, reason: orNull(string) })) })),
  connectorLists: list(object({ file: string, madeAt: orNull(string), days: orNull(integer) })),
  shard: object({
    ...{ index: count, count, configuration: digest, tree: digest, files: count, own: count, today: string, failOn: severity },
    ...{ rules: orNull(list(string)), changedSince: orNull(string), isJudged: boolean, isApplicable: boolean, notRun: list(string) },
    ...{ aboutConfiguration: list(diagnostic), contents: map(digest), lists: map(digest) },
  }),
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
  if (shard === undefined) throw new UsageError(`${what} is of a whole check, and not of a shard: 'check --shard INDEX/COUNT --output json=FILE' writes those`);
  const written = isObject(shard) ? shard["version"] : undefined;
  if (written !== version()) {
    throw new UsageError(`${what} was written by harness-image-guard ${typeof written === "string" ? shown(written) : "of an unknown version"}, and this is ${version()}: run all shards and the merge with one version`);
  }
  const wrong = report(value, "");
  if (wrong !== undefined) throw broken(`'${shown(wrong.replace(/^\./, ""))}' isn't as 'check --shard' writes it`);
  return value as unknown as ShardReport;
}
