import { sha256 } from "../digest.js";
import { HarnessImageGuardError } from "../error.js";
import { givenOptions, type OptionKinds } from "../given-options.js";
import { isListOfStrings, isObject } from "../json-object.js";
import type { Limits } from "./limits.js";
import { Refusal } from "./refusal.js";
import { isScope, scopes, type Scope } from "./scope.js";

/** A client that is allowed, and its secret. */
export interface AccessToken {
  /** The secret, sent as `Authorization: Bearer …`: at least 16 characters that a header can have. */
  readonly token: string;
  /** Its name in the log; by default, its place in the list. */
  readonly name?: string;
  /** The routes that it may use; by default, all. */
  readonly scopes?: readonly Scope[];
}

const tokenKinds: OptionKinds<AccessToken> = { token: "any", name: "any", scopes: "any" };

/** Whether a string can be a token: long enough not to be guessed, and with nothing that a header can't have. */
export function isToken(text: unknown): text is string {
  return typeof text === "string" && /^[\x21-\x7e]{16,}$/.test(text);
}

/** A token as it is compared: tokens of any length become as long as one another. */
interface Kept {
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
  readonly digest: Uint8Array;
}

const minute = 60_000;
/** Clients whose wrong tokens are remembered; the oldest is forgotten for one more. */
const mostClients = 10_000;

/** Who may ask what. */
export class Access {
  readonly #tokens: readonly AccessToken[] | undefined;
  readonly #mostWrong: number;
  #kept: Promise<readonly Kept[]> | undefined;
  /** By client, how many wrong tokens it sent since when. */
  readonly #wrong = new Map<string, { count: number; readonly since: number }>();

  /**
   * @param tokens `undefined` where everybody may ask everything
   * @throws HarnessImageGuardError with the code `usage` for a token that can't be one
   */
  constructor(
    tokens: readonly AccessToken[] | undefined,
    { wrongTokens }: Limits,
  ) {
    this.#tokens = tokens;
    this.#mostWrong = wrongTokens;
    if (tokens !== undefined && !(Array.isArray(tokens) && (tokens as readonly unknown[]).every(isObject))) throw new HarnessImageGuardError("usage", "'tokens' has to be an array of objects");
    for (const [index, each] of (tokens ?? []).entries()) {
      // A `scope` that is passed over would leave the token all scopes.
      const { token, name = "", scopes: given = [] } = givenOptions(each, tokenKinds, `tokens[${index}]`);
      if (!isToken(token)) {
        throw new HarnessImageGuardError("usage", `the token ${index + 1} has to have at least 16 characters, all of them printable ASCII without spaces`);
      }
      if (typeof name !== "string") throw new HarnessImageGuardError("usage", `the name of the token ${index + 1} has to be a string`);
      if (!isListOfStrings(given)) throw new HarnessImageGuardError("usage", `the scopes of the token ${index + 1} have to be an array of strings`);
      const unknown = given.find((each) => !isScope(each));
      if (unknown !== undefined) throw new HarnessImageGuardError("usage", `the token ${index + 1} has an unknown scope '${unknown}'; there are ${scopes.join(", ")}`);
    }
    if (tokens?.length === 0) throw new HarnessImageGuardError("usage", "the list of tokens is empty: nobody could use any route");
  }

  /**
   * Who asks.
   *
   * @param client whose wrong tokens are counted together; empty where nobody knows
   * @returns the token's name; `undefined` where none is needed
   * @throws Refusal with 401, 403 or 429
   */
  async assertAllowed(request: Request, scope: Scope, client: string): Promise<string | undefined> {
    if (this.#tokens === undefined) return undefined;
    const now = Date.now();
    const wrong = this.#wrong.get(client);
    // Where nobody says who asks, a stranger's guesses would lock out everybody.
    if (client !== "" && wrong !== undefined && now - wrong.since < minute && wrong.count >= this.#mostWrong) {
      const seconds = Math.ceil((wrong.since + minute - now) / 1000);
      throw new Refusal(429, "too_many_requests", `too many wrong tokens; try again in ${seconds} seconds`, { headers: { "retry-after": String(seconds) } });
    }
    const header = request.headers.get("authorization");
    if (header === null) throw unauthorized("this needs 'Authorization: Bearer TOKEN'", "");
    const sent = /^Bearer +([\x21-\x7e]{1,4096})$/i.exec(header)?.[1];
    const found = sent === undefined ? undefined : await this.#find(sent, this.#tokens);
    if (found === undefined) {
      this.#count(client, now);
      throw unauthorized("the token is wrong", ', error="invalid_token"');
    }
    if (!found.scopes.has(scope)) {
      throw new Refusal(403, "unauthorized", `the token has no access to '${scope}'`, { headers: { "www-authenticate": `${challenge}, error="insufficient_scope"` } });
    }
    return found.name;
  }

  async #find(sent: string, tokens: readonly AccessToken[]): Promise<Kept | undefined> {
    this.#kept ??= Promise.all(tokens.map(kept));
    const [digest, all] = await Promise.all([sha256(sent), this.#kept]);
    let found: Kept | undefined;
    // All of them, and all of each: how long it takes says nothing of which is nearly right.
    for (const each of all) {
      if (areSame(each.digest, digest)) found = each;
    }
    return found;
  }

  #count(client: string, now: number): void {
    const before = this.#wrong.get(client);
    this.#wrong.delete(client);
    this.#wrong.set(client, before !== undefined && now - before.since < minute ? { ...before, count: before.count + 1 } : { count: 1, since: now });
    if (this.#wrong.size <= mostClients) return;
    for (const oldest of this.#wrong.keys()) {
      this.#wrong.delete(oldest);
      break;
    }
  }
}

const challenge = 'Bearer realm="harness-image-guard"';

function unauthorized(message: string, details: string): Refusal {
  return new Refusal(401, "unauthorized", message, { headers: { "www-authenticate": challenge + details } });
}

async function kept({ token, name, scopes: given }: AccessToken, index: number): Promise<Kept> {
  return { name: name ?? `token ${index + 1}`, scopes: new Set(given ?? scopes), digest: await sha256(token) };
}

/** Compares in a time that doesn't depend on where the first difference is. */
export function areSame(one: Uint8Array, other: Uint8Array): boolean {
  let difference = one.length ^ other.length;
  for (const [index, byte] of one.entries()) difference |= byte ^ (other[index] ?? 0);
  return difference === 0;
}
