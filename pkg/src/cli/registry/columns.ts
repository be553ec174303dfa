import type { Image, Inventory } from "../../inventory.js";
import { shown } from "../output.js";
import type { RateLimit, Verdict, Verification } from "./verification.js";
import { words } from "./verification.js";
import type { Verified } from "./verifier.js";

/**
 * What the registries say, as a column beside what the module renders: it knows no network. Each format has its lines
 * in a known order; where they aren't as many as the images, that is a fault, and never an answer at another's place.
 */

/** As JSON: `verification` of each image, and of the whole. */
export function json(inventory: Inventory, { verifications, rateLimits, notAllowed }: Verified): string {
  const images = inventory.images.map((image, index) => ({ ...image, verification: verifications[index] ?? null }));
  const limits = [...rateLimits].map(([registry, limit]) => ({ registry, ...limit }));
  const { schemaVersion, summary, problems } = inventory;
  return `${JSON.stringify({ schemaVersion, images, summary, verification: { rateLimits: limits, notAllowed }, problems }, null, 2)}\n`;
}

/** As CSV: four columns at the end of each row. */
export function csv(rendered: string, { verifications }: Verified): string {
  const [header = "", ...rows] = rendered.trimEnd().split("\r\n");
  const cells = verifications.map(({ verdict, digest, platforms, reason }) =>
    [words[verdict], digest ?? "", (platforms ?? []).join(" "), shown(reason ?? "")].map(csvField).join(","),
  );
  return [`${header},verified,digest,platforms,why not`, ...beside(rows, cells).map(([row, cell]) => `${row},${cell}`), ""].join("\r\n");
}

function csvField(text: string): string {
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** As a table in Markdown: one more column. */
export function markdown(rendered: string, inventory: Inventory, { verifications }: Verified): string {
  const [header = "", rule = "", ...rows] = rendered.trimEnd().split("\n");
  const cells = byRegistry(inventory, verifications).map((entries) => entries.map(({ verification }) => escaped(sentence(verification))));
  const all = beside(rows, cells.flat()).map(([row, cell]) => `${row} ${cell} |`);
  return [`${header} in the registry |`, `${rule}---|`, ...all, ""].join("\n");
}

/** As text: a line below each name. */
export function text(rendered: string, inventory: Inventory, verified: Verified, color: boolean): string {
  const cells = byRegistry(inventory, verified.verifications).flatMap(distinctNames);
  const isName = (line: string): boolean => /^ {2}\S/.test(line);
  const lines = rendered.trimEnd().split("\n");
  const names = new Map(beside(lines.flatMap((line, index) => (isName(line) ? [index] : [])), cells));
  const label = color ? "\u001b[2m= verified:\u001b[0m" : "= verified:";
  const all = lines.flatMap((line, index) => {
    const verification = names.get(index);
    return verification === undefined ? [line] : [line, `    ${label} ${sentence(verification)}`];
  });
  return [...all, ...summary(inventory, verified), ""].join("\n");
}

/** As a graph in Mermaid: from each image an edge to what the registries say. */
export function mermaid(rendered: string, inventory: Inventory, { verifications }: Verified): string {
  const seen = new Map<string, Verdict>();
  inventory.images.forEach(({ image, fullName, registry, connector, origin }, index) => {
    const key = JSON.stringify([fullName ?? image, origin, registry ?? "unknown", connector ?? ""]);
    if (!seen.has(key)) seen.set(key, verifications[index]?.verdict ?? "unknown");
  });
  const nodes = [...rendered.matchAll(/^ {2}(n\d+)\[\[/gm)].map(([, node = ""]) => node);
  const edges = beside(nodes, [...seen.values()]);
  const verdicts = [...new Set(seen.values())];
  return [
    rendered.trimEnd(),
    ...verdicts.map((verdict) => `  ${verdict}(["${escapedLabel(words[verdict])}"])`),
    ...edges.map(([node, verdict]) => `  ${node} -.-> ${verdict}`),
    "",
  ].join("\n");
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
  return seconds % 3600 === 0 ? `${seconds / 3600} ${seconds === 3600 ? "hour" : "hours"}` : `${seconds} s`;
}

function summary(inventory: Inventory, { verifications, rateLimits }: Verified): readonly string[] {
  const names = new Map<string, Verdict>();
  inventory.images.forEach(({ image, fullName, unknown, origin }, index) => {
    names.set(JSON.stringify([fullName ?? image, unknown, origin]), verifications[index]?.verdict ?? "unknown");
  });
  const counts = (["there", "missing", "denied", "unknown"] as const).map((verdict) => {
    const count = [...names.values()].filter((each) => each === verdict).length;
    return count === 0 ? [] : [`${count} ${words[verdict]}`];
  });
  return [
    ...(names.size === 0 ? [] : [`of ${names.size} ${names.size === 1 ? "name" : "names"}: ${counts.flat().join(", ")}`]),
    ...[...rateLimits].map(([registry, limit]) => limitSentence(registry, limit)),
  ];
}

interface Entry {
  readonly image: Image;
  readonly verification: Verification;
}

/** The images in the order in which the module shows them. */
function byRegistry({ images, summary: { registries } }: Inventory, verifications: readonly Verification[]): readonly (readonly Entry[])[] {
  const entries = images.flatMap((image, index): readonly Entry[] => {
    const verification = verifications[index];
    return verification === undefined ? [] : [{ image, verification }];
  });
  return registries.map(({ registry }) => entries.filter(({ image }) => image.registry === registry));
}

/** One of each name of a registry, sorted as the module does: by the bytes of the name, of why it is unknown, and by origin. */
function distinctNames(entries: readonly Entry[]): readonly Verification[] {
  const names = new Map<string, readonly [name: Buffer, why: Buffer, isFile: number, verification: Verification]>();
  for (const { image: { image, fullName, unknown, origin }, verification } of entries) {
    const name = fullName ?? image;
    const key = JSON.stringify([name, unknown, origin]);
    const why = Buffer.from(unknown === null ? "" : `-${unknown}`);
    if (!names.has(key)) names.set(key, [Buffer.from(name), why, origin === "file" ? 0 : 1, verification]);
  }
  const sorted = [...names.values()].sort((a, b) => a[0].compare(b[0]) || a[1].compare(b[1]) || a[2] - b[2]);
  return sorted.map(([, , , verification]) => verification);
}

function beside<A, B>(lines: readonly A[], cells: readonly B[]): readonly (readonly [A, B])[] {
  if (lines.length !== cells.length) throw new Error(`there are ${lines.length} lines for ${cells.length} images`);
  return lines.map((line, index) => [line, cells[index] as B]);
}

/** A text that Markdown shows as it is, on one line, as the module writes it. */
function escaped(text: string): string {
  return text
    .replace(/[\\`*_{}[\]()#|~!]/g, "\\$&")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("@", "&#64;")
    .replaceAll(":/", "&#58;/");
}

function escapedLabel(text: string): string {
  return text.replace(/[^\p{L}\p{N} /.:_@-]/gu, (character) => `#${character.codePointAt(0)};`);
}
