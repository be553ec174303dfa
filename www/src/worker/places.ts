import type { Place, Question } from "../messages.ts";

/** A place in a report: both from 1, the column in code points. */
interface Counted {
  readonly line: number;
  readonly column: number;
}

/** Converts places of a report into those of an editor, whose columns are in UTF-16 units. */
export class Places {
  readonly #text: string;
  #lines: readonly string[] | undefined;
  #last = { line: 0, point: 0, unit: 0 };

  constructor(text: string) {
    this.#text = text;
  }

  of({ line, column }: Counted): Place {
    this.#lines ??= this.#text.split(/\r\n|\r|\n/);
    return { line, column: this.#units(line, column - 1) };
  }

  /**
   * The number of UTF-16 units in the first code points of a line. It continues from the last place, because places mostly
   * come in order, and a line may be long.
   */
  #units(line: number, points: number): number {
    const text = this.#lines?.[line - 1] ?? "";
    let { point, unit } = this.#last.line === line && this.#last.point <= points ? this.#last : { point: 0, unit: 0 };
    for (; point < points && unit < text.length; point += 1) {
      unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
    }
    this.#last = { line, point, unit };
    return unit;
  }
}

/** The places of every file, by its path. */
export function placesOf({ files }: Question): (path: string) => Places {
  const places = new Map(files.map(({ path, text }) => [path, new Places(text)]));
  const nowhere = new Places("");
  return (path) => places.get(path) ?? nowhere;
}
