import { type Preset } from "../../configuration.js";
import { HarnessImageGuardError } from "../../error.js";
import type { ExportOptions } from "../../export.js";
import { accountOf } from "../account/account.js";
import { describeOptions, parseCommandLine } from "../command-line.js";
import { findConfigFile } from "../config-file.js";
import { ExitCode } from "../exit-code.js";
import { makeGuard, wrongConfiguration } from "../inputs.js";
import { Client } from "../network/client.js";
import { clientOptionsOf, proxyHelp } from "../network/options.js";
import { Unanswered } from "../network/unanswered.js";
import { print, printError, shown } from "../output.js";
import { canPrompt } from "../prompt.js";
import { type Connector, specifiedConnector } from "../specified-connector.js";
import { UsageError } from "../usage-error.js";
import { AccountConnector } from "./account-connector.js";
import { AccountPolicies } from "./account-policies.js";
import { type Arguments, hint, options } from "./options.js";
import { ofStages, Plan } from "./plan.js";

export { options } from "./options.js";

const help = `Brings an account to the specification, step by step: the harnessImage connector, its
delegates, its connection test, the stages, and the policies that keep it that way.

Usage: harness-image-guard setup [OPTION…] [PATH…]

With HARNESS_PLATFORM_API_KEY it reads the connector and the policies from the account;
otherwise it says what to look for. HARNESS_ACCOUNT_ID and HARNESS_ENDPOINT are as for
'connectors fetch'. With --apply, the token must be allowed to edit connectors, policies
and policy sets. Without --apply nothing is changed, and nothing is changed that wasn't
shown. A second run changes nothing.

Options:
${describeOptions(options)}

${proxyHelp}

Exit codes:
  0   everything is as specified
  1   something is left to do
  2   the command line, the configuration or the variables are wrong
  4   Harness didn't answer, or refused a change; or a file can't be checked
  70  an internal error
`;

/**
 * `harness-image-guard setup`.
 *
 * @returns the exit code
 * @throws UsageError
 */
export async function setup(args: readonly string[]): Promise<number> {
  const commandLine = parseCommandLine(args, options, hint);
  const { options: given } = commandLine;
  if (given.help) {
    print(help);
    return ExitCode.ok;
  }
  if (given.yes && !given.apply) throw new UsageError("'--yes' needs '--apply'", hint);
  const delegates = given.delegate ?? [];
  const wrong = delegates.find((selector) => !/^[\w.-]{1,128}$/.test(selector));
  if (wrong !== undefined) throw new UsageError(`'${shown(wrong)}' isn't a delegate selector`, hint);
  const hasToken = (process.env["HARNESS_PLATFORM_API_KEY"] ?? "") !== "";
  const account = hasToken || given.apply ? accountOf(process.env, hint) : undefined;
  if (given.apply && !given.yes && !canPrompt()) {
    throw new UsageError("'--apply' asks before each step, and there is no terminal: '--yes' says yes to all of them", hint);
  }
  const exported = await exportOptions(given);
  const plan = new Plan(given, account, exported.options, await asSpecified(exported), delegates);
  const client = account && new Client(await clientOptionsOf(given, hint));
  if (account !== undefined) client?.secrets.add(account.token);
  try {
    const inAccount = client && account && new AccountConnector(client, account, plan.identifier);
    const isDone = await plan.connector(inAccount);
    const isTested = await plan.connection(inAccount, isDone);
    const stages = await plan.stages(commandLine);
    const policies = await plan.policies(client && account && new AccountPolicies(client, account));
    return Math.max(stages, policies, isDone && isTested ? ExitCode.ok : ExitCode.findings);
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    printError(`harness-image-guard: '${shown(account?.endpoint ?? "")}': ${shown(client?.secrets.hide(error.message) ?? "")}\n`);
    return ExitCode.incomplete;
  } finally {
    await client?.close();
  }
}

type Exported = { readonly options: Omit<ExportOptions, "to">; readonly wrong: (error: unknown) => unknown };

async function exportOptions({ config, preset, "follow-links": isOpen, "no-config-exceptions": takesNone }: Arguments): Promise<Exported> {
  const configFile = await findConfigFile(process.cwd(), config, isOpen === true);
  // What is wrong with it is said before anything is changed.
  using _ = await makeGuard(configFile, { ...ofStages(preset), ...(takesNone === true ? { configExceptions: false } : {}) });
  return {
    options: {
      ...(configFile === undefined ? {} : { config: configFile.text, configPath: configFile.path }),
      ...(preset === undefined ? {} : { preset: preset as Preset }),
      ...(takesNone === true ? { configExceptions: false } : {}),
    },
    wrong: (error) => wrongConfiguration(error, configFile),
  };
}

/** @throws UsageError where the configuration is wrong */
async function asSpecified({ options, wrong }: Exported): Promise<Connector> {
  try {
    return (await specifiedConnector(options)).connector;
  } catch (error) {
    if (error instanceof HarnessImageGuardError && error.code === "usage") throw new UsageError(shown(error.message));
    throw wrong(error);
  }
}
