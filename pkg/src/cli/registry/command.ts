import { plural } from "../../plural.js";
import type { Image, Inventory } from "../../inventory.js";
import { expanded } from "../argument-file.js";
import { describeOptions, helpOption, type Options, parseCommandLine } from "../command-line.js";
import { ExitCode } from "../exit-code.js";
import { inputOptions, openInputs } from "../inputs.js";
import { proxyHelp } from "../network/options.js";
import { Unanswered } from "../network/unanswered.js";
import { print, printError, printJson, shown } from "../output.js";
import { specifiedConnector } from "../specified-connector.js";
import { limitSentence, sentence } from "./columns.js";
import { comparable, hostOf, imageNameOf } from "./image-name.js";
import { knownRegistries } from "./known.js";
import { registryOptions } from "./options.js";
import type { Registry } from "./registry.js";
import { openSession, type RegistrySession } from "./session.js";
import { type Existence, noSuchName, not, there, type Verification } from "./verification.js";

/** What the command line may have. */
export const options = {
  format: { value: "FORMAT", choices: ["text", "json"], description: "how to show what the registry says: text (default) or json" },
  ...registryOptions,
  ...inputOptions,
  ...helpOption,
} as const satisfies Options;

const hint = "'harness-image-guard registry --help' lists the options";

const help = `Asks the registry of the specified harnessImage connector whether it answers, whether an
anonymous pull works, what its catalogue lists, and whether it has what Harness needs.

Usage: harness-image-guard registry [OPTION…] [PATH…]

The registry is that of the configuration's preset or harnessImage.url. Harness needs its own
images for CI stages, in any version, and every image that the files pull from this
registry, also through account.harnessImage where they don't have that connector. A PATH is
a file, a folder to search, or - for standard input; without one, the working directory is
searched.

Options:
${describeOptions(options)}

${proxyHelp}

Exit codes:
  0   it answers, an anonymous pull works, and every image is there
  1   an image isn't there, or isn't allowed; or, without --credentials, no anonymous pull
      works
  2   the command line or the configuration is wrong
  4   something is unknown: the registry isn't allowed or doesn't answer, or a file can't
      be read
  70  an internal error
`;

/** The stage for which Harness pulls most of its own images: on Kubernetes, with a clone of the code. */
const stage = "pipeline: {stages: [{stage: {type: CI, spec: {cloneCodebase: true, infrastructure: {type: KubernetesDirect}}}}]}";

/** Of the specified connector, where it is needed as a file. */
const specification = "<specification>";

/** Of a name that only the run completes. */
const notBeforeTheRun = not("unknown", "there is an expression in its name");

/** What the registry says. */
interface Findings {
  readonly url: string;
  readonly answers: Verification;
  readonly anonymousPull: Verification;
  /** `null` where it lists none to us. */
  readonly catalogue: { readonly repositories: readonly string[]; readonly more: boolean } | null;
  readonly catalogueReason: string | null;
  /** By their names. */
  readonly images: ReadonlyMap<string, Verification>;
}

/**
 * `harness-image-guard registry`.
 *
 * @returns the exit code
 * @throws UsageError
 */
export async function registry(args: readonly string[]): Promise<number> {
  const commandLine = parseCommandLine(await expanded(args, hint), options, hint);
  const { options: given } = commandLine;
  if (given.help) {
    print(help);
    return ExitCode.ok;
  }
  const inputs = await openInputs(commandLine, {}, hint);
  const { guard, sources, progress, configFile, takesExceptions } = inputs;
  const specified = await specifiedConnector(
    configFile !== undefined && takesExceptions ? { config: configFile.text, configPath: configFile.path } : {},
  );
  const inventory = guard.images(sources);
  const { images: own } = guard.images([{ path: "<stage>", text: stage }, { path: specification, text: specified.text }], { harnessImages: true });
  const session = await openSession(given, await knownRegistries(inputs, sources), hint);
  const anonymous = given.credentials === undefined || given.credentials === "nobody" ? session : await openSession({ ...given, credentials: "nobody" }, await knownRegistries(inputs, sources), hint);
  try {
    const findings = await find(specified.url, own, inventory, session, anonymous);
    progress.end();
    const unread = inventory.problems.length;
    if (unread > 0) printError(`harness-image-guard: ${plural(unread, "place")} in the files can't be read; 'images' says which\n`);
    const exitCode = exitCodeOf(findings, unread > 0, session === anonymous);
    process.exitCode = exitCode;
    if (given.format === "json") printJson(asJson(findings, session));
    else print(asText(findings, session));
    return exitCode;
  } finally {
    await Promise.all([session.client.close(), anonymous.client.close()]);
  }
}

