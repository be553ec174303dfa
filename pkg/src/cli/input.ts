import { resolve } from "node:path";

import { policyEntities, policyEvents } from "../entity.js";
import { HarnessImageGuardError, showPolicyInput } from "../node.js";
import { largestFile } from "./byte-size.js";
import { describeOptions, helpOption, type Options, parseCommandLine } from "./command-line.js";
import { readStream } from "./contents.js";
import { Enclosure, followLinksOption } from "./enclosure.js";
import { ExitCode } from "./exit-code.js";
import { readNamedFile } from "./named-file.js";
import { print, printError, printJson, shown } from "./output.js";
import { describeSystemError } from "./system-error.js";
import { UsageError } from "./usage-error.js";
import { readMetadata } from "./user-policies.js";

/** What the command line may have. */
export const options = {
  entity: {
    value: "ENTITY",
    choices: policyEntities,
    description: `the kind of entity to pass the file as; by default, what it is:\n${policyEntities.slice(0, 5).join(", ")},\n${policyEntities.slice(5).join(", ")}`,
  },
  event: {
    value: "EVENT",
    choices: policyEvents,
    description: "the event that Harness evaluates: onsave, onrun (default for\npipelines), onstep",
  },
  metadata: { value: "FILE", description: "a JSON or YAML file with what else policies see as\ninput.metadata" },
  ...followLinksOption,
  ...helpOption,
} as const satisfies Options;

const hint = "'harness-image-guard input --help' lists the options";

const help = `Prints the input that Harness would pass to a policy for a file, as JSON. 'check --policy'
passes the same.

Usage: harness-image-guard input [OPTION…] FILE

FILE is YAML or JSON, or - for standard input; only its first document is used. A document
without the root key of --entity is taken as that key's value.

Options:
${describeOptions(options)}

Exit codes:
  0   the input is printed
  2   the command line is wrong, or Harness evaluates no policy on that event
  4   the file can't be read, or isn't YAML
  70  an internal error
`;

/**
 * `harness-image-guard input`: an entity in Harness's wrapping.
 *
 * @returns the exit code
 * @throws UsageError
 */
export async function input(args: readonly string[]): Promise<number> {
  const { options: given, positionals } = parseCommandLine(args, options, hint);
  if (given.help) {
    print(help);
    return ExitCode.ok;
  }
  const [file, ...more] = positionals;
  if (file === undefined) throw new UsageError("a FILE is missing", hint);
  if (more.length > 0) throw new UsageError(`unexpected argument '${more.join(" ")}': one file at a time`, hint);
  const isOpen = given["follow-links"] === true;
  const metadata = given.metadata === undefined ? {} : { metadata: await readMetadata(given.metadata, isOpen) };
  let text: string;
  try {
    text = await textOf(file, isOpen);
  } catch (error) {
    return unreadable(`can't read '${shown(file)}': ${describeSystemError(error)}`);
  }
  try {
    const { entity, event } = given;
    const json = await showPolicyInput({
      text,
      ...(entity === undefined ? {} : { entity }),
      ...(event === undefined ? {} : { event }),
      ...metadata,
    });
    printJson(`${json.trimEnd()}\n`);
    return ExitCode.ok;
  } catch (error) {
    if (!(error instanceof HarnessImageGuardError) || error.code !== "usage") throw error;
    if (error.message.startsWith("the file can't be used as input")) return unreadable(`${shown(file)}: ${shown(error.message)}`);
    throw new UsageError(error.message, hint);
  }
}

async function textOf(file: string, isOpen: boolean): Promise<string> {
  const bytes =
    file === "-"
      ? await readStream(process.stdin, largestFile)
      : await readNamedFile(file, await Enclosure.around([resolve(file)], process.cwd(), isOpen));
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}

function unreadable(message: string): number {
  printError(`harness-image-guard: ${message}\n`);
  return ExitCode.incomplete;
}
