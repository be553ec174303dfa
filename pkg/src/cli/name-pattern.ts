/**
 * Whether a name fits a pattern of the shell's, as Go's `filepath.Match` reads it: `*`, `?`, `[a-z]`, `[^a]`, `\`.
 * A pattern that is malformed fits nothing.
 */
export function matchesName(pattern: string, name: string): boolean {
  const parts = partsOf(pattern);
  if (parts === undefined) return false;
  const letters = [...name];
  let [part, letter] = [0, 0];
  /** Where to go on when what follows the last star doesn't fit. */
  let star: { readonly part: number; letter: number } | undefined;
  while (letter < letters.length) {
    const test = parts[part];
    if (test === "star") {
      star = { part: part + 1, letter };
      part += 1;
    } else if (test?.(letters[letter] ?? "")) {
      part += 1;
      letter += 1;
    } else if (star === undefined) {
      return false;
    } else {
      star.letter += 1;
      [part, letter] = [star.part, star.letter];
    }
  }
  return parts.slice(part).every((test) => test === "star");
}

type Part = "star" | ((letter: string) => boolean);

function partsOf(pattern: string): readonly Part[] | undefined {
  const parts: Part[] = [];
  const letters = [...pattern];
  let at = 0;
  /** The next letter, which a backslash makes an ordinary one. */
  const next = (): string | undefined => {
    const letter = letters[at++];
    return letter === "\\" ? letters[at++] : letter;
  };
  while (at < letters.length) {
    const letter = letters[at];
    if (letter === "*") {
      at += 1;
      parts.push("star");
    } else if (letter === "?") {
      at += 1;
      parts.push(() => true);
    } else if (letter === "[") {
      at += 1;
      const isNegated = letters[at] === "^";
      if (isNegated) at += 1;
      const ranges: (readonly [string, string])[] = [];
      while (letters[at] !== "]" || ranges.length === 0) {
        const low = next();
        let high = low;
        if (letters[at] === "-") {
          at += 1;
          high = next();
        }
        if (low === undefined || high === undefined) return undefined;
        ranges.push([low, high]);
      }
      at += 1;
      parts.push((found) => ranges.some(([low, high]) => low <= found && found <= high) !== isNegated);
    } else {
      const own = next();
      if (own === undefined) return undefined;
      parts.push((found) => found === own);
    }
  }
  return parts;
}
