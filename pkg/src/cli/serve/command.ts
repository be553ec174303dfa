import { HarnessImageGuardError } from "../../error.js";
import type { Handler } from "../../handler/handler.js";
import { isOrigin } from "../../handler/cors.js";
import { defaultLimits, type Limits } from "../../handler/limits.js";
import type { LogEntry } from "../../handler/log.js";
import type { RegoOptions } from "../../handler/opa/served-policy.js";
import { checkingOptions, guardOptionsOf } from "../checking.js";
import { type CommandLine, describeOptions, helpOption, type Options, parseCommandLine } from "../command-line.js";
import { findConfigFile } from "../config-file.js";
import { nanoseconds } from "../duration.js";
import { followLinksOption } from "../enclosure.js";
import { ExitCode } from "../exit-code.js";
import { configuredBy, makeGuard } from "../inputs.js";
import { byteSizeOf, limitsOf as limitsOfPolicies } from "../limits.js";
import { isLoopback } from "../network/address.js";
import { print, printError, printErrorJson, shown } from "../output.js";
import { load } from "../rego-sources.js";
import { standardError } from "../standard-stream.js";
import { describeSystemError } from "../system-error.js";
import { UsageError } from "../usage-error.js";
import { shownRemarks, wrongPolicies } from "../user-policies.js";
import { urlOf } from "./address.js";
import { readPlayground } from "./playground.js";
import { listen, type ServerOptions } from "./server.js";
import { handlerOf, keeping, type Settings } from "./settings.js";
import { readTokens } from "./token-file.js";
import type { Work } from "./workers/message.js";
import { isWorker, Refused, Workers } from "./workers/primary.js";
import { work } from "./workers/worker.js";

const { config, "no-config-exceptions": noConfigExceptions, rule, preset, policy, "v1-compatible": v1Compatible, metadata, "max-steps": maxSteps, "max-bytes": maxBytes } = checkingOptions;

/** What the command line may have. */
export const options = {
  host: { value: "ADDRESS", description: "the address to listen on: 127.0.0.1 (default). Without --tokens, it\nhas to be a loopback address" },
  port: { value: "NUMBER", description: "the port: 8181 (default), or 0 for any free one" },
  tokens: {
    value: "FILE",
    description: "the clients that are allowed: NAME TOKEN, or NAME TOKEN SCOPE,SCOPE,\non each line; GET / lists the scope of each route",
  },
  "allow-origin": { value: "ORIGIN", many: true, description: "allow requests from pages of this origin, such as\nhttps://portal.example; may be given several times" },
  "client-header": {
    value: "NAME",
    description: "the header in which a reverse proxy names the client, such as\nX-Forwarded-For, of which the last address counts; by default, the\naddress of the connection",
  },
  "max-body": { value: "SIZE", description: "refuse a larger body: 16MiB (default)" },
  "max-unpacked": { value: "SIZE", description: "refuse a body that is larger when unpacked: 64MiB (default)" },
  "max-files": { value: "NUMBER", description: "refuse a request with more files: 10000 (default)" },
  "max-concurrent": { value: "NUMBER", description: "how many requests of one client to answer at once: 16 (default)" },
  "body-timeout": { value: "DURATION", description: "refuse a body that takes longer to arrive: 30s (default)" },
  workers: { value: "NUMBER", description: "how many processes answer, such as one for each core: 1 (default)" },
  "stop-timeout": { value: "DURATION", description: "after SIGTERM or SIGINT, how long to wait for requests under way: 10s\n(default)" },
  playground: { value: "DIR", description: "also serve the playground that was built in this folder, at\n/playground/; the folder is read once" },
  data: {
    short: "d",
    value: "PATH",
    many: true,
    description: "a module, base documents, or a folder of these for OPA's API\n(/v1/data, /v1/query), loaded as by eval; may be given several times",
  },
  bundle: { short: "b", value: "PATH", many: true, description: "the same for a bundle; may be given several times" },
  "with-rules": { description: "also offer the built-in rules by OPA's API, as\ndata.harness_image_guard.RULE.ENTITY.deny" },
  ...{ config, "no-config-exceptions": noConfigExceptions, rule, preset, policy, "v1-compatible": v1Compatible, metadata },
  ...{ "max-steps": maxSteps, "max-bytes": maxBytes },
  ...followLinksOption,
  ...helpOption,
} as const satisfies Options;

