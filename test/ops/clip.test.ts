/** Clipping of slices, of lists with gaps, and what it refuses. Its numbers are in test/programs. */

import { beforeEach, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { eager_mode } from '../../src/eager/context.ts';
import { expectSays, type Row } from '../errors/says.ts';

beforeEach(() => tf.reset_default_graph());

const slices = () => {
  const indices = tf.constant([2, 0], tf.int32);
  return new tf.IndexedSlices(tf.constant([[3], [-4]]), indices, tf.constant([3, 1], tf.int32));
};
const values = (t: tf.Tensor): unknown => {
  const value: unknown = t.numpy();
  return value instanceof tf.NdArray ? value.tolist() : value;
};

test('slices stay slices', () => {
  tf.with(eager_mode(), () => {
    const given = slices();
    const byValue = tf.clip_by_value(given, -1, 2);
    const byNorm = tf.clip_by_norm(given, 2.5);
    expect(values(byValue.values)).toEqual([[2], [-1]]);
    expect(values(byNorm.values)).toEqual([[1.5], [-2]]);
    expect(byNorm.indices).toBe(given.indices);
    expect(byNorm.dense_shape).toBe(given.dense_shape);
  });
});

test('what is missing stays missing', () => {
  tf.with(eager_mode(), () => {
    const [[first, gap, last], norm] = tf.clip_by_global_norm(
      [tf.constant([12]), null, slices()],
      6.5,
    );
    expect([norm.numpy(), gap]).toEqual([13, null]);
    expect([values(first), values(last.values)]).toEqual([[6], [[1.5], [-2]]]);
  });
});

test('a given norm, and one within bounds', () => {
  tf.with(eager_mode(), () => {
    const t = tf.constant([3, 4]);
    expect(values(tf.clip_by_global_norm([t], 5, { use_norm: tf.constant(10) })[0][0])).toEqual([
      1.5, 2,
    ]);
    expect(values(tf.clip_by_global_norm([t], 100)[0][0])).toEqual([3, 4]);
    expect(values(tf.clip_by_norm(t, -1))).toEqual([0, 0]);
    expect(values(tf.clip_by_norm(tf.constant([0, 0]), 1))).toEqual([0, 0]);
  });
});

test('an infinite norm makes all values NaN', () => {
  tf.with(eager_mode(), () => {
    const [[t]] = tf.clip_by_global_norm([tf.constant([1, Number.POSITIVE_INFINITY])], 1);
    expect(values(t)).toEqual([Number.NaN, Number.NaN]);
  });
});

const ERRORS: Row[] = [
  [
    'TypeError',
    't_list should be a sequence',
    () => tf.clip_by_global_norm(tf.constant([1]) as never, 1),
  ],
  [
    'ValueError',
    'Shapes (2,) and (3, 2) are not compatible',
    () => tf.clip_by_value(tf.constant([1, 2]), tf.zeros([3, 2]), tf.ones([3, 2])),
  ],
];

test.each(ERRORS)('%s: %s', (...row) => expectSays(row));
