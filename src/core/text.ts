/** Strings between their two forms: text where the bytes are UTF-8, the bytes themselves otherwise. */

import type { Text } from './dtype.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The bytes of a string element. */
export function bytesOfText(text: Text): Uint8Array {
  return typeof text === 'string' ? encoder.encode(text) : text;
}

/** A string element from its bytes; the array is kept if it is not UTF-8. */
export function textOfBytes(bytes: Uint8Array): Text {
  try {
    return decoder.decode(bytes);
  } catch {
    return bytes;
  }
}
