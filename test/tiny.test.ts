/** The whole idea on one screen: a graph that a session runs, the same ops at once, and their gradients. */

import { expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { eager_mode } from '../src/eager/context.ts';

const f = (x: tf.Tensor) => tf.reduce_sum(tf.multiply(tf.sin(x), x));
const at = [0.5, 1, 2];
const value = at.reduce((sum, x) => sum + Math.sin(x) * x, 0);
const slope = at.map((x) => Math.cos(x) * x + Math.sin(x));

test('a graph is built first and run in a session', () => {
  const graph = new tf.Graph();
  tf.with(graph.as_default(), () => {
    const x = tf.placeholder(tf.float32, [null], { name: 'x' });
    const y = f(x);
    const [dy] = tf.gradients(y, x);
    expect(String(y)).toBe('Tensor("Sum:0", shape=(), dtype=float32)');
    expect(() => y.numpy()).toThrow("'Tensor' object has no attribute 'numpy'");
    tf.with(new tf.Session(), (sess) => {
      const [a, b] = sess.run([y, dy!], { feed_dict: [[x, at]] });
      expect(a).toBeCloseTo(value, 5);
      expect(b.tolist()).toEqual(slope.map((s) => expect.closeTo(s, 5)));
    });
  });
});

test('eager mode computes at once, by the same functions', () => {
  tf.with(eager_mode(), () => {
    const x = tf.constant(at);
    const tape = new tf.GradientTape();
    const y = tf.with(tape, () => {
      tape.watch(x);
      return f(x);
    });
    expect(y.numpy()).toBeCloseTo(value, 5);
    expect(tape.gradient(y, x)!.numpy().tolist()).toEqual(slope.map((s) => expect.closeTo(s, 5)));
  });
});
