/**
 * What can't be seen, or turns the direction of writing: it would make a name look like another one, or turn the words
 * after it around. The command writes the same, and more: `pkg/src/inert.ts`; a test compares the two.
 */
const hidden =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** What lays out a text of several lines. */
const layout = /^[\n\t]$/;

/** A text of others in which everything can be seen, as the command writes it: `\u{202e}`. */
export function visible(text: string): string {
  return text.replace(hidden, (found) => (layout.test(found) ? found : `\\u{${(found.codePointAt(0) ?? 0).toString(16)}}`));
}