/** @param own the images that Harness needs, by the names that the specified connector gives them */
async function find(url: string, own: readonly Image[], inventory: Inventory, session: RegistrySession, anonymous: RegistrySession): Promise<Findings> {
  const nothing = { catalogue: null, catalogueReason: null, images: new Map<string, Verification>() };
  const unknown = (reason: string): Findings => ({ url, answers: not("unknown", reason), anonymousPull: not("unknown", reason), ...nothing });
  const [{ fullName: first, image } = { fullName: null, image: "" }] = own;
  if (first === null) return unknown("there is an expression in its address");
  const host = hostOf(first.split("/")[0] ?? "");
  if (host === undefined) return unknown("its host isn't valid");
  if (!session.verifier.allows(host)) return unknown(`${host} isn't asked: '--allow-registry ${host}'`);
  const specified = session.verifier.registry(host);
  try {
    await specified.base();
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    return unknown(`${host}: ${session.client.secrets.hide(error.message)}`);
  }
  const images = new Map<string, Verification>();
  for (const { fullName } of own) if (fullName !== null) images.set(comparable(fullName), await hasTags(session, fullName));
  // What the connector puts before all names.
  const before = comparable(first.slice(0, -image.length));
  const pulled = { ...inventory, images: inventory.images.filter(({ fullName }) => fullName !== null && comparable(fullName).startsWith(before)) };
  const { answers } = await session.verifier.verify(pulled);
  for (const { fullName } of pulled.images) images.set(comparable(fullName ?? ""), answers.get(fullName ?? "") ?? notBeforeTheRun);
  const anonymousPull = await pullsAnonymously(anonymous, host, own, session === anonymous ? [...images.values()] : []);
  const { catalogue, catalogueReason } = await catalogueOf(specified);
  return { url, answers: there, anonymousPull, catalogue, catalogueReason, images };
}

/** Whether the registry has an image in any version. */
async function hasTags({ verifier }: RegistrySession, fullName: string): Promise<Verification> {
  const name = imageNameOf(fullName);
  return typeof name === "string" ? noSuchName(name) : verifier.registry(name.host).hasTags(name.repository);
}

/** @param known what has been asked anonymously already */
async function pullsAnonymously(anonymous: RegistrySession, host: string, own: readonly Image[], known: readonly Verification[]): Promise<Verification> {
  const found = [...known];
  if (found.length === 0) for (const { fullName } of own) if (fullName !== null) found.push(await hasTags(anonymous, fullName));
  const verdicts = (["there", "denied", "unknown"] as const).map((verdict) => found.find((each) => each.verdict === verdict));
  return verdicts.find((each) => each !== undefined) ?? not("unknown", `${host} has nothing to try it with`);
}

async function catalogueOf(specified: Registry): Promise<Pick<Findings, "catalogue" | "catalogueReason">> {
  try {
    const catalogue = await specified.catalogue();
    return typeof catalogue === "string" ? { catalogue: null, catalogueReason: catalogue } : { catalogue, catalogueReason: null };
  } catch (error) {
    if (error instanceof Unanswered) return { catalogue: null, catalogueReason: error.message };
    throw error;
  }
}

function exitCodeOf({ answers, anonymousPull, images }: Findings, isUnread: boolean, isAnonymous: boolean): number {
  const all = [answers, ...images.values(), ...(isAnonymous ? [anonymousPull] : [])];
  // An expression changes no exit code: the files don't say more.
  const verdicts = new Set(all.filter((each) => each !== notBeforeTheRun).map(({ verdict }) => verdict));
  if (isUnread || verdicts.has("unknown")) return ExitCode.incomplete;
  return verdicts.has("missing") || verdicts.has("denied") ? ExitCode.findings : ExitCode.ok;
}

const pullWords: Readonly<Record<Existence, string>> = { there: "works", missing: "doesn't work", denied: "doesn't work", unknown: "unknown" };

function asText({ url, answers, anonymousPull, catalogue, catalogueReason, images }: Findings, { verifier }: RegistrySession): string {
  const why = ({ reason }: Verification): string => (reason === null ? "" : `: ${shown(reason)}`);
  const listed = catalogue === null ? `none${catalogueReason === null ? "" : `: ${shown(catalogueReason)}`}` : `${plural(catalogue.repositories.length, "repository", "repositories")}${catalogue.more ? " and more" : ""}`;
  const limits = [...verifier.rateLimits].map(([host, limit]) => `${limitSentence(host, limit)}\n`);
  return [
    `${shown(url)}\n`,
    `answers: ${answers.verdict === "there" ? "yes" : "unknown"}${why(answers)}\n`,
    ...(answers.verdict === "there" ? [`anonymous pull: ${pullWords[anonymousPull.verdict]}${why(anonymousPull)}\n`, `catalogue: ${listed}\n`] : []),
    ...[...images].map(([name, verification]) => `  ${shown(name)}\n    = verified: ${sentence(verification)}\n`),
    ...limits,
  ].join("");
}

function asJson({ url, answers, anonymousPull, catalogue, catalogueReason, images }: Findings, { verifier }: RegistrySession): string {
  const listed = [...images].map(([name, verification]) => ({ name, verification }));
  const rateLimits = [...verifier.rateLimits].map(([registry, limit]) => ({ registry, ...limit }));
  return `${JSON.stringify({ schemaVersion: 1, url, answers, anonymousPull, catalogue, catalogueReason, images: listed, rateLimits }, null, 2)}\n`;
}
