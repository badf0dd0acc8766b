/** Learning rates that decay: eager values, types and errors. Their numbers are in test/programs. */

import { beforeEach, describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { eager_mode } from '../../src/eager/context.ts';
import { expectSays, type Row } from '../errors/says.ts';

beforeEach(() => tf.reset_default_graph());

const { train } = tf;
const RATES: Readonly<Record<string, (step: tf.Tensor) => tf.Tensor>> = {
  exponential: (step) => train.exponential_decay(0.1, step, 10, 0.9, { staircase: true }),
  piecewise: (step) => train.piecewise_constant(step, [10, 25], [1, 0.5, 0.1]),
  polynomial: (step) => train.polynomial_decay(0.1, step, 16, { cycle: true }),
  natural: (step) => train.natural_exp_decay(0.1, step, 10, 0.5),
  inverse: (step) => train.inverse_time_decay(0.1, step, 10, 0.5),
  cosine: (step) => train.cosine_decay(0.1, step, 40),
  restarts: (step) => train.cosine_decay_restarts(0.1, step, 10),
  linear: (step) => train.linear_cosine_decay(0.1, step, 40),
};

describe('eager mode computes what a graph does', () => {
  test.each(Object.entries(RATES))('%s', (_, rate) => {
    for (const step of [0, 10, 11, 30]) {
      const inGraph = tf.with(new tf.Session(), (sess) =>
        sess.run(rate(tf.constant(step, tf.int64))),
      );
      const eager = tf.with(eager_mode(), () => rate(tf.constant(step, tf.int64)).numpy());
      expect(eager).toBeCloseTo(Number(inGraph), 7);
    }
  });
});

test('the noisy one is noisy around the other', () => {
  tf.set_random_seed(1);
  const step = tf.constant(5, tf.int32);
  const noisy = train.noisy_linear_cosine_decay(0.1, step, 40, { initial_variance: 0.01 });
  expect(noisy.shape.as_list()).toEqual([]);
  tf.with(new tf.Session(), (sess) => {
    const plain = Number(sess.run(train.linear_cosine_decay(0.1, step, 40)));
    const values = Array.from({ length: 50 }, () => Number(sess.run(noisy)));
    expect(new Set(values).size).toBeGreaterThan(40);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    expect(Math.abs(mean - plain)).toBeLessThan(0.01);
  });
});

test('have the names and the type of the rate', () => {
  const step = tf.constant(1, tf.int64);
  const rate = train.exponential_decay(tf.constant(0.1, tf.float64), step, 10, 0.9);
  expect([rate.name, rate.dtype]).toEqual(['ExponentialDecay:0', tf.float64]);
  const named = train.polynomial_decay(0.1, step, 10, { name: 'rate' });
  expect(named.name).toBe('rate:0');
});

const ERRORS: Row[] = [
  [
    'ValueError',
    'global_step is required for exponential_decay.',
    () => train.exponential_decay(0.1, null, 10, 0.9),
  ],
  [
    'ValueError',
    'The length of boundaries should be 1 less than the length of values',
    () => train.piecewise_constant(tf.constant(1), [1, 2], [1, 2]),
  ],
  [
    'ValueError',
    "Boundaries (<dtype: 'float32'>) must have the same dtype as x (<dtype: 'int32'>).",
    () => train.piecewise_constant(tf.constant(1, tf.int32), [1.5], [1, 2]),
  ],
  [
    'ValueError',
    "Values must have elements all with the same dtype (<dtype: 'float32'> vs <dtype: 'int32'>).",
    () => train.piecewise_constant(tf.constant(1), [1], [1, tf.constant(2, tf.int32)]),
  ],
];

test.each(ERRORS)('%s: %s', (...row) => expectSays(row));
