/** Whether a value is bytes. Unlike `instanceof` alone, this looks at nothing that somebody else has written. */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && value instanceof Uint8Array;
}
