/** Tables: what is written is read, in order and by key; blocks, prefixes, snappy; damage is told. */

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareBytes } from '../../../src/formats/checkpoint/bytes.ts';
import { snappyUncompress } from '../../../src/formats/checkpoint/snappy.ts';
import { Table } from '../../../src/formats/checkpoint/table.ts';
import { TableWriter } from '../../../src/formats/checkpoint/table_writer.ts';
import { WireReader, WireWriter } from '../../../src/formats/checkpoint/wire.ts';
import { crc32c, maskCrc } from '../../../src/formats/crc32c.ts';
import { MemorySink, MemorySource } from './memory_files.ts';

type Entry = readonly [key: Uint8Array, value: Uint8Array];

function written(entries: readonly Entry[]): Uint8Array {
  const sink = new MemorySink();
  const writer = new TableWriter(sink);
  for (const [key, value] of entries) writer.add(key, value);
  writer.finish();
  return sink.bytes;
}

const utf8 = (text: string) => new TextEncoder().encode(text);
const bytes = (max: number) => fc.uint8Array({ maxLength: max });

/** Entries in order, without keys twice. */
const entriesOf = (list: readonly Entry[]): Entry[] => {
  const byKey = new Map(list.map((entry) => [Buffer.from(entry[0]).toString('hex'), entry]));
  return [...byKey.values()].sort(([a], [b]) => compareBytes(a, b));
};

test('what is written is read, in order and by key', () => {
  const lists = fc.array(fc.tuple(bytes(6), bytes(40)), { maxLength: 60 });
  fc.assert(
    fc.property(lists, bytes(6), (list, other) => {
      const entries = entriesOf(list);
      const table = new Table(new MemorySource(written(entries)));
      expect([...table.entries()].map(({ key, value }) => [key, value])).toEqual(entries);
      for (const [key, value] of entries) expect(table.get(key)).toEqual(value);
      const known = entries.find(([key]) => compareBytes(key, other) === 0);
      expect(table.get(other)).toEqual(known?.[1]);
    }),
    { numRuns: 200 },
  );
});

test('a key is found in many blocks by reading one of them', () => {
  const value = new Uint8Array(5000).fill(7);
  const entries = Array.from(
    { length: 400 },
    (_, i): Entry => [utf8(`scope/${String(i).padStart(6, '0')}`), value],
  );
  const source = new MemorySource(written(entries));
  const table = new Table(source);
  const before = source.taken;
  expect(table.get(utf8('scope/000250'))).toEqual(value);
  expect(source.taken - before).toBeLessThan(300_000);
  expect(source.size).toBeGreaterThan(2_000_000);
  expect(table.get(utf8('scope/0002505'))).toBeUndefined();
});

