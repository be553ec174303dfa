import { shownAnywhere } from "../inert.js";

const references: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/**
 * A string of others as the text of an element, or as the value of an attribute. What XML can't hold, and what acts on
 * a terminal, is written as in the report for a person: `\u{1b}`, `\n`.
 */
export function xmlText(text: string): string {
  return shownAnywhere(text.replace(/\p{Surrogate}/gu, "\ufffd"))
    .replace(/[\ufffe\uffff]/g, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`)
    .replace(/[&<>"']/g, (character) => references[character] ?? "");
}

/** Attributes, each after a space; one without a value is left out. */
export function attributes(values: Readonly<Record<string, string | number | null>>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => ` ${name}="${xmlText(String(value))}"`)
    .join("");
}

/** The first line of a document. */
export const xmlDeclaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
