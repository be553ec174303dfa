/** `1 error`, `2 errors`; `several` is the plural where an "s" doesn't make it. */
export function plural(count: number, noun: string, several = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : several}`;
}
