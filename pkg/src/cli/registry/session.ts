import { didYouMean } from "../command-line.js";
import { Client } from "../network/client.js";
import { clientOptionsOf } from "../network/options.js";
import { shown } from "../output.js";
import { UsageError } from "../usage-error.js";
import { AllowedRegistries } from "./allowed.js";
import { DockerCredentials } from "./credentials.js";
import { hostOf } from "./image-name.js";
import type { Given } from "./options.js";
import { Verifier } from "./verifier.js";

/** What asks the registries; its client has to be closed. */
export interface RegistrySession {
  readonly client: Client;
  readonly verifier: Verifier;
}

/** @throws UsageError */
export function allowedHosts(given: Given, hint: string): readonly string[] {
  return (given["allow-registry"] ?? []).map((text) => {
    const host = hostOf(text);
    if (host !== undefined) return host;
    const meant = URL.canParse(text) ? new URL(text).host : "";
    throw new UsageError(`option '--allow-registry' can't be '${shown(text)}'; it is a host, with a port where that isn't 443${didYouMean(meant === "" ? undefined : meant)}`, hint);
  });
}

/**
 * What asks the registries, by the options.
 *
 * @param known registries that may be asked beside those that are named
 * @throws UsageError
 */
export async function openSession(given: Given, known: readonly string[], hint: string): Promise<RegistrySession> {
  const named = allowedHosts(given, hint);
  const [clientOptions, credentials] = await Promise.all([
    clientOptionsOf(given, hint),
    DockerCredentials.of(given.credentials ?? "nobody"),
  ]);
  const client = new Client(clientOptions);
  return { client, verifier: new Verifier(client, new AllowedRegistries(named, known), credentials) };
}
