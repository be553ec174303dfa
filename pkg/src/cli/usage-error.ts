/** The command line, or the configuration, is wrong: exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  /** Says where to read on; `undefined` where the message says it all. */
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}
