import { describeList, describeOptions, didYouMean, helpOption, type Options, parseCommandLine } from "./command-line.js";
import { ExitCode } from "./exit-code.js";
import { print, printExact, shown } from "./output.js";
import { rulePages, sectionsOf, type Page } from "./rule-pages.js";
import { suggestion } from "./suggestion.js";
import { UsageError } from "./usage-error.js";

/** What the command line may have. */
export const options = { ...helpOption } as const satisfies Options;

const hint = "'harness-image-guard explain' lists them all";

const help = `Prints a rule's page: why the rule exists, what to write, what it doesn't cover.

Usage: harness-image-guard explain [RULE]

A RULE is a name in brackets in a report: no-docker-hub, syntax, undefined-under-not.
Without one, all rules are listed. It works offline.

Options:
${describeOptions(options)}

Exit codes:
  0   the page is printed
  2   there is no such rule
  70  an internal error
`;

/**
 * `harness-image-guard explain`.
 *
 * @returns the exit code
 * @throws UsageError
 */
export async function explain(args: readonly string[]): Promise<number> {
  const { options: given, positionals } = parseCommandLine(args, options, hint);
  if (given.help) {
    print(help);
    return ExitCode.ok;
  }
  const [asked, surplus] = positionals;
  if (surplus !== undefined) throw new UsageError(`unexpected argument '${shown(surplus)}': one rule at a time`, hint);
  const groups = { rules: rulePages(), checks: sectionsOf("errors.md"), lint: sectionsOf("lint.md") };
  printExact(asked === undefined ? listed(groups) : pageOf(asked, Object.values(groups).flat()).text);
  return ExitCode.ok;
}

function pageOf(asked: string, pages: readonly Page[]): Page {
  const page = pages.find(({ id }) => id === asked);
  if (page !== undefined) return page;
  const meant = suggestion(asked, pages.map(({ id }) => id));
  throw new UsageError(`there is no rule '${shown(asked)}' to explain${didYouMean(meant)}`, hint);
}

function listed(groups: { readonly rules: readonly Page[]; readonly checks: readonly Page[]; readonly lint: readonly Page[] }): string {
  const list = (pages: readonly Page[]): string => describeList(pages.map(({ id, title }) => [id, title]));
  return `Rules:
${list(groups.rules)}

Findings about the check itself:
${list(groups.checks)}

Rules of the lint for policies:
${list(groups.lint)}
`;
}
