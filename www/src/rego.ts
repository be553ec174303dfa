import { LanguageSupport, StreamLanguage, type StringStream } from "@codemirror/language";

const KEYWORDS = new Set(
  "package import as default if contains in every some not with else true false null".split(" "),
);

interface State {
  raw: boolean;
}

/** Syntax highlighting for Rego. */
export function rego(): LanguageSupport {
  return new LanguageSupport(
    StreamLanguage.define<State>({
      name: "rego",
      startState: () => ({ raw: false }),
      token: (stream, state) => tokenOf(stream, state),
      languageData: { commentTokens: { line: "#" } },
    }),
  );
}

function tokenOf(stream: StringStream, state: State): string | null {
  if (state.raw || stream.eat("`")) {
    state.raw = !stream.skipTo("`");
    if (state.raw) stream.skipToEnd();
    else stream.next();
    return "string";
  }
  if (stream.eatSpace()) return null;
  if (stream.match(/^#.*/)) return "comment";
  if (stream.match(/^"(?:[^"\\]|\\.)*"?/)) return "string";
  if (stream.match(/^-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/)) return "number";
  if (stream.match(/^[A-Za-z_]\w*/)) {
    const word = stream.current();
    if (KEYWORDS.has(word)) return word === "true" || word === "false" || word === "null" ? "atom" : "keyword";
    return stream.peek() === "(" ? "variableName.function" : "variableName";
  }
  stream.next();
  return "punctuation";
}
