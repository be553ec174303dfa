import type { Bytes } from "../byte-stream.js";

/** What an archive has of interest. */
export type Entry =
  | {
      readonly kind: "file";
      /** As it is written in the archive. */
      readonly path: string;
      readonly content: Bytes;
    }
  | {
      readonly kind: "link";
      readonly path: string;
      /** As it is written in the archive. */
      readonly target: string;
      /** Whether the target is relative to the archive, and not to the link's folder. */
      readonly isHard: boolean;
    };

/** How much an archive may hold. */
export interface ArchiveLimits {
  readonly unpackedBytes: number;
  /** Entries of any kind. */
  readonly entries: number;
}
