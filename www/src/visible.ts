import { escapeAny, hidden, layout } from "../../pkg/src/hidden.ts";

/**
 * A text of others in which everything can be seen, as the command writes it: `\u{202e}`. What can't be seen, or turns
 * the direction of writing, would make a name look like another one, or turn the words after it around.
 */
export function visible(text: string): string {
  return text.replace(hidden, (found) => (layout.test(found) ? found : escapeAny(found)));
}
