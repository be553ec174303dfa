import type { ImagesOptions } from "../../guard.js";
import type { Inventory } from "../../inventory.js";
import { ExitCode } from "../exit-code.js";
import type { Inputs } from "../inputs.js";
import { printError } from "../output.js";
import { allowedHosts, askingBy } from "./asking.js";
import * as columns from "./columns.js";
import { knownRegistries } from "./known.js";
import type { Given } from "./options.js";
import type { Verified } from "./verifier.js";

/** What the module has rendered. */
interface Rendered {
  readonly output: string;
  readonly exitCode: number;
}

/**
 * The images with what the registries say of each.
 *
 * @throws UsageError
 */
export async function withVerification(
  inputs: Inputs,
  rendered: Rendered,
  given: Given,
  how: Omit<ImagesOptions, "complaintsInColor">,
  hint: string,
): Promise<Rendered> {
  const { guard, sources } = inputs;
  // A wrong option is said before anything is asked.
  allowedHosts(given, hint);
  const inventory = guard.images(sources, how);
  const { client, verifier } = await askingBy(given, await knownRegistries(inputs, sources), hint);
  try {
    const verified = await verifier.verify(inventory);
    printError(notAsked(verified));
    return { output: shownAs(how, rendered.output, inventory, verified), exitCode: exitCodeOf(rendered, verified) };
  } finally {
    await client.close();
  }
}

function shownAs({ format, color }: Pick<ImagesOptions, "format" | "color">, output: string, inventory: Inventory, verified: Verified): string {
  switch (format) {
    case "json":
      return columns.json(inventory, verified);
    case "csv":
      return columns.csv(output, verified);
    case "markdown":
      return columns.markdown(output, inventory, verified);
    case "mermaid":
      return columns.mermaid(output, inventory, verified);
    case "text":
      return columns.text(output, inventory, verified, color);
  }
}

function notAsked({ notAllowed }: Verified): string {
  if (notAllowed.length === 0) return "";
  const options = notAllowed.map((host) => `--allow-registry ${host}`).join(" ");
  const them = notAllowed.length === 1 ? "it" : "them";
  return `harness-image-guard: not asked, because nobody has allowed it: ${notAllowed.join(", ")}; to ask ${them}: ${options}\n`;
}

function exitCodeOf({ exitCode }: Rendered, { verifications, unanswered }: Verified): number {
  const isThere = verifications.every(({ verdict }) => verdict === "there" || verdict === "unknown");
  return Math.max(exitCode, unanswered > 0 ? ExitCode.unreadable : isThere ? ExitCode.ok : ExitCode.findings);
}
