import { choiceOf } from "./parameter.js";
import { Refusal } from "./refusal.js";

interface Range {
  readonly type: string;
  readonly quality: number;
}

/**
 * Which of the types that there are an `Accept` asks for: of those of the highest weight the one that is offered first.
 *
 * @param offered media types, the preferred one first
 * @throws Refusal with 406 where it takes none of them
 */
export function accepted<Type extends string>(header: string | null, offered: readonly Type[]): Type {
  const [preferred] = offered;
  const ranges = rangesOf(header ?? "");
  if (ranges.length === 0 && preferred !== undefined) return preferred;
  let best: { readonly type: Type; readonly quality: number } | undefined;
  for (const type of offered) {
    const quality = qualityOf(type, ranges);
    if (quality > (best?.quality ?? 0)) best = { type, quality };
  }
  if (best !== undefined) return best.type;
  throw new Refusal(406, "not_acceptable", `none of the types in 'Accept' can be written; there are ${offered.join(", ")}`);
}

/**
 * The form in which a request asks for its answer.
 *
 * @param written its parameter `format`, which outranks `Accept`
 * @param types the media type of each form, the preferred form first
 * @throws Refusal with 400 or 406
 */
export function formatOf<Format extends string>(request: Request, written: string | undefined, types: Readonly<Record<Format, string>>): Format {
  const formats = Object.keys(types) as Format[];
  const named = choiceOf("format", written, formats);
  if (named !== undefined) return named;
  const type = accepted(request.headers.get("accept"), Object.values<string>(types));
  // One of them has it: they are what was offered.
  return formats.find((format) => types[format] === type) as Format;
}

function rangesOf(header: string): readonly Range[] {
  return header
    .split(",")
    .map((each) => each.split(";").map((part) => part.trim().toLowerCase()))
    .filter(([type]) => type !== "")
    .map(([type = "", ...parameters]) => ({ type, quality: weightOf(parameters) }));
}

function weightOf(parameters: readonly string[]): number {
  const written = parameters.find((each) => /^q\s*=/.test(each));
  if (written === undefined) return 1;
  const weight = Number(written.slice(written.indexOf("=") + 1));
  return weight >= 0 && weight <= 1 ? weight : 0;
}

/** The weight of the range that names a type most exactly. */
function qualityOf(type: string, ranges: readonly Range[]): number {
  const [group = ""] = type.split("/", 1);
  for (const name of [type, `${group}/*`, "*/*"]) {
    const range = ranges.find((each) => each.type === name);
    if (range !== undefined) return range.quality;
  }
  return 0;
}
