/**
 * Bytes one after another: of a file as it is, or of one that gzip or zlib compressed. Only a block is
 * in memory at a time, and a long run of bytes is gathered as it arrives, never by a promised length.
 */

import { Gunzip, Gzip, Unzlib, Zlib } from 'fflate';
import { DataLossError } from '../core/errors.ts';

/** Bytes of which any part can be read, such as an open file. */
export interface ByteSource {
  readonly size: number;
  /** The `length` bytes from `offset`; fewer where it ends before. */
  read(offset: number, length: number): Uint8Array;
}

/** What takes bytes one after another, such as a file that is being written. */
export interface ByteSink {
  write(bytes: Uint8Array): void;
}

/** Bytes in the order in which they stand. */
export interface ByteStream {
  /** The next `length` bytes; fewer where the stream ends before. The array is a new one, or never written again. */
  take(length: number): Uint8Array;
}

/** How a file of records is compressed: not at all, or as a gzip or zlib stream. */
export type Compression = '' | 'GZIP' | 'ZLIB';

/** What is read from a file at once. */
const BLOCK = 1 << 18;
/** What is inflated at once: the inflated block may be a thousand times as large. */
const COMPRESSED_BLOCK = 1 << 13;
const EMPTY = new Uint8Array(0);

/** A source over bytes in memory. */
export function sourceOf(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read: (offset, length) => bytes.subarray(offset, offset + Math.max(0, length)),
  };
}

/** The bytes of `source` from its beginning. DataLossError where the compressed data is damaged. */
export function streamOf(source: ByteSource, compression: Compression = ''): ByteStream {
  return compression === ''
    ? new PlainStream(source)
    : new BlockStream(inflatedBlocks(source, compression));
}

class PlainStream implements ByteStream {
  readonly #source: ByteSource;
  #at = 0;
  #block: Uint8Array = EMPTY;
  #used = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  take(length: number): Uint8Array {
    const buffered = this.#block.length - this.#used;
    if (length <= buffered) return this.#fromBlock(length);
    const start = this.#at - buffered;
    const rest = Math.max(0, Math.min(length, this.#source.size - start));
    if (rest >= BLOCK) {
      this.#block = EMPTY;
      this.#used = 0;
      const bytes = this.#source.read(start, rest);
      this.#at = start + bytes.length;
      return bytes;
    }
    this.#block = this.#source.read(start, Math.min(BLOCK, this.#source.size - start));
    this.#used = 0;
    this.#at = start + this.#block.length;
    return this.#fromBlock(Math.min(rest, this.#block.length));
  }

  #fromBlock(length: number): Uint8Array {
    this.#used += length;
    return this.#block.subarray(this.#used - length, this.#used);
  }
}

/** The inflated blocks of a source, in order; what is missing at its end is not noticed here. */
function* inflatedBlocks(source: ByteSource, compression: 'GZIP' | 'ZLIB'): Generator<Uint8Array> {
  let ready: Uint8Array[] = [];
  const take = (block: Uint8Array) => ready.push(block);
  const inflater = compression === 'GZIP' ? new Gunzip(take) : new Unzlib(take);
  for (let at = 0; at < source.size; at += COMPRESSED_BLOCK) {
    const block = source.read(at, COMPRESSED_BLOCK);
    if (at === 0) checkHeader(block, compression);
    try {
      inflater.push(block, false);
    } catch (error) {
      throw damaged(error instanceof Error ? error.message : String(error));
    }
    const blocks = ready;
    ready = [];
    yield* blocks;
  }
}

function checkHeader(bytes: Uint8Array, compression: 'GZIP' | 'ZLIB'): void {
  if (bytes.length < 2) return;
  const [first, second] = [bytes[0]!, bytes[1]!];
  if (compression === 'GZIP' && (first !== 0x1f || second !== 0x8b)) {
    throw damaged('incorrect header check');
  }
  if (compression === 'ZLIB' && ((first << 8) | second) % 31 !== 0) {
    throw damaged('incorrect header check');
  }
  const method = compression === 'GZIP' ? bytes[2] : first & 15;
  if (method !== undefined && method !== 8) throw damaged('unknown compression method');
}

function damaged(why: string): DataLossError {
  return new DataLossError(null, null, `inflate() failed with error -3: ${why}`);
}

class BlockStream implements ByteStream {
  readonly #blocks: Iterator<Uint8Array>;
  #block: Uint8Array = EMPTY;

  constructor(blocks: Iterator<Uint8Array>) {
    this.#blocks = blocks;
  }

  take(length: number): Uint8Array {
    if (this.#block.length >= length) return this.#cut(length);
    const parts: Uint8Array[] = [];
    let missing = length;
    while (missing > 0) {
      if (this.#block.length === 0) {
        const next = this.#blocks.next();
        if (next.done) break;
        this.#block = next.value;
      }
      const part = this.#cut(Math.min(missing, this.#block.length));
      missing -= part.length;
      parts.push(part);
    }
    return joinBytes(parts);
  }

  #cut(length: number): Uint8Array {
    const part = this.#block.subarray(0, length);
    this.#block = this.#block.subarray(length);
    return part;
  }
}

/** The arrays one behind the other. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A sink that must be told when nothing more comes. */
export interface ClosingSink extends ByteSink {
  close(): void;
}

/** A sink that compresses what it takes, and writes that to `sink`, which stays open. */
export function sinkTo(sink: ByteSink, compression: Compression = ''): ClosingSink {
  if (compression === '') return { write: (bytes) => sink.write(bytes), close: () => undefined };
  const take = (block: Uint8Array) => {
    if (block.length > 0) sink.write(block);
  };
  const deflater = compression === 'GZIP' ? new Gzip({ mtime: 0 }, take) : new Zlib(take);
  return {
    // fflate keeps what it is given.
    write: (bytes) => deflater.push(bytes.slice(), false),
    close: () => deflater.push(EMPTY, true),
  };
}
