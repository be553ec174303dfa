import { importConnectors } from "../../node.js";
import { type Preset, presets } from "../../configuration.js";
import type { ExportOptions } from "../../export.js";
import type { GuardOptions } from "../../guard.js";
import { HarnessImageGuardError } from "../../error.js";
import { plural } from "../../plural.js";
import { type Account, accountOf, Refusal, usualEndpoint } from "../account/account.js";
import { Asking, canAsk } from "../asking.js";
import { describeOptions, parseCommandLine, type CommandLine, type Options } from "../command-line.js";
import { findConfigFile } from "../config-file.js";
import { ExitCode } from "../exit-code.js";
import { inputOptions, makeGuard, openInputs, wrongConfiguration } from "../inputs.js";
import { Client } from "../network/client.js";
import { clientOptionsOf, networkOptions, proxyHelp } from "../network/options.js";
import { Unanswered } from "../network/unanswered.js";
import { inertDiff, print, printError, shown } from "../output.js";
import { shellWord } from "../shell-word.js";
import { type Connector, specifiedConnector } from "../specified-connector.js";
import { UsageError } from "../usage-error.js";
import { HeldPolicies } from "./held-policies.js";
import { type Change, changesOf, type Specified, specifiedPolicies } from "./policies.js";
import { delegatesOf, difference, hasCredentials, isSame, lacksCredentials, terraform, updated, withoutCredentials, yaml } from "./connector.js";
import { HeldConnector } from "./held.js";

/** What the command line may have. */
export const options = {
  as: {
    value: "FORM",
    choices: ["yaml", "terraform", "curl"],
    description: "how to show the changes: yaml (default), terraform, or curl, which\ncalls Harness's API",
  },
  delegate: {
    value: "SELECTOR",
    many: true,
    description: "connect through delegates that have this selector; may be given\nseveral times. By default, the selectors stay as they are",
  },
  "no-policies": { description: "leave Harness's policies and policy sets alone" },
  apply: { description: "make the changes by Harness's API, and ask before each step" },
  yes: { short: "y", description: "with --apply: don't ask" },
  preset: { value: "NAME", choices: presets, description: "the preset; overrides the configuration" },
  ...inputOptions,
  ...networkOptions,
  help: { short: "h", description: "show this" },
} as const satisfies Options;

const hint = "'harness-image-guard setup --help' lists the options";

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

type Arguments = CommandLine<typeof options>["options"];

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
  if (given.apply && !given.yes && !canAsk()) {
    throw new UsageError("'--apply' asks before each step, and there is no terminal: '--yes' says yes to all of them", hint);
  }
  const exported = await exportOptions(given);
  const plan = new Plan(given, account, exported.options, await asSpecified(exported), delegates);
  const client = account && new Client(await clientOptionsOf(given, hint));
  if (account !== undefined) client?.secrets.add(account.token);
  try {
    const held = client && account && new HeldConnector(client, account, plan.identifier);
    const isDone = await plan.connector(held);
    const isTested = await plan.connection(held, isDone);
    const stages = await plan.stages(commandLine);
    const policies = await plan.policies(client && account && new HeldPolicies(client, account));
    return Math.max(stages, policies, isDone && isTested ? ExitCode.ok : ExitCode.findings);
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    printError(`harness-image-guard: '${shown(account?.endpoint ?? "")}': ${shown(client?.secrets.hide(error.message) ?? "")}\n`);
    return ExitCode.incomplete;
  } finally {
    await client?.close();
  }
}

/** The rule that says of which connector a stage has to be. */
const rule = "harness-image-connector";

