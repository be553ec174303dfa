import type { Inventory } from "../../inventory.js";
import { plural } from "../../plural.js";
import { shown } from "../output.js";
import { type Existence, type RateLimit, type Verification, words } from "./verification.js";
import type { Verified } from "./verifier.js";

/** The inventory as JSON, with what is about none of the images: how much may be pulled, and who wasn't asked. */
export function json(inventory: Inventory, { rateLimits, notAllowed }: Verified): string {
  const limits = [...rateLimits].map(([registry, limit]) => ({ registry, ...limit }));
  const { schemaVersion, images, summary, problems } = inventory;
  return `${JSON.stringify({ schemaVersion, images, summary, verification: { rateLimits: limits, notAllowed }, problems }, null, 2)}\n`;
}

/** What a person reads after the images. */
export function summary(inventory: Inventory, { rateLimits }: Verified): string {
  const names = new Map<string, Existence>();
  for (const { image, fullName, unknown, origin, verification } of inventory.images) {
    names.set(JSON.stringify([fullName ?? image, unknown, origin]), verification?.verdict ?? "unknown");
  }
  const counts = (["there", "missing", "denied", "unknown"] as const).flatMap((verdict) => {
    const count = [...names.values()].filter((each) => each === verdict).length;
    return count === 0 ? [] : [`${count} ${words[verdict]}`];
  });
  const lines = [
    ...(names.size === 0 ? [] : [`of ${plural(names.size, "name")}: ${counts.join(", ")}`]),
    ...[...rateLimits].map(([registry, limit]) => limitSentence(registry, limit)),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

/** What the registries say of an image, on one line. */
export function sentence({ verdict, digest, platforms, reason }: Verification): string {
  const which = platforms === null || platforms.length === 0 ? "" : ` (${platforms.join(", ")})`;
  const what = digest === null ? "" : `, ${digest}${which}`;
  return `${words[verdict]}${what}${reason === null ? "" : `: ${shown(reason)}`}`;
}

/** How much may still be pulled from a registry. */
export function limitSentence(registry: string, { remaining, limit, window }: RateLimit): string {
  const of = limit === null ? "" : ` of ${limit}`;
  const within = window === null ? "" : ` within ${hours(window)}`;
  return `${registry}: ${remaining}${of} pulls left${within}`;
}

function hours(seconds: number): string {
  return seconds % 3600 === 0 ? plural(seconds / 3600, "hour") : `${seconds} s`;
}