const mostWorkers = 256;

const hint = "'harness-image-guard serve --help' lists the options";

const help = `Serves 'check', 'images' and 'check --fix' over HTTP, and OPA's API for the policies of
--data, --bundle and --with-rules.

Usage: harness-image-guard serve [OPTION…]

GET / lists the routes. The configuration is that of 'check'; it and the files that it names
are read once. For each request, a line of JSON goes to standard error, with none of the
content that was sent. On SIGTERM or SIGINT, it answers the requests under way, then ends.

Options:
${describeOptions(options)}

Exit codes:
  0   it was stopped
  2   the command line, the configuration or a policy is wrong, or it can't
      listen on the address
  70  an internal error
`;

type Arguments = CommandLine<typeof options>["options"];

/**
 * `harness-image-guard serve`.
 *
 * @returns the exit code, once it has been stopped
 * @throws UsageError
 */
export async function serve(args: readonly string[]): Promise<number> {
  standardError.neverWait();
  if (isWorker()) {
    await work(log);
    return ExitCode.ok;
  }
  const { options: given, positionals } = parseCommandLine(args, options, hint);
  if (given.help) {
    print(help);
    return ExitCode.ok;
  }
  const [surplus] = positionals;
  if (surplus !== undefined) throw new UsageError(`unexpected argument '${shown(surplus)}': the files to check come with each request`, hint);
  const host = given.host ?? "127.0.0.1";
  const isLocal = given.tokens === undefined;
  if (isLocal && !isLoopback(host)) {
    throw new UsageError(`'${shown(host)}' can be reached from other machines, and anybody could use every route: name the allowed clients with '--tokens FILE'`, hint);
  }
  const limits = limitsOf(given);
  const port = numberOf("port", given.port, 0, 65_535) ?? 8181;
  const patience = millisecondsOf("stop-timeout", given["stop-timeout"]) ?? 10_000;
  const count = numberOf("workers", given.workers, 1, mostWorkers) ?? 1;
  const clientHeader = given["client-header"]?.toLowerCase();
  const server: ServerOptions = { host, port, limits, isLocal, clientHeader };
  const { settings, handler } = await opened(given, limits);
  const stopped = stopAsked();
  const running = await (count === 1 ? alone(handler, server, patience) : together(handler, count, { settings, server, patience })).catch((error: unknown) => {
    const reason = error instanceof Error && "errno" in error ? describeSystemError(error) : error instanceof Refused ? error.message : undefined;
    throw reason === undefined ? error : new UsageError(`can't listen at ${shown(urlOf(host, port))}: ${reason}`);
  });
  log({ time: new Date().toISOString(), level: "info", message: "start", address: urlOf(host, running.port) });
  const signal = await stopped;
  log({ time: new Date().toISOString(), level: "info", message: "stop", signal });
  await running.stop();
  return ExitCode.ok;
}

/** What answers, in this process or in others. */
interface Running {
  readonly port: number;
  /** Takes no more requests, and ends when those that are under way have been answered. */
  stop(): Promise<void>;
}

async function alone(handler: Handler, server: ServerOptions, patience: number): Promise<Running> {
  const { port, stop } = await listen(handler, server);
  return {
    port,
    stop: async () => {
      await stop(patience);
      handler.dispose();
    },
  };
}

/** @param handler shows that the settings are right; each worker has one of its own */
async function together(handler: Handler, count: number, work: Work): Promise<Running> {
  handler.dispose();
  // A client's connections go to one worker after the other, and so do its guesses.
  const wrongTokens = Math.ceil((work.settings.handler.limits?.wrongTokens ?? defaultLimits.wrongTokens) / count);
  const { handler: options } = work.settings;
  return Workers.start(count, { ...work, settings: { ...work.settings, handler: { ...options, limits: { ...options.limits, wrongTokens } } } }, log);
}

