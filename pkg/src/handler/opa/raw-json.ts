import { endOfString } from "../json.js";

/**
 * JSON whose values stay as they are written: JavaScript's numbers lose digits (9007199254740993, 1e400, 1.10). The
 * text has to be JSON; where it isn't, nobody says so here.
 */
export type RawJson = string;

/** Where the value ends that begins at `start` or after white space. */
export function endOfValue(text: string, start: number): number {
  let depth = 0;
  const begin = start + text.slice(start).search(/\S|$/);
  for (let at = begin; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x22:
        at = endOfString(text, at);
        if (depth === 0) return at + 1;
        break;
      case 0x5b:
      case 0x7b:
        depth += 1;
        break;
      case 0x5d:
      case 0x7d:
        depth -= 1;
        if (depth === 0) return at + 1;
        if (depth < 0) return at;
        break;
      case 0x2c:
      case 0x3a:
        if (depth === 0) return at;
        break;
      case 0x20:
      case 0x09:
      case 0x0a:
      case 0x0d:
        // After a number or a word.
        if (depth === 0) return at;
        break;
    }
  }
  return text.length;
}

/** The members of an object; of a key that is there twice, the last. */
export function membersOf(object: RawJson): ReadonlyMap<string, RawJson> {
  const members = new Map<string, RawJson>();
  let at = object.indexOf("{") + 1;
  for (;;) {
    const key = object.indexOf('"', at);
    if (key === -1) return members;
    const end = endOfString(object, key);
    const colon = object.indexOf(":", end);
    const valueEnd = endOfValue(object, colon + 1);
    members.set(JSON.parse(object.slice(key, end + 1)) as string, object.slice(colon + 1, valueEnd).trim());
    at = valueEnd;
  }
}

/** The items of an array. */
export function itemsOf(array: RawJson): readonly RawJson[] {
  const items: RawJson[] = [];
  let at = array.indexOf("[") + 1;
  for (;;) {
    const end = endOfValue(array, at);
    const item = array.slice(at, end).trim();
    if (item === "") return items;
    items.push(item);
    const next = array.slice(end).search(/\S/) + end;
    if (array[next] !== ",") return items;
    at = next + 1;
  }
}

/** The same over several lines, as Go indents it. */
export function indented(text: RawJson): RawJson {
  const pieces: string[] = [];
  let indent = "\n";
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    switch (character) {
      case '"': {
        const end = endOfString(text, at);
        pieces.push(text.slice(at, end + 1));
        at = end;
        break;
      }
      case "{":
      case "[":
        if (text[at + 1] === "}" || text[at + 1] === "]") {
          pieces.push(text.slice(at, at + 2));
          at += 1;
        } else {
          indent += "  ";
          pieces.push(character, indent);
        }
        break;
      case "}":
      case "]":
        indent = indent.slice(0, -2);
        pieces.push(indent, character);
        break;
      case ",":
        pieces.push(character, indent);
        break;
      case ":":
        pieces.push(": ");
        break;
      default:
        pieces.push(character);
    }
  }
  return pieces.join("");
}

/** JSON as Go writes it: what HTML could take for something else is escaped. */
export function asGoWrites(value: unknown): RawJson {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
