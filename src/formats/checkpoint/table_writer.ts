/**
 * Writes sorted tables of keys and values: entries go to a block until it is full, and the index has
 * a short key that lies between each two blocks. Byte for byte what TensorFlow's builder writes
 * without compression.
 */

import { crc32c, maskCrc } from '../crc32c.ts';
import { type ByteSink, compareBytes } from './bytes.ts';
import { FOOTER_LENGTH, MAGIC, TRAILER_LENGTH } from './table.ts';
import { WireWriter } from './wire.ts';

const BLOCK_SIZE = 262144;
const RESTART_INTERVAL = 16;

/** A block that is being filled. */
class BlockWriter {
  private writer = new WireWriter();
  private restarts = [0];
  private sinceRestart = 0;
  private readonly interval: number;
  lastKey: Uint8Array = new Uint8Array(0);
  empty = true;

  constructor(interval: number) {
    this.interval = interval;
  }

  /** Bytes that the block would have now. */
  get size(): number {
    return this.writer.bytes.length + 4 * this.restarts.length + 4;
  }

  add(key: Uint8Array, value: Uint8Array): void {
    let shared = 0;
    if (this.sinceRestart < this.interval) shared = sharedLength(this.lastKey, key);
    else {
      this.restarts.push(this.writer.bytes.length);
      this.sinceRestart = 0;
    }
    const rest = key.subarray(shared);
    this.writer.varint(shared).varint(rest.length).varint(value.length).raw(rest).raw(value);
    this.lastKey = key.slice();
    this.sinceRestart++;
    this.empty = false;
  }

  /** The block's bytes; it is empty again afterwards. */
  finish(): Uint8Array {
    for (const restart of this.restarts) this.writer.fixed32(restart);
    const { bytes } = this.writer.fixed32(this.restarts.length);
    this.writer = new WireWriter();
    this.restarts = [0];
    this.sinceRestart = 0;
    this.lastKey = new Uint8Array(0);
    this.empty = true;
    return bytes;
  }
}

/** A table that is being written, key after key. */
export class TableWriter {
  private readonly sink: ByteSink;
  private readonly data = new BlockWriter(RESTART_INTERVAL);
  private readonly index = new BlockWriter(1);
  private offset = 0;
  private lastKey: Uint8Array = new Uint8Array(0);
  /** The block whose index entry waits for the next key. */
  private pending: Uint8Array | null = null;

  constructor(sink: ByteSink) {
    this.sink = sink;
  }

  /** Adds an entry; its key must come after the last one. */
  add(key: Uint8Array, value: Uint8Array): void {
    if (this.pending) {
      this.index.add(separator(this.lastKey, key), this.pending);
      this.pending = null;
    }
    this.data.add(key, value);
    this.lastKey = key.slice();
    if (this.data.size >= BLOCK_SIZE) this.flush();
  }

  /** Writes what is left, the index and the footer. */
  finish(): void {
    this.flush();
    const meta = this.writeBlock(new BlockWriter(RESTART_INTERVAL).finish());
    if (this.pending) this.index.add(successor(this.lastKey), this.pending);
    const index = this.writeBlock(this.index.finish());
    const footer = new Uint8Array(FOOTER_LENGTH);
    footer.set(meta);
    footer.set(index, meta.length);
    const words = new DataView(footer.buffer);
    MAGIC.forEach((word, i) => {
      words.setUint32(FOOTER_LENGTH - 8 + 4 * i, word, true);
    });
    this.sink.write(footer);
  }

  private flush(): void {
    if (!this.data.empty) this.pending = this.writeBlock(this.data.finish());
  }

  /** Writes a block and gives its handle. */
  private writeBlock(contents: Uint8Array): Uint8Array {
    const stored = new Uint8Array(contents.length + TRAILER_LENGTH);
    stored.set(contents);
    const sum = maskCrc(crc32c(stored.subarray(0, contents.length + 1)));
    new DataView(stored.buffer).setUint32(contents.length + 1, sum, true);
    this.sink.write(stored);
    const handle = new WireWriter().varint(this.offset).varint(contents.length).bytes;
    this.offset += stored.length;
    return handle;
  }
}

function sharedLength(a: Uint8Array, b: Uint8Array): number {
  const most = Math.min(a.length, b.length);
  let shared = 0;
  while (shared < most && a[shared] === b[shared]) shared++;
  return shared;
}

/** A short key that is not before `start` and is before `limit`. */
function separator(start: Uint8Array, limit: Uint8Array): Uint8Array {
  const at = sharedLength(start, limit);
  const byte = start[at];
  if (byte === undefined || limit[at] === undefined) return start;
  if (byte === 255 || byte + 1 >= limit[at]) return start;
  const short = start.slice(0, at + 1);
  short[at] = byte + 1;
  return compareBytes(short, limit) < 0 ? short : start;
}

/** A short key that is not before `key`. */
function successor(key: Uint8Array): Uint8Array {
  const at = key.findIndex((byte) => byte !== 255);
  if (at < 0) return key;
  const short = key.slice(0, at + 1);
  short[at]!++;
  return short;
}
