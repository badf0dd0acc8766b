/** The reader of Examples agrees with the messages, for random Examples and for damaged ones. */

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as tf from 'tf1';
import {
  BYTES_LIST,
  bytesOf,
  FLOAT_LIST,
  floatsOf,
  INT64_LIST,
  integersOf,
  keyOf,
  NO_LIST,
  type RawFeature,
  readExample,
  readSequenceExample,
} from '../../src/formats/example_reader.ts';

const { BytesList, Example, Feature, Features, FloatList, Int64List } = tf.train;
type Value = { kind: 'none' } | { kind: 'bytes' | 'floats' | 'integers'; value: unknown[] };

const safe = fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
const value: fc.Arbitrary<Value> = fc.oneof(
  fc.constant({ kind: 'none' as const }),
  fc.record({
    kind: fc.constant('bytes' as const),
    value: fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 5 }),
  }),
  fc.record({
    kind: fc.constant('floats' as const),
    value: fc.array(fc.float(), { maxLength: 9 }),
  }),
  fc.record({
    kind: fc.constant('integers' as const),
    value: fc.array(fc.oneof(safe, fc.integer({ min: -300, max: 300 })), { maxLength: 9 }),
  }),
);
const features = fc.dictionary(fc.string({ maxLength: 12 }), value, {
  maxKeys: 8,
  noNullPrototype: false,
});

function featureOf(value: Value): tf.train.Feature {
  if (value.kind === 'none') return new Feature();
  const { kind } = value;
  if (kind === 'bytes') {
    return new Feature({ bytes_list: new BytesList({ value: value.value as Uint8Array[] }) });
  }
  const numbers = value.value as number[];
  return kind === 'floats'
    ? new Feature({ float_list: new FloatList({ value: numbers }) })
    : new Feature({ int64_list: new Int64List({ value: numbers }) });
}

const KINDS = { none: NO_LIST, bytes: BYTES_LIST, floats: FLOAT_LIST, integers: INT64_LIST };

function contentOf({ kind, list }: RawFeature): unknown[] {
  if (kind === BYTES_LIST) return bytesOf(list)!.map((one) => [...Buffer.from(one)]);
  return kind === FLOAT_LIST ? [...floatsOf(list)!] : [...(integersOf(list) ?? [])];
}

function wantedOf(value: Value): unknown[] {
  if (value.kind === 'none') return [];
  return value.value.map((one) => (one instanceof Uint8Array ? [...one] : one));
}

describe('the reader of Examples', () => {
  test('finds what the message has', () => {
    fc.assert(
      fc.property(features, (spec) => {
        const entries = Object.entries(spec);
        const feature = Object.fromEntries(entries.map(([key, one]) => [key, featureOf(one)]));
        const message = new Example({ features: new Features({ feature }) });
        const found = readExample(message.SerializeToString())!;
        expect(found.size).toBe(entries.length);
        for (const [key, one] of entries) {
          const raw = found.get(keyOf(new TextEncoder().encode(key)))!;
          expect(raw.kind).toBe(KINDS[one.kind]);
          expect(contentOf(raw)).toEqual(wantedOf(one));
        }
      }),
      { numRuns: 200 },
    );
  });

  test('takes or refuses any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const found = readExample(bytes);
        for (const feature of found?.values() ?? []) {
          bytesOf(feature.list);
          floatsOf(feature.list);
        }
        readSequenceExample(bytes);
      }),
      { numRuns: 500 },
    );
  });

  test('reads unpacked and repeated lists as protobuf does', () => {
    expect([...integersOf(Uint8Array.of(8, 5, 10, 2, 6, 7, 8, 9))!]).toEqual([5, 6, 7, 9]);
    expect([...floatsOf(Uint8Array.of(13, 0, 0, 128, 63, 10, 4, 0, 0, 0, 64))!]).toEqual([1, 2]);
    const twice = Uint8Array.of(10, 12, 10, 10, 10, 1, 97, 18, 5, 26, 3, 10, 1, 1);
    expect([...integersOf(readExample(twice)!.get('a')!.list)!]).toEqual([1]);
  });

  test('refuses what is cut off, too long, or no integer that a number holds', () => {
    expect(integersOf(Uint8Array.of(10, 1, 128))).toBeNull();
    expect(integersOf(Uint8Array.of(10, 11, ...new Array(10).fill(255), 1))).toBeNull();
    expect(floatsOf(Uint8Array.of(10, 3, 0, 0, 0))).toBeNull();
    expect(bytesOf(Uint8Array.of(10, 5, 97))).toBeNull();
    expect(readExample(Uint8Array.of(10, 255, 255, 255, 255, 15))).toBeNull();
    const large = Uint8Array.of(10, 9, 128, 128, 128, 128, 128, 128, 128, 128, 64);
    expect(() => integersOf(large)).toThrow('outside of the range that is held exactly');
    expect(() => integersOf(large)).toThrow(tf.errors.InvalidArgumentError);
  });
});
