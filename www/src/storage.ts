import { readShared } from "./share.ts";
import type { Project } from "./project.ts";

const KEY = "harness-image-guard.project";

/** What was being worked on when the page was last left; `undefined` if nothing is known of it. */
export function restore(): Project | undefined {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === null ? undefined : readShared(JSON.parse(kept));
  } catch {
    // Storage is switched off, or what is there was not written by this page.
    return undefined;
  }
}

/** Keeps what is being worked on; `false` if the browser has no room for it. */
export function keep(project: Project): boolean {
  try {
    localStorage.setItem(KEY, JSON.stringify(project));
    return true;
  } catch {
    forget();
    return false;
  }
}

/** Forgets everything that this page has kept. */
export function forget(): void {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Nothing could be kept either.
  }
}
