/** Limits on the size of a request, and on the number of requests. */
export interface Limits {
  /** The bytes of a body as it is sent: 16 MiB by default. If there are more, the response is 413. */
  readonly bodyBytes: number;
  /** The bytes of a compressed body, or of all files of an archive, once unpacked: 64 MiB by default. Otherwise 413. */
  readonly unpackedBytes: number;
  /** The files of a request: 10,000 by default. An archive may have ten times as many entries. Otherwise 413. */
  readonly files: number;
  /** How deep arrays and objects may nest in a JSON body: 512 by default. Otherwise 400. */
  readonly nesting: number;
  /** The seconds in which a body has to arrive: 30 by default. Otherwise 408. */
  readonly bodySeconds: number;
  /** The requests of one client that are answered at the same time: 16 by default. Otherwise 429. */
  readonly concurrent: number;
  /** The wrong tokens that one client may send in a minute: 20 by default. Otherwise 429. */
  readonly wrongTokens: number;
}

/** The defaults. */
export const defaultLimits: Limits = {
  bodyBytes: 16 * 2 ** 20,
  unpackedBytes: 64 * 2 ** 20,
  files: 10_000,
  nesting: 512,
  bodySeconds: 30,
  concurrent: 16,
  wrongTokens: 20,
};
