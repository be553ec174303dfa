import { escapeAny, hidden, layout } from "../../pkg/src/hidden.ts";

/**
/**
 * A string of others with hidden characters made visible, as the command writes them: `\u{202e}`. With them, a name could
 * look like another, or the words after it be reversed.
 */
export function visible(text: string): string {
  return text.replace(hidden, (found) => (layout.test(found) ? found : escapeAny(found)));
}
