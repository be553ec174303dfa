/** One file to check: its text, or why it has none. */
export type SourceFile =
  | {
      /** What the report calls it; with `/` between folders. */
      readonly path: string;
      /** YAML or JSON. Bytes must be UTF-8; that they are is part of the check. */
      readonly text: string | Uint8Array;
    }
  | {
      /** What the report calls it. */
      readonly path: string;
      /** Why it could not be read, as the report will say it: a file asked for is never left out silently. */
      readonly unreadable: string;
    };
