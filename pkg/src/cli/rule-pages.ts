import { readdirSync, readFileSync } from "node:fs";

import { firstSentence } from "../first-sentence.js";

/** A page about a name that a report has in brackets. */
export interface Page {
  readonly id: string;
  /** What a list has beside it. */
  readonly title: string;
  /** Markdown. */
  readonly text: string;
}

const folder = new URL("../pages/", import.meta.url);

/** The pages of our rules, by their identities in order. */
export function rulePages(): Page[] {
  return readdirSync(new URL("rules/", folder))
    .sort()
    .map((name) => {
      const text = readFileSync(new URL(`rules/${name}`, folder), "utf8");
      const id = name.replace(/\.md$/, "");
      const [heading = ""] = text.split("\n", 1);
      return { id, title: heading.replace(/^# /, "").replace(`${id}: `, ""), text };
    });
}

/** The sections of a page that are about one rule each: their headings are the rules' identities. */
export function sectionsOf(name: "errors.md" | "lint.md"): Page[] {
  const [, ...sections] = readFileSync(new URL(name, folder), "utf8").split(/^## /m);
  return sections.map((section) => {
    const [id = ""] = section.split("\n", 1);
    const text = section.slice(id.length).trim();
    const [summary = ""] = text.split(/\n\s*\n/, 1);
    return { id, title: firstSentence(summary), text: `# ${id}\n\n${text}\n` };
  });
}
