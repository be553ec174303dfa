import type { Guard } from "../../guard.js";
import type { Report, Severity } from "../../report.js";
import { mayHoldConnector } from "../connector-hint.js";
import { type FindingStyle, splitByFile } from "../file-texts.js";
import { isAboutConfiguration, partOf, type ReportPart } from "../report-part.js";
import type { Chunk } from "./chunk.js";

/** How chunks are checked. */
export interface ChunkWork {
  /** The path of the configuration, if there is one. */
  readonly config: string | undefined;
  /** How the findings are shown as text, if they are. */
  readonly style: FindingStyle | undefined;
  /** The lowest severity that leads to exit code 1. */
  readonly failOn: Severity;
}

/** What is found in a chunk. */
export interface ChunkResult extends ReportPart {
  /** The command's exit code if this were all. */
  readonly exitCode: number;
  /** The findings of each file as text, by its path. */
  readonly texts: ReadonlyMap<string, string> | undefined;
}

/**
 * Checks a chunk.
 *
 * @param isFirst whether this chunk reports problems of the lists of connectors, which every chunk has
 * @returns `undefined` if all files have to be checked at once: one has a connector in a notation that the other chunks don't
 * recognize, or a finding is about none of the files
 */
export function checkChunk(guard: Guard, { own, connectors }: Chunk, isFirst: boolean, { config, style, failOn }: ChunkWork): ChunkResult | undefined {
  const sources = [...own, ...connectors];
  const judged = style === undefined ? { ...guard.judge(sources, failOn), text: undefined } : guard.judgeAndShow(sources, { ...style, failOn });
  const { report, exitCode, text } = judged;
  const lists = new Set(guard.connectorFiles.map(({ path }) => path));
  const paths = new Set(own.map(({ path }) => path).filter((path) => !lists.has(path)));
  const part = partOf(report, (path) => paths.has(path) || (isFirst && lists.has(path)), config);
  const held = new Map(own.map((source) => [source.path, source]));
  for (const { path, documents } of part.report.files) {
    const source = held.get(path);
    if (source !== undefined && documents.some(({ entity }) => entity === "connector") && !mayHoldConnector(source)) return undefined;
  }
  const checked = new Set(report.files.map(({ path }) => path));
  if (report.diagnostics.some((each) => !checked.has(each.file) && !isAboutConfiguration(each, config))) return undefined;
  const isAll = report.files.length === own.length && part.aboutConfiguration.length === 0;
  const counted = isAll ? { report: part.report, exitCode } : guard.recounted(part.report, failOn);
  return { ...part, ...counted, texts: text === undefined || style === undefined ? undefined : ownTexts(text, report, part, style) };
}

function ownTexts(text: string, report: Report, { report: { files } }: ReportPart, { showSuppressed }: FindingStyle): ReadonlyMap<string, string> {
  const own = new Set(files.map(({ path }) => path));
  return new Map([...splitByFile(text, report, showSuppressed)].filter(([path]) => own.has(path)));
}
