import { isObject } from "../../json-object.js";
import { type Account, Absent, askPolicyService } from "../account/account.js";
import type { Client } from "../network/client.js";
import { Unanswered } from "../network/unanswered.js";
import type { Member, Policy, PolicySet } from "./policies.js";

/** The policies and policy sets of the account, which Harness's API reads and writes. */
export class AccountPolicies {
  readonly #client: Client;
  readonly #account: Account;

  constructor(client: Client, account: Account) {
    this.#client = client;
    this.#account = account;
  }

  /**
   * A policy as it is; `undefined` where there is none.
   *
   * @throws Refusal, Unanswered
   */
  async policy(identifier: string): Promise<(Policy & { readonly isInGit: boolean }) | undefined> {
    const found = await this.#read(`policies/${identifier}`, identifier);
    if (found === undefined) return undefined;
    const { name, rego, git_repo: repository = "" } = found;
    if (typeof name !== "string" || typeof rego !== "string") throw new Unanswered(`the response isn't a policy (\`name\`, \`rego\`)`);
    return { identifier, name, rego, isInGit: repository !== "" && repository !== null };
  }

  /**
   * A policy set as it is; `undefined` where there is none.
   *
   * @throws Refusal, Unanswered
   */
  async policySet(identifier: string): Promise<PolicySet | undefined> {
    const found = await this.#read(`policysets/${identifier}`, identifier);
    if (found === undefined) return undefined;
    const { name, type, action, enabled } = found;
    const policies = found["policies"] ?? [];
    const isSet = typeof name === "string" && typeof type === "string" && typeof action === "string" && typeof enabled === "boolean";
    if (!isSet || !Array.isArray(policies)) throw new Unanswered("the response isn't a policy set (`name`, `type`, `action`, `enabled`, `policies`)");
    return { identifier, name, type, action, enabled, policies: policies.map(memberOf) };
  }

  /**
   * Creates a policy, or gives it other fields.
   *
   * @throws Refusal, Unanswered; it may have been done all the same
   */
  async writePolicy({ identifier, name, rego }: Policy, isThere: boolean): Promise<void> {
    if (isThere) await this.#write(`policies/${identifier}`, { name, rego }, "PATCH");
    else await this.#write("policies", { identifier, name, rego }, "POST");
  }

  /**
   * Creates a policy set, or gives it other fields. Harness takes policies only into one that is there.
   *
   * @throws Refusal, Unanswered; it may have been done all the same
   */
  async writePolicySet({ identifier, ...set }: PolicySet, isThere: boolean): Promise<void> {
    const { policies: _, ...empty } = set;
    if (!isThere) await this.#write("policysets", { identifier, ...empty }, "POST");
    await this.#write(`policysets/${identifier}`, set, "PATCH");
  }

  async #read(path: string, identifier: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    try {
      const found = await askPolicyService(this.#client, this.#account, `/pm/api/v1/${path}`);
      if (isObject(found) && found["identifier"] === identifier) return found;
      throw new Unanswered(`the response has no \`identifier\` '${identifier}'`);
    } catch (error) {
      if (error instanceof Absent) return undefined;
      throw error;
    }
  }

  async #write(path: string, body: object, method: "PATCH" | "POST"): Promise<void> {
    await askPolicyService(this.#client, this.#account, `/pm/api/v1/${path}`, { body, method, isOnce: true });
  }
}

function memberOf(value: unknown): Member {
  const { identifier, severity } = isObject(value) ? value : {};
  if (typeof identifier === "string" && typeof severity === "string") return { identifier, severity };
  throw new Unanswered("the response has a policy set with a member that isn't a policy (`identifier`, `severity`)");
}
