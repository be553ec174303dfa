/** The stream and the variables that colors depend on. */
export interface Surroundings {
  readonly isTerminal: boolean;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/**
 * Whether to write colors. `FORCE_COLOR` outranks `NO_COLOR`, as in Node itself; without either, a
 * terminal gets them unless it says that it is dumb.
 */
export function wantsColor({ isTerminal, variables }: Surroundings): boolean {
  const { FORCE_COLOR: forced, NO_COLOR: refused, TERM: terminal } = variables;
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  if (refused !== undefined && refused !== "") return false;
  return isTerminal && terminal !== "dumb";
}
