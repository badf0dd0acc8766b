/** Long loops: the numbers are right, and what is alive during them does not grow with the iterations. */

import { expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { heap } from '../../src/backend/backend.ts';

const SIZE = 5000;

/** Runs `rounds` iterations of `body` on a large vector, and its gradient; gives the value, the gradient, and the most blocks alive. */
function peakOf(
  rounds: number,
  body: (x: tf.Tensor) => tf.Tensor,
): { y: number; dx: number; peak: number } {
  let peak = 0;
  const watch = () => {
    peak = Math.max(peak, heap!.blocks);
    return 1;
  };
  return tf.with(new tf.Graph().as_default(), () => {
    const x = tf.placeholder(tf.float32, [SIZE]);
    const [, y] = tf.while_loop(
      (i: tf.Tensor, _value: tf.Tensor) => tf.less(i, rounds),
      (i: tf.Tensor, value: tf.Tensor) => {
        const one = tf.py_func(watch, [], tf.float32) as tf.Tensor;
        one.set_shape([]);
        return [tf.add(i, one), body(value)] as const;
      },
      [tf.constant(0), x] as const,
    );
    const dx = tf.gradients(y, x)[0] as tf.Tensor;
    using session = new tf.Session();
    const fed = new Float32Array(SIZE).fill(1.5);
    const [a, b] = session.run([y, dx], { feed_dict: [[x, fed]] });
    return { y: a.get(0), dx: b.get(0), peak };
  });
}

test('100,000 iterations', () => {
  tf.with(new tf.Graph().as_default(), () => {
    const x = tf.placeholder(tf.float32, []);
    const [i, y] = tf.while_loop(
      (i: tf.Tensor, _y: tf.Tensor) => tf.less(i, 100000),
      (i: tf.Tensor, y: tf.Tensor) => [tf.add(i, 1), tf.negative(y)] as const,
      [tf.constant(0), x] as const,
    );
    const dx = tf.gradients(y, x)[0] as tf.Tensor;
    using session = new tf.Session();
    expect(session.run([i, y, dx], { feed_dict: [[x, 3]] })).toEqual([100000, 3, 1]);
  });
});

test('a gradient that needs no forward values keeps none', () => {
  const short = peakOf(10, (x) => tf.negative(x));
  const long = peakOf(1000, (x) => tf.negative(x));
  expect([long.y, long.dx]).toEqual([1.5, 1]);
  expect(long.peak).toBe(short.peak);
});

test('a gradient that needs them keeps one per iteration', () => {
  const one = peakOf(10, (x) => tf.sqrt(x));
  const twice = peakOf(20, (x) => tf.sqrt(x));
  expect(one.y).toBeCloseTo(1.5 ** (1 / 1024), 5);
  expect(one.dx).toBeCloseTo(1.5 ** (1 / 1024) / 1.5 / 1024, 8);
  expect(twice.peak - one.peak).toBe(10);
});

test('a gradient that nobody wants keeps nothing', () => {
  const half = (x: tf.Tensor) => tf.multiply(x, tf.constant(0.5));
  const short = peakOf(10, half);
  const long = peakOf(1000, half);
  expect([short.y, short.dx]).toEqual([1.5 / 1024, 1 / 1024]);
  expect(long.peak).toBe(short.peak);
});
