/** The first sentence or clause of a paragraph in Markdown, in one line and without its end. */
export function firstSentence(paragraph: string): string {
  const line = paragraph.replaceAll(/\s+/g, " ").trim();
  return /^.*?(?=[.:;](?: |$))/.exec(line)?.[0] ?? line;
}
