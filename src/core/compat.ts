/** Text and bytes brought into each other, as Python programs do it that run under both of its versions. */

import { pythonType } from './call.ts';
import { ValueError } from './errors.ts';
import { bytesOfText, textOfBytes } from './text.ts';

/** `bytes_or_text` as UTF-8 bytes. */
export function as_bytes(bytes_or_text: string | Uint8Array): Uint8Array {
  if (typeof bytes_or_text !== 'string' && !(bytes_or_text instanceof Uint8Array)) {
    throw unexpected(bytes_or_text);
  }
  return bytesOfText(bytes_or_text);
}

/** `bytes_or_text` as text; ValueError where the bytes are no UTF-8. */
export function as_text(bytes_or_text: string | Uint8Array): string {
  if (typeof bytes_or_text === 'string') return bytes_or_text;
  if (!(bytes_or_text instanceof Uint8Array)) throw unexpected(bytes_or_text);
  const text = textOfBytes(bytes_or_text);
  if (typeof text !== 'string') throw new ValueError("'utf-8' codec can't decode the bytes");
  return text;
}

/** Any value as text: bytes decoded, others as they print. */
export function as_str_any(value: unknown): string {
  return value instanceof Uint8Array ? as_text(value) : String(value);
}

/** A path as text, whether it is text or a URL of a file. */
export function path_to_str(path: string | Uint8Array | { readonly pathname: string }): string {
  if (typeof path === 'string' || path instanceof Uint8Array) return as_text(path);
  return 'pathname' in path ? decodeURIComponent(path.pathname) : String(path);
}

function unexpected(value: unknown): TypeError {
  return new TypeError(`Expected binary or unicode string, got ${pythonType(value)}`);
}
