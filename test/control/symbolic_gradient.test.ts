/** SymbolicGradient, which graphs of functions with gradients have: called like the gradient of the function. */

import { describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { SymbolicGradient } from '../../src/ops/functional.ts';

const { Defun } = tf.python.framework.function;

function inGraph<T>(body: (session: tf.Session) => T): T {
  const graph = new tf.Graph();
  return tf.with(graph.as_default(), () => tf.with(new tf.Session(), body));
}

describe('SymbolicGradient', () => {
  test('is the gradient of the body with respect to each argument', () => {
    inGraph((session) => {
      const f = Defun(tf.float32, tf.float32)((x, y) => [tf.multiply(x, y), tf.square(x)]);
      const [x, y] = [tf.constant([2, 3]), tf.constant([5, 7])];
      f(x, y);
      const dys = [tf.constant([1, 1]), tf.constant([1, 10])];
      const call = () =>
        SymbolicGradient(
          { input: [x, y, ...dys] },
          { Tout: [tf.float32, tf.float32], f: { name: f.name } },
        );
      const slopes = call();
      expect(slopes.map((slope) => slope.shape.as_list())).toEqual([[2], [2]]);
      const values = session.run([...slopes]);
      // d(x y + x^2): y + 2 x and x, the second output weighed by 1 and 10.
      expect(values.map((value) => value.tolist())).toEqual([
        [5 + 4, 7 + 60],
        [2, 3],
      ]);
      const direct = session.run([...call()]);
      expect(direct.map((value) => value.tolist())).toEqual(values.map((value) => value.tolist()));
    });
  });

  test('is zero for what the result does not depend on', () => {
    inGraph((session) => {
      const f = Defun(tf.float32, tf.float32)((x, _y) => tf.square(x));
      const [x, y] = [tf.constant(3), tf.constant([1, 2])];
      f(x, y);
      const types = { Tout: [tf.float32, tf.float32], f: { name: f.name } };
      const slopes = SymbolicGradient({ input: [x, y, tf.constant(1)] }, types);
      const [dx, dy] = session.run([...slopes]);
      expect(dx).toBe(6);
      expect(dy!.tolist()).toEqual([0, 0]);
    });
  });

  test('is the function that was stated as the gradient', () => {
    inGraph((session) => {
      const slope = Defun(tf.float32, tf.float32)((x, dy) => tf.multiply(tf.multiply(x, dy), 100));
      const f = Defun(tf.float32, { grad_func: slope })((x) => tf.square(x));
      const x = tf.constant(3);
      f(x);
      const types = { Tout: [tf.float32], f: { name: f.name } };
      const [dx] = SymbolicGradient({ input: [x, tf.constant(2)] }, types);
      expect(session.run(dx!)).toBe(600);
    });
  });
});
