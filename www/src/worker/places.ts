import type { Place, Question } from "../messages.ts";

/** A place as the report counts it: both from 1, columns in code points. */
interface Counted {
  readonly line: number;
  readonly column: number;
}

/** Turns the places of a report into those of an editor, which counts columns in UTF-16 units. */
export class Places {
  readonly #text: string;
  #lines: readonly string[] | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  of({ line, column }: Counted): Place {
    this.#lines ??= this.#text.split(/\r\n|\r|\n/);
    const text = this.#lines[line - 1] ?? "";
    return { line, column: unitsOf(text, column - 1) };
  }
}

/** How many UTF-16 units the first code points of a text take. */
function unitsOf(text: string, points: number): number {
  let units = 0;
  for (let point = 0; point < points && units < text.length; point += 1) {
    units += (text.codePointAt(units) ?? 0) > 0xffff ? 2 : 1;
  }
  return units;
}

/** The places of every file, by its path. */
export function placesOf({ files }: Question): (path: string) => Places {
  const places = new Map(files.map(({ path, text }) => [path, new Places(text)]));
  const nowhere = new Places("");
  return (path) => places.get(path) ?? nowhere;
}
