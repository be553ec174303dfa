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
  /** Not all that was asked for could be done: something not be read, parsed or written, or nobody answered. */
  incomplete: 4,
  /** A fault of ours. */
  internal: 70,
} as const;

/**
 * The exit code of a check, by that of its report. If a named policy checked none of the files, then not everything was
 * checked that was asked for.
 *
 * @param notRun what is said of such policies
 */
export function finalExitCode(exitCode: number, notRun: readonly string[], given: { readonly "exit-zero"?: true }): number {
  if (exitCode === ExitCode.findings && given["exit-zero"]) return ExitCode.ok;
  return exitCode === ExitCode.ok && notRun.length > 0 ? ExitCode.nothing : exitCode;
}
