import { resolve } from "node:path";

import { type AccessToken, isToken } from "../../handler/access.js";
import { isScope, scopes } from "../../handler/scope.js";
import { Enclosure } from "../enclosure.js";
import { readNamedText } from "../named-file.js";
import { shown } from "../output.js";
import { readable } from "../system-error.js";
import { UsageError } from "../usage-error.js";

/**
 * The tokens of a file: on each line a name, a token and, where it isn't good for everything, its scopes with commas.
 *
 * @param isOpen whether links may lead anywhere
 * @throws UsageError which never quotes a token
 */
export async function readTokens(path: string, isOpen: boolean): Promise<readonly AccessToken[]> {
  const enclosure = await Enclosure.around([resolve(path)], process.cwd(), isOpen);
  const text = await readable(`the tokens '${shown(path)}'`, readNamedText(path, enclosure));
  const tokens = text.split(/\r?\n/).flatMap((line, index) => (/^\s*(?:#|$)/.test(line) ? [] : [tokenOf(line, `${shown(path)}:${index + 1}`)]));
  if (tokens.length === 0) throw new UsageError(`the file '${shown(path)}' has no token`);
  return tokens;
}

function tokenOf(line: string, place: string): AccessToken {
  const [name = "", token, listed, ...surplus] = line.trim().split(/\s+/);
  if (token === undefined || surplus.length > 0) throw new UsageError(`${place}: a line is NAME TOKEN, or NAME TOKEN SCOPE,SCOPE`);
  if (!isToken(token)) throw new UsageError(`${place}: the token of '${shown(name)}' has to have at least 16 characters, all of them printable ASCII`);
  if (listed === undefined) return { name, token };
  const given = listed.split(",");
  const unknown = given.find((scope) => !isScope(scope));
  if (unknown !== undefined) throw new UsageError(`${place}: there is no scope '${shown(unknown)}'; there are ${scopes.join(", ")}`);
  return { name, token, scopes: given.filter(isScope) };
}
