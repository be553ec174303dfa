import { unreadable } from "./error.js";

/** Whether a value is bytes. Unlike `instanceof` alone, this looks at nothing that somebody else has written. */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && value instanceof Uint8Array;
}

/**
 * Decoders take bytes whose buffer was transferred, or has become smaller, for none.
 *
 * @param place what messages call them
 * @throws HarnessImageGuardError with the code `usage` where they can't be read any more
 */
export function assertAttached(bytes: Uint8Array, place: string): void {
  try {
    bytes.at(0);
  } catch (cause) {
    throw unreadable(place, cause);
  }
}
