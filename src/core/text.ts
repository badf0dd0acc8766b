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
  if (startsOutsideUtf8(bytes)) return bytes;
  try {
    return decoder.decode(bytes);
  } catch {
    return bytes;
  }
}

/** How far bytes are looked at before they are decoded: an error of the decoder is slow to throw. */
const LOOK_AHEAD = 64;

/** Whether the first byte that is not ASCII begins no character of UTF-8. */
function startsOutsideUtf8(bytes: Uint8Array): boolean {
  const end = Math.min(LOOK_AHEAD, bytes.length);
  for (let i = 0; i < end; i++) {
    const byte = bytes[i]!;
    if (byte < 0x80) continue;
    return byte < 0xc2 || byte > 0xf4 || ((bytes[i + 1] ?? 0) & 0xc0) !== 0x80;
  }
  return false;
}
