import { imagesFormats } from "../guard-options.js";
import { expanded } from "./argument-file.js";
import { describeOptions, helpOption, type Options, parseCommandLine } from "./command-line.js";
import { ExitCode } from "./exit-code.js";
import { type Inputs, inputOptions, openInputs } from "./inputs.js";
import { proxyHelp } from "./network/options.js";
import { inertCsv, print, printError, printExact, printJson } from "./output.js";
import { asksRegistries, type Given, verifyOptions } from "./registry/options.js";
import { standardError, standardOutput } from "./standard-stream.js";
import { wantsColor } from "./terminal.js";

/** What the command line may have. */
export const options = {
  format: {
    value: "FORMAT",
    choices: imagesFormats,
    description:
      "how to show the images: text (default, by registry), json, csv,\nmarkdown (a table), mermaid (a graph)",
  },
  "harness-images": {
    description:
      "also list the images that Harness pulls for itself to run the stages\n(harness/ci-addon …), each with its connector and its condition",
  },
  ...verifyOptions,
  ...inputOptions,
  ...helpOption,
} as const satisfies Options;

const hint = "'harness-image-guard images --help' lists the options";

const help = `Lists every image that Harness files pull, with its full name, its registry and its
connector.

Usage: harness-image-guard images [OPTION…] [PATH…]

A PATH is a file, a folder to search for *.yaml, *.yml and *.json, or - for standard
input. Without one, the working directory is searched. Name the connectors' files, too:
they decide where an image comes from. Where the files don't decide it, the list says why.

Options:
${describeOptions(options)}

The account decides the version of Harness's own images, so --harness-images lists them
without one, and --verify asks whether the registry has any version.

With --verify, each name is looked up once, by the Docker Registry HTTP API: it is there
(with its digest and platforms), not there, not allowed, or unknown. No checked file, and
no configuration or list of connectors next to them, can make the command call a registry
that isn't allowed.

${proxyHelp}

Exit codes:
  0   every image is listed (with --verify: and is there)
  1   with --verify: an image isn't there, or isn't allowed
  2   the command line or the configuration is wrong
  3   nothing to list: no Harness file that can name images
  4   a file couldn't be read, parsed or searched to its end; with --verify, also: a
      registry isn't allowed, or doesn't answer. The rest is listed
  70  an internal error
`;

/**
 * `harness-image-guard images`: what is pulled, from where.
 *
 * @returns the exit code
 * @throws UsageError
 */
export async function images(args: readonly string[]): Promise<number> {
  const commandLine = parseCommandLine(await expanded(args, hint), options, hint);
  if (commandLine.options.help) {
    print(help);
    return ExitCode.ok;
  }
  const { options: given } = commandLine;
  const isVerified = asksRegistries(given, hint);
  const inputs = await openInputs(commandLine, {}, hint);
  const { guard, sources, complaint, progress } = inputs;
  const format = given.format ?? "text";
  const harnessImages = given["harness-images"] === true;
  const [color, complaintsInColor] = [wantsColor(standardOutput), wantsColor(standardError)];
  const verification = isVerified ? await verificationOf(inputs, given, harnessImages) : undefined;
  const rendered = guard.showImages(sources, { format, color, complaintsInColor, harnessImages });
  const exitCode = Math.max(rendered.exitCode, verification?.exitCode ?? ExitCode.ok);
  progress.end();
  // Set before writing: if the reader has gone, writing is where the program ends.
  process.exitCode = exitCode;
  printError(rendered.complaints + complaint, complaintsInColor);
  if (format === "json") printJson(verification?.json() ?? rendered.output);
  else if (format === "csv") printExact(inertCsv(rendered.output));
  else print(rendered.output + (format === "text" ? (verification?.summary() ?? "") : ""), color);
  return exitCode;
}

/** What the registries say that is about no image alone; the guard knows the rest afterwards. */
async function verificationOf(inputs: Inputs, given: Given, harnessImages: boolean) {
  const [{ verified, exitCodeOf }, { json, summary }] = await Promise.all([import("./registry/verify.js"), import("./registry/columns.js")]);
  const found = await verified(inputs, given, hint, harnessImages);
  const inventory = inputs.guard.images(inputs.sources, { harnessImages });
  return { exitCode: exitCodeOf(found), json: () => json(inventory, found), summary: () => summary(inventory, found) };
}
