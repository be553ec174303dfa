/** Whether a search takes files of this name. */
export function isInput(name: string): boolean {
  return /\.(?:ya?ml|json)$/i.test(name);
}
