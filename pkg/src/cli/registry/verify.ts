import { ExitCode } from "../exit-code.js";
import type { Inputs } from "../inputs.js";
import { printError } from "../output.js";
import { knownRegistries } from "./known.js";
import type { Given } from "./options.js";
import { allowedHosts, openSession } from "./session.js";
import type { Verified } from "./verifier.js";

/**
 * Asks the registries for every image of the inputs, and hands what they say to the guard: from now on, its inventory
 * has it, and its checks report what isn't there.
 *
 * @param harnessImages whether to ask for those, too, that Harness pulls for itself
 * @throws UsageError
 */
export async function verified({ guard, ...inputs }: Inputs, given: Given, hint: string, harnessImages = false): Promise<Verified> {
  // A wrong option is said before anything is asked.
  allowedHosts(given, hint);
  const inventory = guard.images(inputs.sources, { harnessImages });
  const { client, verifier } = await openSession(given, await knownRegistries({ guard, ...inputs }, inputs.sources), hint);
  try {
    const found = await verifier.verify(inventory);
    guard.setVerified(Object.fromEntries(found.answers));
    inputs.progress.end();
    printError(notAsked(found));
    return found;
  } finally {
    await client.close();
  }
}

function notAsked({ notAllowed }: Verified): string {
  if (notAllowed.length === 0) return "";
  const options = notAllowed.map((host) => `--allow-registry ${host}`).join(" ");
  const them = notAllowed.length === 1 ? "it" : "them";
  return `harness-image-guard: not asked, because it isn't allowed: ${notAllowed.join(", ")}; to ask ${them}: ${options}\n`;
}

/** The exit code that verified images come to. */
export function exitCodeOf({ answers, unanswered }: Verified): number {
  if (unanswered > 0) return ExitCode.incomplete;
  return [...answers.values()].every(({ verdict }) => verdict === "there") ? ExitCode.ok : ExitCode.findings;
}
