/**
 * Strings of others (names, files, policies) written so that they neither steer a terminal nor give orders to a build
 * server that reads the log.
 */

import { escapeAny, hidden, layout } from "./hidden.js";

/** What is hidden; and in colors, the codes that we write ourselves. */
const colorOrHidden = new RegExp(`\\u001b\\[(?:0|1|2|1;3[136])m|${hidden.source}`, "gu");

/**
 * Where a build server reads a command: GitHub, Azure and TeamCity at the beginning of a line, before which they
 * pass over white space; GitHub and Azure `##[…]` and `##vso[…]` anywhere.
 */
const command = /^((?:[^\S\n]|\u001b\[[\d;]*m)*)([:#])(?=\2)|(#)(?=#[\w-]*\[)/gm;

const anywhere = /#(?=#[\w-]*\[)/g;

/** A string of others on one line: line breaks as `\n`, what is hidden as `\u{202e}`. */
export function shown(text: string): string {
  return text.replace(hidden, escape);
}

function escape(character: string): string {
  switch (character) {
    case "\t":
      return " ";
    case "\n":
      return "\\n";
    case "\r":
      return "\\r";
    default:
      return escapeAny(character);
  }
}

/**
 * A text of several lines in which nothing acts: no line of it is a command to a build server, and nothing but
 * line breaks and tabs is hidden.
 *
 * @param color whether it has our own colors
 */
export function inert(text: string, color = false): string {
  return text
    .replace(color ? colorOrHidden : hidden, (found) => (found.length > 2 || layout.test(found) ? found : escape(found)))
    .replace(command, (_, before: string | undefined, first: string | undefined, inside: string | undefined) =>
      `${before ?? ""}${escapeAny(first ?? inside ?? "")}`,
    );
}

/** The same JSON, in which nothing acts: characters of strings are written as `\u202e`. */
export function inertJson(text: string): string {
  return text
    .replace(hidden, (character) => (layout.test(character) ? character : inJson(character)))
    .replace(anywhere, inJson);
}

function inJson(character: string): string {
  return character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}

/** The same CSV, in which no build server reads a command. Of what else acts, its writer has left nothing. */
export function inertCsv(text: string): string {
  return text.replace(anywhere, escapeAny);
}

/** A unified diff in which nothing acts, and whether that changed it: then it can't be applied. */
export function inertDiff(diff: string): { readonly text: string; readonly changed: boolean } {
  const lines = diff.split("\n").map((line) => {
    const end = line.endsWith("\r") ? "\r" : "";
    return inert(line.slice(0, line.length - end.length)) + end;
  });
  const text = lines.join("\n");
  return { text, changed: text !== diff };
}

/** A string of others on one line, in which no build server reads a command either. */
export function shownAnywhere(text: string): string {
  return shown(text).replace(anywhere, escapeAny);
}
