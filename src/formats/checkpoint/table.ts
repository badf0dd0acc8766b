/**
 * Sorted tables of keys and values, as LevelDB writes them: blocks of entries whose keys share
 * prefixes, an index of the blocks, and a footer that says where the index is. Only the blocks that
 * are asked for are read.
 */

import { crc32c, maskCrc } from '../crc32c.ts';
import { type ByteSource, compareBytes, damaged, joinBytes } from './bytes.ts';
import { snappyUncompress } from './snappy.ts';
import { WireReader } from './wire.ts';

/** Two handles of at most 20 bytes each, and the magic number. */
export const FOOTER_LENGTH = 48;
/** The last eight bytes of a table, as two little-endian words. */
export const MAGIC = [0x8b80fb57, 0xdb477524] as const;
/** Keys share at most what a block has between two restarts; a block whose keys share more is damaged. */
const MOST_SHARED = 16;
/** Behind each block: how it is compressed, and a checksum. */
export const TRAILER_LENGTH = 5;

/** One entry of a table. */
export interface TableEntry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

interface Handle {
  readonly offset: number;
  readonly size: number;
}

/** A table that is read block by block. */
export class Table {
  private readonly source: ByteSource;
  private readonly index: readonly TableEntry[];
  private cached: { readonly offset: number; readonly entries: readonly TableEntry[] } | null =
    null;

  /** Reads the footer and the index. DataLossError where they are damaged. */
  constructor(source: ByteSource) {
    this.source = source;
    if (source.size < FOOTER_LENGTH) throw damaged('file is too short to be an sstable');
    const footer = source.read(source.size - FOOTER_LENGTH, FOOTER_LENGTH);
    const words = new DataView(footer.buffer, footer.byteOffset);
    MAGIC.forEach((word, i) => {
      if (words.getUint32(FOOTER_LENGTH - 8 + 4 * i, true) !== word) {
        throw damaged('not an sstable (bad magic number)');
      }
    });
    const handles = new WireReader(footer, 0, FOOTER_LENGTH - 8);
    readHandle(handles);
    this.index = [...entriesOf(this.block(readHandle(handles)))];
  }

  /** All entries, in the order of their keys. */
  *entries(): Generator<TableEntry> {
    for (const { value } of this.index) yield* this.entriesAt(value);
  }

  /** The value of `key`, `undefined` where there is none. */
  get(key: Uint8Array): Uint8Array | undefined {
    const first = lowerBound(this.index, key);
    const block = this.index[first];
    if (!block) return undefined;
    const entries = this.entriesAt(block.value);
    const found = entries[lowerBound(entries, key)];
    return found && compareBytes(found.key, key) === 0 ? found.value : undefined;
  }

  private entriesAt(handleBytes: Uint8Array): readonly TableEntry[] {
    const handle = readHandle(new WireReader(handleBytes));
    if (this.cached?.offset === handle.offset) return this.cached.entries;
    const entries = [...entriesOf(this.block(handle))];
    this.cached = { offset: handle.offset, entries };
    return entries;
  }

  private block({ offset, size }: Handle): Uint8Array {
    if (size > this.source.size) throw damaged('truncated block read');
    const stored = this.source.read(offset, size + TRAILER_LENGTH);
    if (stored.length !== size + TRAILER_LENGTH) throw damaged('truncated block read');
    const sum = new DataView(stored.buffer, stored.byteOffset).getUint32(size + 1, true);
    if (maskCrc(crc32c(stored.subarray(0, size + 1))) !== sum) {
      throw damaged('block checksum mismatch');
    }
    const kind = stored[size]!;
    if (kind > 1) throw damaged('bad block type');
    const contents = stored.subarray(0, size);
    return kind === 1 ? snappyUncompress(contents) : contents;
  }
}

/** The first of `entries` whose key is not before `key`; their number where there is none. */
function lowerBound(entries: readonly TableEntry[], key: Uint8Array): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareBytes(entries[middle]!.key, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function readHandle(reader: WireReader): Handle {
  try {
    return { offset: reader.varint(), size: reader.varint() };
  } catch {
    throw damaged('bad block handle');
  }
}

/** The entries of a block: each shares the beginning of its key with the one before. */
function* entriesOf(block: Uint8Array): Generator<TableEntry> {
  if (block.length < 4) throw damaged('bad block contents');
  const words = new DataView(block.buffer, block.byteOffset, block.length);
  const restarts = words.getUint32(block.length - 4, true);
  const end = block.length - 4 - 4 * restarts;
  if (end < 0) throw damaged('bad block contents');
  const reader = new WireReader(block, 0, end);
  let key: Uint8Array = new Uint8Array(0);
  let keyBytes = 0;
  while (!reader.done) {
    const [shared, rest, length] = entryHead(reader);
    const at = reader.at;
    keyBytes += shared;
    const fits = shared <= key.length && rest + length <= end - at;
    if (!fits || keyBytes > MOST_SHARED * block.length) throw damaged('bad entry in block');
    key = joinBytes([key.subarray(0, shared), block.subarray(at, at + rest)]);
    reader.at = at + rest + length;
    yield { key, value: block.subarray(at + rest, at + rest + length) };
  }
}

function entryHead(reader: WireReader): [shared: number, rest: number, length: number] {
  try {
    return [reader.varint(), reader.varint(), reader.varint()];
  } catch {
    throw damaged('bad entry in block');
  }
}
