/** The exit codes that are decided here; those of a check (0, 1, 3, 4) come with the report. */
export const ExitCode = {
  /** Nothing to complain about. */
  ok: 0,
  /** Something was found. */
  findings: 1,
  /** The command line or the configuration is wrong. */
  usage: 2,
  /** There is nothing to look at. */
  nothing: 3,
  /** Something could not be read; here, a fix not be written, or a policy not be parsed. */
  unreadable: 4,
  /** A fault of ours, or an output that can't be written. */
  internal: 70,
} as const;
