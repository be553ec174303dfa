import { type Account, Absent, askAccount } from "../account/account.js";
import { entityIn } from "../account/page.js";
import { assertIn } from "../account/scope.js";
import type { Client } from "../network/client.js";
import { Unanswered } from "../network/unanswered.js";
import type { Connector } from "../specified-connector.js";

/** One connector of the account, which Harness's API reads, writes and tests. */
export class AccountConnector {
  readonly #client: Client;
  readonly #account: Account;
  readonly #identifier: string;

  constructor(client: Client, account: Account, identifier: string) {
    this.#client = client;
    this.#account = account;
    this.#identifier = identifier;
  }

  /**
   * As it is; `undefined` where there is none.
   *
   * @throws Unanswered
   */
  async read(): Promise<Connector | undefined> {
    try {
      const { data } = await askAccount(this.#client, this.#account, `/ng/api/connectors/${this.#identifier}`);
      const connector = entityIn(data, "connector");
      assertIn({}, this.#account, data, "connector");
      if (connector?.["identifier"] === this.#identifier) return connector as Connector;
      throw new Unanswered("the response has no `connector` of that identifier");
    } catch (error) {
      if (error instanceof Absent) return undefined;
      throw error;
    }
  }

  /**
   * Creates it, or gives it other fields.
   *
   * @throws Unanswered; it may have been done all the same
   */
  async write(connector: Connector, isThere: boolean): Promise<void> {
    await askAccount(this.#client, this.#account, "/ng/api/connectors", { body: { connector }, method: isThere ? "PUT" : "POST", isOnce: true });
  }

  /**
   * Lets Harness connect.
   *
   * @returns whether it could
   * @throws Unanswered
   */
  async test(): Promise<boolean> {
    const path = `/ng/api/connectors/testConnection/${this.#identifier}`;
    const { data } = await askAccount(this.#client, this.#account, path, { method: "POST" });
    const { status } = data as { readonly status?: unknown };
    if (status === "SUCCESS" || status === "FAILURE") return status === "SUCCESS";
    throw new Unanswered("the response has no `status` of a test");
  }
}