/** What the guard of the stages is made of. A rule that is off would find nothing, so that is an error. */
function ofStages(preset: string | undefined): GuardOptions {
  return { rules: [rule], ...(preset === undefined ? {} : { preset: preset as Preset }) };
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

/** What is to be done, step by step. */
class Plan {
  readonly identifier: string;
  readonly #given: Arguments;
  readonly #account: Account | undefined;
  readonly #exported: Omit<ExportOptions, "to">;
  readonly #specified: Connector;
  readonly #delegates: readonly string[];
  /** The connector as it is or will be. */
  #connector: Connector;

  constructor(given: Arguments, account: Account | undefined, exported: Omit<ExportOptions, "to">, specification: Connector, delegates: readonly string[]) {
    this.#given = given;
    this.#account = account;
    this.#exported = exported;
    this.#specified = specification;
    this.#delegates = delegates;
    this.identifier = String(specification["identifier"]);
    this.#connector = updated(specification, undefined, delegates);
  }

  /** The connector: created, updated, or right; whether it is right now. */
  async connector(held: HeldConnector | undefined): Promise<boolean> {
    const name = `\`account.${this.identifier}\``;
    const there = await held?.read();
    const wanted = updated(this.#specified, there, this.#delegates);
    this.#connector = wanted;
    if (there !== undefined && isSame(there, wanted)) {
      print(`1. The connector ${name} is as specified.\n`);
      return true;
    }
    const doing = held === undefined ? "create it, or update it if there is one" : there === undefined ? "create it" : "update it";
    print(`1. The connector ${name}: ${doing}.\n\n`);
    // Of one that isn't known, the form says all.
    if (there !== undefined) print(inertDiff(await difference(there, wanted)).text);
    print(`\n${await this.#form(wanted, there !== undefined)}\n`);
    if (held === undefined) print("   In Harness: Account Settings › Connectors. With HARNESS_PLATFORM_API_KEY, this command finds out which of the two.\n");
    if (lacksCredentials(wanted)) {
      print("   It needs a user and a secret with the password, which only you know: enter them in Harness.\n");
      return false;
    }
    if (held === undefined || !(await this.#isAgreed(`${there === undefined ? "Create" : "Update"} the connector account.${this.identifier}?`))) return false;
    const now = await held.read();
    if (!isSame(now ?? null, there ?? null)) throw new Unanswered("the connector has changed since it was shown: run 'setup' again");
    await held.write(wanted, there !== undefined);
    const after = await held.read();
    if (after === undefined || !isSame(updated(this.#specified, after, this.#delegates), after)) {
      throw new Unanswered("Harness accepted the connector, but didn't store it as it was sent");
    }
    print(`   ${there === undefined ? "Created" : "Updated"}.\n`);
    return true;
  }

  /** Harness tests the connection; whether it could connect, or nobody has asked it. */
  async connection(held: HeldConnector | undefined, isDone: boolean): Promise<boolean> {
    const selectors = delegatesOf(this.#connector);
    print(selectors.length === 0 ? "2. Delegates: any, or Harness itself ('--delegate SELECTOR' names some).\n" : `2. Delegates: those with ${selectors.map((each) => `\`${each}\``).join(", ")}.\n`);
    if (held === undefined || !isDone) {
      print(`3. Test the connection: Account Settings › Connectors › ${this.identifier} › Test, after that.\n`);
      return true;
    }
    if (this.#given.apply !== true) {
      print("3. Test the connection: '--apply' lets Harness do it.\n");
      return true;
    }
    if (!(await this.#isAgreed("Let Harness test the connection?"))) {
      print("3. The connection isn't tested.\n");
      return true;
    }
    const isConnected = await held.test();
    print(isConnected ? "3. The connection is tested: Harness can connect.\n" : `3. The connection is tested: Harness can't connect. Account Settings › Connectors › ${this.identifier} says why; delegates have to reach the registry.\n`);
    return isConnected;
  }

  /** The stages that don't use the connector; the exit code that they come to. */
  async stages(commandLine: CommandLine<typeof options>): Promise<number> {
    const answer = JSON.stringify({ status: "SUCCESS", data: { connector: withoutCredentials(this.#connector) } });
    const { text } = await importConnectors({ files: [{ path: "setup", text: answer }] });
    const inputs = await openInputs(commandLine, { ...ofStages(this.#given.preset), connectorFiles: [{ path: "the account", text }] }, hint);
    const { diagnostics } = inputs.guard.check(inputs.sources);
    inputs.progress.end();
    const places = diagnostics.filter((each) => each.rule === rule && each.verdict === "violation" && each.suppressed === null);
    const errors = diagnostics.filter(({ verdict }) => verdict === "error");
    printError(inputs.complaint);
    for (const { file, start, message } of errors) printError(`harness-image-guard: ${shown(file)}:${start.line}:${start.column}: ${shown(message)}\n`);
    const unknown = errors.length === 0 ? "" : `${plural(errors.length, "error")} in the files, so some may not be known; 'check' says more`;
    if (places.length === 0) {
      print(`4. Stages: ${unknown || "none names another connector"}.\n`);
      return errors.length === 0 ? ExitCode.ok : ExitCode.incomplete;
    }
    print(`4. Stages: ${plural(places.length, "place")} with another connector, or none.\n`);
    for (const { file, start, subject } of places) print(`   ${shown(file)}:${start.line}:${start.column}  ${shown(subject ?? "")}\n`);
    print(`   harness-image-guard check --rule ${rule} --fix\n`);
    if (unknown !== "") print(`   ${unknown}.\n`);
    return errors.length === 0 ? ExitCode.findings : ExitCode.incomplete;
  }

  /** The policies that keep it so; the exit code that they come to. */
  async policies(held: HeldPolicies | undefined): Promise<number> {
    if (this.#given["no-policies"]) {
      print("5. Keep it that way: Harness's policies are left alone ('--no-policies').\n");
      return ExitCode.ok;
    }
    const wanted = await specifiedPolicies(this.#exported);
    const all = `${plural(wanted.policies.length, "policy", "policies")} in ${plural(wanted.policySets.length, "policy set")}`;
    if (held === undefined) {
      print(`5. Keep it that way: ${all} of Harness.\n${this.#policyForm(newOf(wanted))}`);
      return ExitCode.ok;
    }
    let changes: readonly Change[];
    try {
      changes = await changesOf(wanted, held);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      print("5. Keep it that way: the state of Harness's policies is unknown.\n");
      printError(`harness-image-guard: the policies: ${shown(error.message)}; '--no-policies' leaves them alone\n`);
      return ExitCode.incomplete;
    }
    if (changes.length === 0) {
      print(`5. Keep it that way: ${all} are as specified.\n`);
      return ExitCode.ok;
    }
    print(`5. Keep it that way: ${all}. To do:\n${changes.map((change) => change.shown).join("")}`);
    print(`   The Rego is what '${this.#exportCommand("rego")}' writes.\n`);
    print(this.#policyForm(changes));
    return (await this.#applied(changes)) ? ExitCode.ok : ExitCode.findings;
  }

  /** Does each that somebody agrees to; whether that is all. */
  async #applied(changes: readonly Change[]): Promise<boolean> {
    if (this.#given.apply !== true) return false;
    const missing = new Set(changes.filter(({ kind, isThere }) => kind === "policies" && !isThere).map(({ identifier }) => identifier));
    let isAll = true;
    for (const { kind, identifier, isThere, needs, obstacle, apply } of changes) {
      const what = `the ${kind === "policies" ? "policy" : "policy set"} ${identifier}`;
      const lacking = needs.find((each) => missing.has(each));
      const why = obstacle ?? (lacking === undefined ? undefined : `the policy ${lacking} isn't there`);
      if (why !== undefined) print(`   Left ${what} as it is: ${why}.\n`);
      if (why !== undefined || !(await this.#isAgreed(`${isThere ? "Update" : "Create"} ${what}?`))) {
        isAll = false;
        continue;
      }
      await apply();
      missing.delete(identifier);
      print(`   ${isThere ? "Updated" : "Created"} ${what}.\n`);
    }
    return isAll;
  }

  /** The command that writes the same policies. */
  #exportCommand(to: "harness-api" | "rego" | "terraform"): string {
    return `harness-image-guard export --to ${to} --out policies${this.#given["no-config-exceptions"] ? " --no-config-exceptions" : ""}`;
  }

  /** How somebody does it without this command. */
  #policyForm(changes: readonly Pick<Change, "kind" | "identifier" | "isThere">[]): string {
    if (this.#given.as !== "curl") {
      const imports = this.#given.as !== "terraform" ? [] : changes.filter(({ isThere }) => isThere).map(({ kind, identifier }) => `   terraform -chdir=policies import harness_platform_${kind === "policies" ? "policy" : "policyset"}.${identifier} ${identifier}\n`);
      return `   ${this.#exportCommand("terraform")} && terraform -chdir=policies apply\n${imports.join("")}`;
    }
    const calls = changes.flatMap(({ kind, identifier, isThere }) => {
      const body = `@policies/${identifier}.${kind === "policies" ? "policy" : "policyset"}.json`;
      const update = this.#curl("PATCH", `/pm/api/v1/${kind}/${identifier}`, body);
      if (isThere) return [update];
      // Harness takes policies only into a set that is there.
      return [this.#curl("POST", `/pm/api/v1/${kind}`, body), ...(kind === "policies" ? [] : [update])];
    });
    return `\n${this.#exportCommand("harness-api")}\n${calls.join("")}`;
  }

  async #form(wanted: Connector, isThere: boolean): Promise<string> {
    const { as = "yaml" } = this.#given;
    if (as === "yaml") return yaml(wanted);
    if (as === "terraform") {
      const note = isThere ? `# It exists: terraform import harness_platform_connector_docker.harness_image ${this.identifier}\n` : "";
      return note + (await terraform(this.#exported, this.#delegates));
    }
    if (hasCredentials(wanted)) return "   It has credentials, which aren't shown: use '--apply'.\n";
    return this.#curl(isThere ? "PUT" : "POST", "/ng/api/connectors", JSON.stringify({ connector: wanted }));
  }

  #curl(method: "PATCH" | "POST" | "PUT", path: string, body: string): string {
    const { endpoint = usualEndpoint, identifier } = this.#account ?? {};
    const url = `${endpoint}${path}?accountIdentifier=`;
    const address = identifier === undefined ? `"${url}$HARNESS_ACCOUNT_ID"` : shellWord(url + identifier);
    return `curl --fail --request ${method} ${address} \\\n  --header "x-api-key: $HARNESS_PLATFORM_API_KEY" \\\n  --header 'content-type: application/json' \\\n  --data ${shellWord(body)}\n`;
  }

  async #isAgreed(question: string): Promise<boolean> {
    if (this.#given.apply !== true) return false;
    if (this.#given.yes === true) return true;
    const asking = new Asking("nothing more has been changed");
    try {
      return await asking.isAgreed(question, false);
    } finally {
      asking.end();
    }
  }
}

/** Everything, where nobody knows what is there. */
function newOf({ policies, policySets }: Specified): readonly Pick<Change, "kind" | "identifier" | "isThere">[] {
  return [
    ...policies.map(({ identifier }) => ({ kind: "policies", identifier, isThere: false }) as const),
    ...policySets.map(({ identifier }) => ({ kind: "policysets", identifier, isThere: false }) as const),
  ];
}
