/**
 * What acts on a terminal or can't be seen: controls, what breaks a line or turns the direction of writing, what
 * has no width, tags. `crates/terminal` says the same; a test compares the two.
 */
export const hidden =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** Of these, what may be in a text of several lines. */
export const layout = /^[\n\t]$/;

/** Any character, so that it can be seen: `\u{202e}`. */
export function escapeAny(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
