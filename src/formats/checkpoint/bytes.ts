/**
 * Where the bytes of a checkpoint come from and go to. The formats know no files: whoever opens one
 * hands in something that can be read at any place, or appended to.
 */

import { DataLossError } from '../../core/errors.ts';

/** Bytes of which any part can be read. */
export interface ByteSource {
  /** How many there are. */
  readonly size: number;
  /** The `length` bytes from `offset`; fewer at the end. */
  read(offset: number, length: number): Uint8Array;
  /** Fills `bytes` from `offset` on and returns how many there were. */
  readInto(bytes: Uint8Array, offset: number): number;
  /** Gives the file back. */
  close(): void;
}

/** Where bytes are appended. */
export interface ByteSink {
  write(bytes: Uint8Array): void;
}

/** The error of bytes that are not what they should be. */
export function damaged(message: string): DataLossError {
  return new DataLossError(null, null, message);
}

/** The bytes of several arrays, one after another. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Bytewise order, shorter first: negative, zero or positive as `a` is before, at or after `b`. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}
