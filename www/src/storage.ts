import { readChanges, type PlainChange } from "./change.ts";
import { readShared } from "./share.ts";
import type { Project } from "./project.ts";

const PROJECT = "harness-image-guard.project";
const CHANGES = "harness-image-guard.undo";
const OFFERED = "harness-image-guard.offered";
const TAB = "harness-image-guard.tab";

/** How long a tab that is loaded again waits for itself to have gone, in milliseconds. */
const PATIENCE = 500;

/** What a project is kept with: when that was, for the newest is what one goes on with. */
interface Stored {
  readonly at: number;
  readonly project: Project;
}

/** What was being worked on when the page was last left. */
export interface Kept {
  readonly project: Project;
  /** What can be undone, the latest last. */
  readonly changes: readonly PlainChange[];
}

/**
 * Where a tab keeps its project in the browser: each tab has a place of its own, which it holds for
 * as long as it is open. What a closed tab has left is found by the next one.
 */
export class Storage {
  readonly #tab: string;
  /** What was there; `undefined` if nothing is known of it. */
  readonly kept: Kept | undefined;
  /** Whether there is work that another tab holds, while this one found nothing. */
  readonly isElsewhere: boolean;

  private constructor(tab: string, kept: Kept | undefined, isElsewhere: boolean) {
    this.#tab = tab;
    this.kept = kept;
    this.isElsewhere = isElsewhere;
  }

  static async open(): Promise<Storage> {
    const own = tabNow();
    // A copy of a tab has its number, too, but the first one holds that.
    if (own !== undefined && (await hold(own, { signal: AbortSignal.timeout(PATIENCE) }))) {
      return new Storage(own, keptBy(own), false);
    }
    const tab = own ?? (await left());
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

  /** Keeps what is being worked on; `false` if the browser has no room for it. */
  keep(project: Project): boolean {
    const stored: Stored = { at: Date.now(), project };
    return put(`${PROJECT}.${this.#tab}`, JSON.stringify(stored));
  }

  /** Keeps what can be undone, as much of the latest as there is room for. */
  keepChanges(changes: readonly PlainChange[]): void {
    const key = `${CHANGES}.${this.#tab}`;
    for (let first = 0; first < changes.length; first += 1) {
      if (put(key, JSON.stringify(changes.slice(first)))) return;
    }
    drop(key);
  }

  /** Whether the undo of the last change was offered when the page was left, and not dismissed. */
  get isOffered(): boolean {
    try {
      return sessionStorage.getItem(OFFERED) !== null;
    } catch {
      return false;
    }
  }

  /** Keeps that the undo is offered, or that it no longer is. */
  offer(isOffered: boolean): void {
    try {
      if (isOffered) sessionStorage.setItem(OFFERED, "undo");
      else sessionStorage.removeItem(OFFERED);
    } catch {
      // Then it isn't offered again.
    }
  }

  /** Forgets everything that this tab has kept. */
  forget(): void {
    drop(`${PROJECT}.${this.#tab}`);
    drop(`${CHANGES}.${this.#tab}`);
  }
}

/** Holds a tab's place for as long as the page is open; `false` if another one does. */
function hold(tab: string, options: LockOptions): Promise<boolean> {
  return new Promise((resolve) => {
    // Over a connection that isn't secure, this is unknown.
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

/** The tab that kept something last and is closed; its place is this page's from now on. */
async function left(): Promise<string | undefined> {
  for (const tab of tabs()) if (await hold(tab, { ifAvailable: true })) return tab;
  return undefined;
}

/** The tabs that have kept something, the newest first. */
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
  // It is at the beginning; a large project needn't be read for it.
  return Number(/^\{"at":(\d+)/.exec(stored ?? "")?.[1] ?? 0);
}

function keptBy(tab: string): Kept | undefined {
  const { project } = Object(read(`${PROJECT}.${tab}`)) as Partial<Stored>;
  const known = readShared(project);
  return known === undefined ? undefined : { project: known, changes: readChanges(read(`${CHANGES}.${tab}`)) };
}

/** What was kept before tabs had places of their own. */
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
    // Then it is a new tab after a reload, which finds what this one has left.
  }
}

function read(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null");
  } catch {
    // Storage is switched off, or what is there was not written by this page.
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
    // Nothing could be kept either.
  }
}
