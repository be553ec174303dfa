import { isObject } from "../../json-object.js";
import { Unanswered } from "../network/unanswered.js";
import type { AccountAnswer } from "./account.js";

/** A page of a list. */
interface Page {
  readonly text: string;
  readonly content: readonly unknown[];
  readonly totalPages: number;
  readonly totalItems: number;
}

type Ask = (pageIndex: number) => Promise<AccountAnswer>;
type KeyOf = (item: unknown) => string | undefined;

/** The most that Harness gives at once. */
export const pageSize = 100;

/** No scope has more than a hundred thousand connectors. */
const mostPages = 1000;

/** How often a list is read that changes while it is read. */
const attempts = 3;

/**
 * Reads every page of a list.
 *
 * @param ask gets the page of an index, from 0
 * @param keyOf the key of an entry, which is unique in the list; `undefined` if it has none
 * @throws Unanswered, also if the pages don't fit together
 */
export async function allPages(ask: Ask, keyOf: KeyOf): Promise<readonly Page[]> {
  for (let attempt = 1; ; attempt++) {
    const pages = await pagesOnce(ask, keyOf);
    if (pages !== undefined) return pages;
    if (attempt === attempts) throw new Unanswered("its pages don't fit together: the list changed while it was read, or a response was cut off");
  }
}

/** `undefined` if they don't fit together. */
async function pagesOnce(ask: Ask, keyOf: KeyOf): Promise<readonly Page[] | undefined> {
  const first = pageOf(await ask(0), 0);
  const pages = [first];
  while (pages.length < first.totalPages) {
    const page = pageOf(await ask(pages.length), pages.length);
    if (page.totalPages !== first.totalPages || page.totalItems !== first.totalItems) return undefined;
    pages.push(page);
  }
  const items = pages.flatMap(({ content }) => content);
  // If an entry moves while the list is read, it may come twice, and another one not at all.
  const keys = items.map(keyOf).filter((key) => key !== undefined);
  return items.length === first.totalItems && new Set(keys).size === keys.length ? pages : undefined;
}

/** What a list has: under this key of each entry. */
export type Kind = "connector" | "organization" | "project";

/** The entity of an entry of a list; `undefined` if it has none. */
export function entityIn(item: unknown, kind: Kind): Readonly<Record<string, unknown>> | undefined {
  const entity = isObject(item) ? item[kind] : undefined;
  return isObject(entity) ? entity : undefined;
}

/** What an entity of a list is called. */
export function identifierIn(item: unknown, kind: Kind): string | undefined {
  const found = entityIn(item, kind)?.["identifier"];
  return typeof found === "string" ? found : undefined;
}

function pageOf({ text, data }: AccountAnswer, index: number): Page {
  const { content, totalPages, totalItems, pageIndex = 0 } = data as Readonly<Record<string, unknown>>;
  const isPage = Array.isArray(content) && isCount(totalPages) && isCount(totalItems) && pageIndex === index;
  if (!isPage) throw new Unanswered(`the response isn't page ${index} of a list (\`content\`, \`totalPages\`, \`totalItems\`, \`pageIndex\`)`);
  if (totalPages > mostPages) throw new Unanswered(`the response says that there are ${totalPages} pages; at most ${mostPages} are read`);
  return { text, content, totalPages, totalItems };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
