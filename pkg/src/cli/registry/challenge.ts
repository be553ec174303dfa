/** How a registry wants to be asked: a value of `WWW-Authenticate`. */
export interface Challenge {
  /** In lower case: `bearer`, `basic`. */
  readonly scheme: string;
  /** By their names in lower case. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** The challenges of a header. Source: RFC 9110, 11.6.1. */
export function challengesOf(header: string): readonly Challenge[] {
  const parameter = /[\s,]*([A-Za-z][\w-]*)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/y;
  const scheme = /[\s,]*([A-Za-z][\w-]*)(?=[\s,]|$)/y;
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  for (let at = 0; at < header.length; ) {
    parameter.lastIndex = scheme.lastIndex = at;
    const found = parameter.exec(header);
    const current = challenges.at(-1);
    if (found !== null && current !== undefined) {
      const [, name = "", quoted, plain] = found;
      current.parameters[name.toLowerCase()] = quoted?.replace(/\\(.)/g, "$1") ?? plain ?? "";
      at = parameter.lastIndex;
      continue;
    }
    const [, name] = scheme.exec(header) ?? [];
    if (name === undefined) break;
    challenges.push({ scheme: name.toLowerCase(), parameters: Object.create(null) as Record<string, string> });
    at = scheme.lastIndex;
  }
  return challenges;
}
