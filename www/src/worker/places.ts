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
  #last = { line: 0, point: 0, unit: 0 };

  constructor(text: string) {
    this.#text = text;
  }

  of({ line, column }: Counted): Place {
    this.#lines ??= this.#text.split(/\r\n|\r|\n/);
    return { line, column: this.#units(line, column - 1) };
  }

  /**
   * How many UTF-16 units the first code points of a line take. Places come in order, mostly: a long line isn't
   * counted from its start for each.
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
