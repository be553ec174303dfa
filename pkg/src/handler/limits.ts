/** How much one request may bring, and how many there may be at once. */
export interface Limits {
  /** The bytes of a body as it is sent; 16 MiB by default. More is 413. */
  readonly bodyBytes: number;
  /** The bytes that a compressed body or an archive may have when it is unpacked; 64 MiB by default. More is 413. */
  readonly unpackedBytes: number;
  /** The files of one request, and the entries of an archive that are passed over count tenfold less; 10,000 by default. */
  readonly files: number;
  /** How deep arrays and objects of a JSON body may be nested; 512 by default. Deeper is 400. */
  readonly nesting: number;
  /** How long a body may take to arrive, in seconds; 30 by default. Longer is 408. */
  readonly bodySeconds: number;
  /** The requests of one client that are answered at the same time; 16 by default. One more is 429. */
  readonly concurrent: number;
  /** The wrong tokens that one client may send in a minute; 20 by default. More is 429. */
  readonly wrongTokens: number;
}

/** What holds where the host says nothing else. */
export const defaultLimits: Limits = {
  bodyBytes: 16 * 2 ** 20,
  unpackedBytes: 64 * 2 ** 20,
  files: 10_000,
  nesting: 512,
  bodySeconds: 30,
  concurrent: 16,
  wrongTokens: 20,
};
