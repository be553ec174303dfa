/** A file to check: its text, or why it has none. */
export type SourceFile = {
  /** Its path in the report, with `/`. */
  readonly path: string;
  /** Its path in its repository, if `path` begins further in: it decides whether the file is in `.harness/`. */
  readonly location?: string;
  /** Its path from the configuration's folder, if that differs from `path`: exceptions use it. */
  readonly configuredPath?: string;
  /**
   * Whether a search found it, instead of somebody naming it. If such a file can't be parsed, is outside `.harness/` and
   * has no line that begins with an entity's root key, it isn't applicable: it is probably another tool's template.
   */
  readonly searched?: boolean;
  /** Whether it is a list of connectors that exist only in the account. @internal */
  readonly connectorList?: boolean;
} & (
  | {
      /** YAML or JSON, as a string or as bytes in UTF-8. Other bytes are an error in the report. */
      readonly text: string | Uint8Array;
    }
  | {
      /** Why it couldn't be read, for the report, so that no file is left out silently. */
      readonly unreadable: string;
    }
  | {
      /** Why there is no file where this link leads. */
      readonly missing: string;
    }
);
