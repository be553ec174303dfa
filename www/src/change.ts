import type { OpenFile } from "./open-file.ts";
import type { OwnPolicy } from "./project.ts";
import { readPolicy } from "./share.ts";

/** A path before a change: its text, and its place among the files; no text where there was no file. */
export interface ChangedFile {
  readonly path: string;
  readonly text: string | undefined;
  readonly index: number;
}

/** What a change of the project replaced. */
export interface PlainChange {
  /** What was done: `Opened an example`. */
  readonly label: string;
  readonly files: readonly ChangedFile[];
  /** The file that was shown. */
  readonly active?: string | undefined;
  readonly config?: string | undefined;
  /** `null` where there was none. */
  readonly policy?: OwnPolicy | null | undefined;
}

/** A change while the page is open: its files still have their edit history. */
export interface Change extends PlainChange {
  readonly files: readonly (ChangedFile & { readonly file?: OpenFile | undefined })[];
}

/** A change as it can be stored. */
export function plainChange({ label, files, active, config, policy }: Change): PlainChange {
  return { label, files: files.map(({ path, text, index }) => ({ path, text, index })), active, config, policy };
}

/** Reads changes from stored JSON; what isn't a change is left out. */
export function readChanges(value: unknown): PlainChange[] {
  return Array.isArray(value) ? value.flatMap((each: unknown) => readChange(each) ?? []) : [];
}

function readChange(value: unknown): PlainChange | undefined {
  const { label, files, active, config, policy } = Object(value) as Readonly<Record<string, unknown>>;
  if (typeof label !== "string" || !Array.isArray(files)) return undefined;
  const read = files.flatMap((file: unknown): ChangedFile[] => {
    const { path, text, index } = Object(file) as Readonly<Record<string, unknown>>;
    if (typeof path !== "string" || path === "" || typeof index !== "number") return [];
    return [{ path, index, text: typeof text === "string" ? text : undefined }];
  });
  return {
    label,
    files: read,
    active: typeof active === "string" ? active : undefined,
    config: typeof config === "string" ? config : undefined,
    policy: policy === null ? null : readPolicy(policy),
  };
}
