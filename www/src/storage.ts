import { readChanges, type PlainChange } from "./change.ts";
import { readShared } from "./share.ts";
import type { Project } from "./project.ts";

const PROJECT = "harness-image-guard.project";
const CHANGES = "harness-image-guard.undo";
const OFFERED = "harness-image-guard.offered";
const TAB = "harness-image-guard.tab";

/** How long a reloaded tab waits for its former page to release its lock, in milliseconds. */
const TIMEOUT = 500;

/** A stored project, with the time, because a new tab continues with the latest one. */
interface Stored {
  readonly at: number;
  readonly project: Project;
}

/** The work that was stored when the page was last left. */
export interface Kept {
  readonly project: Project;
  /** The changes that can be undone, the latest last. */
  readonly changes: readonly PlainChange[];
}

/**
 * Stores a tab's project in the browser. Each open tab has a place of its own, which it holds by a lock; a new tab takes
 * over the place of a closed one.
 */
export class Storage {
  readonly #tab: string;
  /** What was stored; `undefined` if there was nothing that can be read. */
  readonly kept: Kept | undefined;
  /** Whether this tab found nothing, but another open tab has work. */
  readonly isElsewhere: boolean;

  private constructor(tab: string, kept: Kept | undefined, isElsewhere: boolean) {
    this.#tab = tab;
    this.kept = kept;
    this.isElsewhere = isElsewhere;
  }

  static async open(): Promise<Storage> {
    const own = tabNow();
    // A duplicated tab has the same identifier, but the original holds the lock.
    if (own !== undefined && (await hold(own, { signal: AbortSignal.timeout(TIMEOUT) }))) {
      return new Storage(own, keptBy(own), false);
    }
    const tab = own ?? (await abandoned());
    const kept = tab === undefined ? legacy() : keptBy(tab);
    if (tab !== undefined && tab !== own) {
      remember(tab);
      return new Storage(tab, kept, false);
    }
    const made = crypto.randomUUID?.() ?? String(Math.random()).slice(2);
    remember(made);
    void hold(made, {});
    return new Storage(made, kept, kept === undefined && tabs().length > 0);
  }

  /** Stores the project; `false` if there is no room for it. */
  keep(project: Project): boolean {
    const stored: Stored = { at: Date.now(), project };
    return put(`${PROJECT}.${this.#tab}`, JSON.stringify(stored));
  }

  /** Stores the changes that can be undone: as many of the latest as there is room for. */
  keepChanges(changes: readonly PlainChange[]): void {
    const key = `${CHANGES}.${this.#tab}`;
    for (let first = 0; first < changes.length; first += 1) {
      if (put(key, JSON.stringify(changes.slice(first)))) return;
    }
    drop(key);
  }

  /** Whether Undo was offered, and not dismissed, when the page was left. */
  get isOffered(): boolean {
    try {
      return sessionStorage.getItem(OFFERED) !== null;
    } catch {
      return false;
    }
  }

  /** Stores whether Undo is offered. */
  offer(isOffered: boolean): void {
    try {
      if (isOffered) sessionStorage.setItem(OFFERED, "undo");
      else sessionStorage.removeItem(OFFERED);
    } catch {
      // Then it isn't offered again.
    }
  }

  /** Deletes everything that this tab has stored. */
  forget(): void {
    drop(`${PROJECT}.${this.#tab}`);
    drop(`${CHANGES}.${this.#tab}`);
  }
}

/** Locks a tab's place for as long as the page is open; `false` if another page has the lock. */
function hold(tab: string, options: LockOptions): Promise<boolean> {
  return new Promise((resolve) => {
    // Insecure connections have no locks.
    if (!("locks" in navigator)) {
      resolve(options.ifAvailable !== true);
      return;
    }
    navigator.locks
      .request(`${TAB}.${tab}`, options, (lock) => {
        resolve(lock !== null);
        return lock === null ? undefined : new Promise(() => undefined);
      })
      .catch(() => resolve(false));
  });
}

/** The closed tab that stored something last, whose place this page takes over. */
async function abandoned(): Promise<string | undefined> {
  for (const tab of tabs()) if (await hold(tab, { ifAvailable: true })) return tab;
  return undefined;
}

/** The tabs that have stored something, the latest first. */
function tabs(): string[] {
  try {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(`${PROJECT}.`))
      .map((key) => ({ tab: key.slice(PROJECT.length + 1), at: timeOf(localStorage.getItem(key)) }))
      .sort((a, b) => b.at - a.at)
      .map(({ tab }) => tab);
  } catch {
    return [];
  }
}

function timeOf(stored: string | null): number {
  // The time comes first, so that a large project needn't be parsed.
  return Number(/^\{"at":(\d+)/.exec(stored ?? "")?.[1] ?? 0);
}

function keptBy(tab: string): Kept | undefined {
  const { project } = Object(read(`${PROJECT}.${tab}`)) as Partial<Stored>;
  const known = readShared(project);
  return known === undefined ? undefined : { project: known, changes: readChanges(read(`${CHANGES}.${tab}`)) };
}

/** What was stored before tabs had places of their own. */
function legacy(): Kept | undefined {
  const project = readShared(read(PROJECT));
  drop(PROJECT);
  return project === undefined ? undefined : { project, changes: [] };
}

function tabNow(): string | undefined {
  try {
    return sessionStorage.getItem(TAB) ?? undefined;
  } catch {
    return undefined;
  }
}

function remember(tab: string): void {
  try {
    sessionStorage.setItem(TAB, tab);
  } catch {
    // Then, after a reload, it is a new tab, which takes over this one's place.
  }
}

function read(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null");
  } catch {
    // Storage is disabled, or the value wasn't written by this page.
    return undefined;
  }
}

function put(key: string, value: string): boolean {
  try {
    localStorage.setItem(key, value);
    return true;
  } catch {
    return false;
  }
}

function drop(key: string): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing could be stored either.
  }
}