/** What the options say, read, and a handler that is ready to answer by it. */
async function opened(given: Arguments, limits: Limits): Promise<{ readonly settings: Settings; readonly handler: Handler }> {
  const isOpen = given["follow-links"] === true;
  const other = given["allow-origin"]?.find((each) => !isOrigin(each));
  if (other !== undefined) throw new UsageError(`'--allow-origin' can't be '${shown(other)}': an origin is a scheme and a host, such as https://portal.example`, hint);
  const configFile = await findConfigFile(process.cwd(), given.config, isOpen);
  const rego = await regoOf(given);
  const { "v1-compatible": _, ...others } = given;
  // It is about what OPA's API asks as well.
  const forGuard = rego === undefined || given.policy !== undefined ? given : others;
  const guardOptions = { ...(await guardOptionsOf(forGuard, hint)), ...(given["no-config-exceptions"] ? { configExceptions: false } : {}) };
  const { options: reading, ...named } = keeping(configFile === undefined ? {} : configuredBy(configFile, () => undefined));
  const settings: Settings = {
    ...named,
    playground: given.playground === undefined ? undefined : await readPlayground(given.playground),
    handler: {
      ...(given.tokens === undefined ? { anonymous: true } : { tokens: await readTokens(given.tokens, isOpen) }),
      ...(given["allow-origin"] === undefined ? {} : { cors: { origins: given["allow-origin"] } }),
      ...(rego === undefined ? {} : { rego }),
      guard: { ...(configFile === undefined ? {} : { config: configFile.text, configPath: configFile.path }), ...guardOptions },
      limits,
    },
  };
  try {
    const handler = handlerOf(settings, { log }, async () => {
      const guard = await makeGuard(configFile, { ...guardOptions, ...reading });
      printError(shownRemarks(guard.policyRemarks));
      return guard;
    });
    await handler.ready();
    return { settings, handler };
  } catch (error) {
    if (!(error instanceof HarnessImageGuardError)) throw error;
    if (error.code === "rego") throw wrongPolicies(error);
    throw error.code === "usage" ? new UsageError(shown(error.message)) : error;
  }
}

/** What OPA's API asks; `undefined` where nothing is named. */
async function regoOf(given: Arguments): Promise<RegoOptions | undefined> {
  const { data = [], bundle: bundles = [], "with-rules": rules = false } = given;
  if (data.length === 0 && bundles.length === 0 && !rules) return undefined;
  const regoVersion = given["v1-compatible"] ? 1 : 0;
  try {
    const loaded = await load(data, regoVersion, { bundles, isOpen: given["follow-links"] === true });
    return { ...loaded, rules, regoVersion, ...limitsOfPolicies(given, hint) };
  } catch (error) {
    throw error instanceof HarnessImageGuardError && error.code === "rego" ? wrongPolicies(error) : error;
  }
}

function limitsOf(given: Arguments): Limits {
  return {
    ...defaultLimits,
    ...defined("bodyBytes", bytesOf("max-body", given["max-body"])),
    ...defined("unpackedBytes", bytesOf("max-unpacked", given["max-unpacked"])),
    ...defined("files", numberOf("max-files", given["max-files"], 1, 1_000_000)),
    ...defined("concurrent", numberOf("max-concurrent", given["max-concurrent"], 1, 10_000)),
    ...defined("bodySeconds", secondsOf(millisecondsOf("body-timeout", given["body-timeout"]))),
  };
}

function defined(name: keyof Limits, value: number | undefined): Partial<Limits> {
  return value === undefined ? {} : { [name]: value };
}

function secondsOf(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : milliseconds / 1000;
}

function bytesOf(name: string, text: string | undefined): number | undefined {
  return text === undefined ? undefined : byteSizeOf(name, text, "16MiB", hint);
}

function numberOf(name: string, text: string | undefined, least: number, most: number): number | undefined {
  if (text === undefined) return undefined;
  const number = /^\d{1,9}$/.test(text) ? Number(text) : -1;
  if (number < least || number > most) throw new UsageError(`'--${name}' has to be a number from ${least} to ${most}, not '${shown(text)}'`, hint);
  return number;
}

function millisecondsOf(name: string, text: string | undefined): number | undefined {
  const span = text === undefined ? undefined : nanoseconds(text);
  // A timer of 2³¹ milliseconds ends at once.
  if (text !== undefined && (span === undefined || span <= 0 || span >= 2 ** 31 * 1e6)) throw new UsageError(`'--${name}' has to be a duration such as 30s or 1m, not '${shown(text)}'`, hint);
  return span === undefined ? undefined : span / 1e6;
}

/** The first signal that asks for an end; the second one ends at once. */
function stopAsked(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve(signal));
  });
}

/** A line of JSON on standard error. */
function log(entry: LogEntry): void {
  printErrorJson(`${JSON.stringify(entry)}\n`);
}