describe('snappy', () => {
  const block = (length: number, ...body: number[]) => Uint8Array.of(length, ...body);

  test('literals and copies', () => {
    // 'abc', then 9 bytes from 3 back: 'abcabcabcabc'.
    const copy = ((9 - 4) << 2) | 1;
    expect(snappyUncompress(block(12, 2 << 2, 97, 98, 99, copy, 3))).toEqual(utf8('abcabcabcabc'));
    expect(snappyUncompress(block(4, 0, 97, ((3 - 1) << 2) | 2, 1, 0))).toEqual(utf8('aaaa'));
    const long = block(2, 60 << 2, 1, 97, 98);
    expect(snappyUncompress(long)).toEqual(utf8('ab'));
    expect(snappyUncompress(block(0))).toEqual(new Uint8Array(0));
  });

  test.each([
    ['too long', block(200, 0, 97)],
    ['too short', block(1, 4, 97, 98)],
    ['from before the start', block(8, 0, 97, 1, 5)],
    ['cut off', block(8, 60 << 2)],
  ])('%s', (_, damaged) => {
    expect(() => snappyUncompress(damaged)).toThrow('corrupted compressed block contents');
  });

  test('a table with compressed blocks is read', () => {
    // One entry 'k' -> 'aaaa', in a block that is compressed.
    const plain = Uint8Array.of(0, 1, 4, 107, 97, 97, 97, 97, 0, 0, 0, 0, 1, 0, 0, 0);
    const packed = Uint8Array.of(
      16,
      4 << 2,
      0,
      1,
      4,
      107,
      97,
      (2 << 2) | 2,
      1,
      0,
      7 << 2,
      0,
      0,
      0,
      0,
      1,
      0,
      0,
      0,
    );
    expect(snappyUncompress(packed)).toEqual(plain);
    const index = (handle: Uint8Array) =>
      Uint8Array.of(0, 1, handle.length, 108, ...handle, 0, 0, 0, 0, 1, 0, 0, 0);
    const stored = (contents: Uint8Array, kind: number) => {
      const sum = maskCrc(crc32c(Uint8Array.of(...contents, kind)));
      return [...contents, kind, ...new WireWriter().fixed32(sum).bytes];
    };
    const data = stored(packed, 1);
    const handles = stored(index(Uint8Array.of(0, packed.length)), 0);
    const footer = new Uint8Array(48);
    footer.set([0, 0, data.length, handles.length - 5]);
    footer.set([0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb], 40);
    const table = new Table(new MemorySource(Uint8Array.of(...data, ...handles, ...footer)));
    expect(table.get(utf8('k'))).toEqual(utf8('aaaa'));
  });
});

describe('damage', () => {
  const whole = written([
    [utf8('a'), utf8('1')],
    [utf8('b'), utf8('2')],
  ]);

  test.each([
    ['short', whole.slice(0, 40), 'file is too short to be an sstable'],
    ['cut', whole.slice(0, -1), 'not an sstable (bad magic number)'],
  ])('%s', (_, file, text) => {
    expect(() => new Table(new MemorySource(file))).toThrow(text);
  });

  test('any changed byte is told, or changes nothing', () => {
    for (let at = 0; at < whole.length; at++) {
      for (const change of [1, 128, 255]) {
        const file = whole.slice();
        file[at]! ^= change;
        try {
          const found = [...new Table(new MemorySource(file)).entries()];
          expect(found.map(({ value }) => value)).toEqual([utf8('1'), utf8('2')]);
        } catch (error) {
          expect((error as Error).name).toBe('DataLossError');
        }
      }
    }
  });

  test('blocks with right checksums but wrong contents', () => {
    fc.assert(
      fc.property(bytes(60), (contents) => {
        const sum = maskCrc(crc32c(Uint8Array.of(...contents, 0)));
        const block = [...contents, 0, ...new WireWriter().fixed32(sum).bytes];
        const footer = new Uint8Array(48);
        footer.set([0, 0, 0, contents.length]);
        footer.set([0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb], 40);
        try {
          const table = new Table(new MemorySource(Uint8Array.of(...block, ...footer)));
          [...table.entries()];
        } catch (error) {
          expect((error as Error).name).toBe('DataLossError');
        }
      }),
      { numRuns: 2000 },
    );
  });
});

test('numbers of messages', () => {
  const values = [
    0,
    1,
    127,
    128,
    2 ** 31,
    2 ** 32,
    2 ** 53 - 1,
    -1,
    -5,
    -(2 ** 31),
    -(2 ** 53) + 1,
  ];
  for (const value of values) {
    const reader = new WireReader(new WireWriter().varint(value).bytes);
    expect(reader.int64()).toBe(value);
    expect(reader.done).toBe(true);
  }
  expect(() => new WireReader(Uint8Array.of(128)).varint()).toThrow('varint is cut off');
  expect(() => new WireReader(new Uint8Array(11).fill(255)).varint()).toThrow('varint is too long');
  expect(() => new WireReader(Uint8Array.of(200, 1)).lengthDelimited()).toThrow('cut off');
});
