import type { Preset } from "../../configuration.js";
import type { ExportOptions } from "../../export.js";
import type { GuardOptions } from "../../guard.js";
import { importConnectors } from "../../node.js";
import { plural } from "../../plural.js";
import { type Account, Refusal, defaultEndpoint } from "../account/account.js";
import type { CommandLine } from "../command-line.js";
import { ExitCode } from "../exit-code.js";
import { openInputs } from "../inputs.js";
import { Unanswered } from "../network/unanswered.js";
import { inertDiff, print, printError, shown } from "../output.js";
import { Prompt } from "../prompt.js";
import { shellWord } from "../shell-word.js";
import type { Connector } from "../specified-connector.js";
import type { AccountConnector } from "./account-connector.js";
import type { AccountPolicies } from "./account-policies.js";
import { delegatesOf, hasCredentials, isSame, lacksCredentials, updated, withoutCredentials } from "./connector.js";
import { difference, terraform, yaml } from "./connector-forms.js";
import { type Arguments, hint, type options } from "./options.js";
import { type Change, changesOf, type Specified, specifiedPolicies } from "./policies.js";

/** The rule that says of which connector a stage has to be. */
const rule = "harness-image-connector";

/** What the guard of the stages is made of. A rule that is off would find nothing, so that is an error. */
export function ofStages(preset: string | undefined): GuardOptions {
  return { rules: [rule], ...(preset === undefined ? {} : { preset: preset as Preset }) };
}

/** What is to be done, step by step. */
export class Plan {
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
  async connector(inAccount: AccountConnector | undefined): Promise<boolean> {
    const name = `\`account.${this.identifier}\``;
    const there = await inAccount?.read();
    const wanted = updated(this.#specified, there, this.#delegates);
    this.#connector = wanted;
    if (there !== undefined && isSame(there, wanted)) {
      print(`1. The connector ${name} is as specified.\n`);
      return true;
    }
    const doing = inAccount === undefined ? "create it, or update it if there is one" : there === undefined ? "create it" : "update it";
    print(`1. The connector ${name}: ${doing}.\n`);
    // Of one that isn't known, the form says all.
    if (there !== undefined) print(`\n${inertDiff(await difference(there, wanted)).text}`);
    print(`\n${await this.#form(wanted, there !== undefined)}\n`);
    if (inAccount === undefined) print("   In Harness: Account Settings › Connectors. With HARNESS_PLATFORM_API_KEY, this command finds out which of the two.\n");
    if (lacksCredentials(wanted)) {
      print("   It needs a user and a secret with the password, which only you know: enter them in Harness.\n");
      return false;
    }
    if (inAccount === undefined || !(await this.#isAgreed(`${there === undefined ? "Create" : "Update"} the connector account.${this.identifier}?`))) return false;
    const now = await inAccount.read();
    if (!isSame(now ?? null, there ?? null)) throw new Unanswered("the connector has changed since it was shown: run 'setup' again");
    await inAccount.write(wanted, there !== undefined);
    const after = await inAccount.read();
    if (after === undefined || !isSame(updated(this.#specified, after, this.#delegates), after)) {
      throw new Unanswered("Harness accepted the connector, but didn't store it as it was sent");
    }
    print(`   ${there === undefined ? "Created" : "Updated"}.\n`);
    return true;
  }

  /** Harness tests the connection; whether it could connect, or nobody has asked it. */
  async connection(inAccount: AccountConnector | undefined, isDone: boolean): Promise<boolean> {
    const selectors = delegatesOf(this.#connector);
    print(selectors.length === 0 ? "2. Delegates: any, or Harness itself ('--delegate SELECTOR' names some).\n" : `2. Delegates: those with ${selectors.map((each) => `\`${each}\``).join(", ")}.\n`);
    if (inAccount === undefined || !isDone) {
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
    const isConnected = await inAccount.test();
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
  async policies(inAccount: AccountPolicies | undefined): Promise<number> {
    if (this.#given["no-policies"]) {
      print("5. Keep it that way: Harness's policies are left alone ('--no-policies').\n");
      return ExitCode.ok;
    }
    const wanted = await specifiedPolicies(this.#exported);
    const all = `${plural(wanted.policies.length, "policy", "policies")} in ${plural(wanted.policySets.length, "policy set")}`;
    if (inAccount === undefined) {
      print(`5. Keep it that way: ${all} of Harness.\n${this.#policyForm(newOf(wanted))}`);
      return ExitCode.ok;
    }
    let changes: readonly Change[];
    try {
      changes = await changesOf(wanted, inAccount);
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
    const { endpoint = defaultEndpoint, identifier } = this.#account ?? {};
    const url = `${endpoint}${path}?accountIdentifier=`;
    const address = identifier === undefined ? `"${url}$HARNESS_ACCOUNT_ID"` : shellWord(url + identifier);
    return `curl --fail --request ${method} ${address} \\\n  --header "x-api-key: $HARNESS_PLATFORM_API_KEY" \\\n  --header 'content-type: application/json' \\\n  --data ${shellWord(body)}\n`;
  }

  async #isAgreed(question: string): Promise<boolean> {
    if (this.#given.apply !== true) return false;
    if (this.#given.yes === true) return true;
    const prompt = new Prompt("nothing more has been changed");
    try {
      return await prompt.confirm(question, false);
    } finally {
      prompt.end();
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
