/** Specifications of features: TF1's errors, eager mode, and the op of later versions. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { ParseExampleV2 } from '../../src/ops/parsing.ts';
import '../leaks.ts';

const F = tf.float32;
const fixed = new tf.FixedLenFeature([2], F);
const parse = (features: Record<string, unknown>) => () =>
  tf.with(new tf.Graph().as_default(), () =>
    tf.parse_example(tf.placeholder(tf.string, [null]), {
      features: features as Record<string, tf.FixedLenFeature>,
    }),
  );

describe('errors of specifications', () => {
  const steps = new tf.FixedLenSequenceFeature([], F);
  test.each([
    ['nothing', {}, 'Missing: features was {}.'],
    ['no feature', { x: 3 }, 'Invalid feature x:3.'],
    [
      'a required sequence',
      { x: steps },
      'Unsupported: FixedLenSequenceFeature requires allow_missing to be True.',
    ],
    [
      'an unknown first size',
      { x: new tf.FixedLenFeature([null, 2], F) },
      'First dimension of shape for feature x unknown. Consider using FixedLenSequenceFeature.',
    ],
    [
      'an unknown size',
      { x: new tf.FixedLenFeature([2, null], F) },
      'All dimensions of shape for feature x need to be known but received [2, None].',
    ],
    [
      'no key of indices',
      { x: new tf.SparseFeature('', 'v', F, 3) },
      "Missing index_key for SparseFeature SparseFeature(index_key='', value_key='v', dtype=<dtype: 'float32'>, size=3, already_sorted=False).",
    ],
    [
      'no key of values',
      { x: new tf.SparseFeature('i', '', F, 3) },
      'Missing value_key for SparseFeature',
    ],
    [
      'two types',
      { a: new tf.VarLenFeature(F), b: new tf.SparseFeature('a', 'v', F, 3) },
      "Conflicting type <dtype: 'float32'> vs int64 for feature a.",
    ],
    [
      'both kinds',
      { a: new tf.SparseFeature('i', 'x', F, 3), x: fixed },
      "Dense and sparse keys must not intersect; intersection: {'x'}",
    ],
  ])('%s', (_name, features, text) => {
    expect(parse(features)).toThrow(text);
  });

  test('sequences and wholes take some kinds only', () => {
    tf.with(new tf.Graph().as_default(), () => {
      const text = tf.placeholder(tf.string, []);
      const run = (a: object | null, b: object | null) => () =>
        tf.parse_single_sequence_example(text, {
          context_features: a as Record<string, tf.FixedLenFeature> | null,
          sequence_features: b as Record<string, tf.FixedLenFeature> | null,
        });
      expect(run(null, null)).toThrow('Missing features.');
      expect(run({ x: steps }, null)).toThrow('Unsupported FixedLenSequenceFeature');
      expect(run(null, { x: fixed })).toThrow('Unsupported FixedLenFeature');
      expect(() => tf.parse_single_example(['a'], { features: { x: fixed } })).toThrow();
    });
  });

  test('are namedtuples with defaults', () => {
    const [shape, dtype, fallback] = fixed as unknown as Iterable<unknown>;
    expect([shape, dtype, fallback]).toEqual([[2], F, null]);
    expect(Reflect.get(tf.SparseFeature, '_fields')).toContain('already_sorted');
    const named = new tf.FixedLenFeature({ shape: [], dtype: tf.string, default_value: 'x' });
    expect([named.shape, named.dtype, named.default_value]).toEqual([[], tf.string, 'x']);
  });
});

test('Examples are parsed in eager mode', () => {
  const { Example, Feature, Features, FloatList } = tf.train;
  const feature = { x: new Feature({ float_list: new FloatList({ value: [1, 2] }) }) };
  const bytes = new Example({ features: new Features({ feature }) }).SerializeToString();
  tf.with(tf.python.eager.context.eager_mode(), () => {
    const { x, y } = tf.parse_single_example(bytes, {
      features: { x: fixed, y: new tf.VarLenFeature(tf.int64) },
    });
    expect(Reflect.apply(Reflect.get(x!, 'numpy'), x, []).tolist()).toEqual([1, 2]);
    expect(Reflect.apply(Reflect.get(y!.values, 'numpy'), y!.values, []).tolist()).toEqual([]);
    const [a, b] = tf.decode_csv(['1,x', '2,y'], [tf.int32([0]), ['']]);
    const plain = [a, b].map((one) => Reflect.apply(Reflect.get(one!, 'numpy'), one, []).tolist());
    expect(plain).toEqual([
      [1, 2],
      ['x', 'y'],
    ]);
  });
});

interface Row {
  readonly serialized: string | string[];
  readonly shapes: unknown;
  readonly value: { shape: number[]; data: unknown[] }[][];
}
const rows = JSON.parse(
  readFileSync(new URL('../golden/examples_v2.json', import.meta.url), 'utf8'),
) as Row[];

test.each(rows.map((row, i) => [i, row] as const))('ParseExampleV2, case %d', (_i, row) => {
  const decode = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
  const { serialized } = row;
  const bytes = typeof serialized === 'string' ? decode(serialized) : serialized.map(decode);
  tf.with(new tf.Graph().as_default(), () => {
    const shape = typeof serialized === 'string' ? [] : [serialized.length];
    const source = tf.placeholder(tf.string, shape);
    const outputs = ParseExampleV2(
      {
        serialized: source,
        names: [],
        sparse_keys: ['y'],
        dense_keys: ['s', 'x'],
        ragged_keys: ['r', 'u'],
        dense_defaults: [tf.constant(['none']), tf.constant(0)],
      },
      {
        num_sparse: 1,
        sparse_types: [tf.int64],
        ragged_value_types: [tf.string, tf.int64],
        ragged_split_types: [tf.int64, tf.int32],
        dense_shapes: [[1], [null]],
      },
    );
    expect(outputs.map((list) => list.map(({ dims }) => dims))).toEqual(row.shapes);
    tf.with(new tf.Session(), (sess) => {
      const feed_dict: [tf.Tensor, tf.TensorLike][] = [[source, tf.string(bytes)]];
      const got = outputs.map((list) => sess.run([...list], { feed_dict }));
      const plain = got.map((list) =>
        [...(list as Iterable<tf.NdArray>)].map((array) => ({
          shape: [...array.shape],
          data: Array.from(array.data as ArrayLike<unknown>, (one) =>
            typeof one === 'string' ? [...Buffer.from(one)] : one,
          ),
        })),
      );
      expect(plain).toEqual(
        row.value.map((list) => list.map(({ shape, data }) => ({ shape, data }))),
      );
    });
  });
});
