import { resolve } from "node:path";

import { importConnectors } from "../node.js";
import { plural } from "../plural.js";
import type { SourceFile } from "../source-file.js";
import { fetchOptions } from "./account/options.js";
import { describeOptions, helpOption, type Options, parseCommandLine, subcommandOf } from "./command-line.js";
import { outOption, defaultList, writeList } from "./connector-list.js";
import { readStream } from "./contents.js";
import { Enclosure, followLinksOption } from "./enclosure.js";
import { ExitCode } from "./exit-code.js";
import { readNamedFile } from "./named-file.js";
import { print, printError, printExact, shown } from "./output.js";
import { describeSystemError } from "./system-error.js";
import { UsageError } from "./usage-error.js";

const importOptions = {
  ...outOption,
  ...followLinksOption,
  ...helpOption,
} as const satisfies Options;

/** What the command line may have, of `import` or of `fetch`. */
export const options = { ...importOptions, ...fetchOptions } as const satisfies Options;

const hint = "'harness-image-guard connectors --help' lists the options";

/** Its subcommands. */
export const verbs = ["import", "fetch"] as const;

const help = `Writes a list of the connectors that exist only in the account. The configuration's
connectorFiles names it, and a check then knows where these connectors lead.

Usage: harness-image-guard connectors import [OPTION…] FILE…
       harness-image-guard connectors fetch [OPTION…]

'connectors fetch' asks the account itself: see 'connectors fetch --help'.

A FILE of 'import' is a response of Harness's API (POST /ng/api/connectors/listV2, each
page, or GET /ng/api/connectors/ID), Terraform's state (terraform show -json, or the state
file itself), connectors as YAML, another list, or - for standard input. If several files
have the same connector, the last one counts. Scopes of lists are kept, and the new list
has the date of the oldest. Credentials and the names of secrets are left out.

Options:
${describeOptions(importOptions)}

Exit codes:
  0   the list is written
  2   the command line is wrong
  4   a file can't be read, or the list can't be written; nothing is written
  70  an internal error
`;

const largest = 16 * 2 ** 20;

/**
 * `harness-image-guard connectors`: `import` or `fetch`.
 *
 * @returns the exit code
 * @throws UsageError
 */
export async function connectors(args: readonly string[]): Promise<number> {
  if (args[0] === "fetch") return (await import("./account/fetch.js")).fetchConnectors(args.slice(1));
  const { options: given, positionals } = parseCommandLine(args, importOptions, hint);
  if (given.help) {
    print(help);
    return ExitCode.ok;
  }
  const [verb = "", ...paths] = positionals;
  if (subcommandOf("connectors", verb, verbs, hint) === "fetch") {
    throw new UsageError("'fetch' comes before its options: 'connectors fetch [OPTION…]'", hint);
  }
  if (paths.length === 0) throw new UsageError("a FILE is missing", hint);
  if (paths.filter((path) => path === "-").length > 1) {
    throw new UsageError("standard input ('-') can be read only once", hint);
  }
  const named = [...paths, given.out ?? "-"].filter((path) => path !== "-").map((path) => resolve(path));
  const enclosure = await Enclosure.around(named, process.cwd(), given["follow-links"] === true);
  const { text, count, problems } = await importConnectors({ files: await Promise.all(paths.map((path) => sourceOf(path, enclosure))) });
  for (const { path, line, column, message } of problems) {
    const place = line === null ? "" : `:${line}:${column}`;
    printError(`harness-image-guard: ${shown(path)}${place}: ${shown(message)}\n`);
  }
  if (problems.length > 0) {
    printError("harness-image-guard: nothing has been written\n");
    return ExitCode.incomplete;
  }
  const out = given.out ?? defaultList;
  if (out === "-") {
    printExact(text);
    return ExitCode.ok;
  }
  await writeList(out, text);
  printError(`harness-image-guard: wrote ${plural(count, "connector")} to '${shown(out)}'\n`);
  return ExitCode.ok;
}

async function sourceOf(path: string, enclosure: Enclosure): Promise<SourceFile> {
  if (path === "-") return { path: "<stdin>", text: await readStream(process.stdin, largest) };
  try {
    return { path, text: await readNamedFile(path, enclosure) };
  } catch (error) {
    return { path, unreadable: describeSystemError(error) };
  }
}
