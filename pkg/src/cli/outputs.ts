import { statSync } from "node:fs";
import { resolve } from "node:path";

import { outputFormats } from "../report-format.js";
import { didYouMean } from "./command-line.js";
import { shown } from "./output.js";
import { suggestion } from "./suggestion.js";
import { UsageError } from "./usage-error.js";

/** One of the forms in which a check reports. */
export interface Output {
  readonly format: (typeof outputFormats)[number];
  /** As somebody wrote it; `undefined` for standard output. */
  readonly file: string | undefined;
}

/**
 * The outputs of `--output FORMAT[=FILE]`, and of `--format`, which names standard output's.
 *
 * @throws UsageError for an unknown format, and where two outputs go to one place
 */
export async function outputsOf(
  written: readonly string[],
  format: "text" | "json" | undefined,
  hint: string,
): Promise<readonly Output[]> {
  const outputs = written.map((each) => outputOf(each, hint));
  if (format !== undefined) outputs.push({ format, file: undefined });
  const [first, second] = outputs.filter(({ file }) => file === undefined);
  if (first !== undefined && second !== undefined) {
    throw new UsageError(
      `'${first.format}' and '${second.format}' would both go to standard output: give one of them a file, as in '--output ${second.format}=FILE'`,
      hint,
    );
  }
  const places = new Map<string, Output>();
  for (const output of outputs) {
    if (output.file === undefined) continue;
    const place = placeOf(output.file);
    const other = places.get(place);
    if (other !== undefined) {
      throw new UsageError(`'${other.format}' and '${output.format}' would both be written to '${shown(output.file)}'`, hint);
    }
    places.set(place, output);
  }
  return outputs;
}

function outputOf(written: string, hint: string): Output {
  const [format = ""] = written.split("=", 1);
  const file = written.length === format.length ? undefined : written.slice(format.length + 1);
  if (!isFormat(format)) {
    const known = outputFormats.map((each) => `'${each}'`).join(", ");
    throw new UsageError(
      `option '--output' can't be '${shown(format)}'; it is one of ${known}${didYouMean(suggestion(format, outputFormats))}`,
      hint,
    );
  }
  if (file === "") throw new UsageError(`option '--output' needs a file after '${format}='; without '=', it is standard output`, hint);
  return { format, file: file === "-" ? undefined : file };
}

function isFormat(format: string): format is Output["format"] {
  return (outputFormats as readonly string[]).includes(format);
}

/** The same for two names of one file. */
function placeOf(file: string): string {
  const absolute = resolve(file);
  try {
    const { dev, ino } = statSync(absolute, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return absolute;
  }
}
