/** One file to check: its text, or why it has none. */
export type SourceFile = {
  /** What the report calls it; with `/` between folders. */
  readonly path: string;
  /** Its path in its repository, where that begins further out than `path`: it says whether the file is in `.harness/`. */
  readonly location?: string;
  /** Its path from the configuration's folder, where that is another than `path`: exceptions name it so. */
  readonly configuredPath?: string;
  /**
   * Whether a search came upon it, rather than that somebody named it. Then it is not applicable where it
   * can't be parsed, lies outside of `.harness/` and has no line that begins with an entity's root key:
   * most likely it is another tool's template.
   */
  readonly searched?: boolean;
  /** Whether it is a list of connectors that exist only in the account. @internal */
  readonly connectorList?: boolean;
} & (
  | {
      /** YAML or JSON. Bytes must be UTF-8; that they are is part of the check. */
      readonly text: string | Uint8Array;
    }
  | {
      /** Why it could not be read, as the report will say it: a file asked for is never left out silently. */
      readonly unreadable: string;
    }
  | {
      /** It is a link, and this is why there is no file at its end. */
      readonly missing: string;
    }
);
