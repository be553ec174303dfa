import type { StandardStream } from "./standard-stream.js";

/**
 * Whether to write colors to a stream. `FORCE_COLOR` outranks `NO_COLOR`, as in Node itself; without either, a
 * terminal gets them unless it says that it is dumb.
 */
export function wantsColor({ isTerminal }: Pick<StandardStream, "isTerminal">): boolean {
  const { FORCE_COLOR: forced, NO_COLOR: refused, TERM: terminal } = process.env;
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  if (refused !== undefined && refused !== "") return false;
  return isTerminal && terminal !== "dumb";
}
