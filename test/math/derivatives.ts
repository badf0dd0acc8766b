/** mathjs differentiates formulas by its own rules: tf.gradients must agree with it. */

import { describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { derivative, expr } from 'tf1/math';

const FORMULAS = [
  'x ^ 3 - 2 * x + 1',
  '(x ^ 2 + 1) / (x - 4)',
  'x ^ 0.5 + x ^ -2',
  'sqrt(1 + x ^ 2)',
  'exp(-x ^ 2) * sin(3 * x)',
  'log(x) * x',
  'log(1 + exp(x))',
  '2 ^ x + x ^ x',
  'sin(x) * cos(x) / (2 + tan(x))',
  'tan(x / 3)',
  'asin(x / 4) + acos(x / 5) + atan(x)',
  'sinh(x) - cosh(x / 2) + tanh(x)',
  'asinh(x) + acosh(1 + x) + atanh(x / 4)',
  'abs(x - 1.2) * x',
  'x * y ^ 2 + sin(x * y)',
  'exp(x / y) * (x - y) ^ 3',
  'log(x ^ 2 + y ^ 2)',
  '(x + y) ^ (x / y)',
  'sqrt(x * y) / (1 + x + y)',
  '1 / (1 + exp(-(3 * x - y)))',
];
const X = [0.3, 0.7, 1, 1.5, 2.2];
const Y = [1.1, 0.4, 2, 0.9, 1.7];

/** Compares first and second derivatives of all formulas. It stands beside the other tests of formulas, for mathjs is slow to load. */
export function testDerivatives(): void {
  describe.each(FORMULAS)('d/dx and d/dy of %s', (text) => {
    test('by tf.gradients are what mathjs says, twice', () => {
      tf.with(new tf.Graph().as_default(), () =>
        tf.with(new tf.Session(), (sess) => {
          const x = tf.constant(X, tf.float64);
          const y = tf.constant(Y, tf.float64);
          const scope = { x, y };
          const value = expr(text, scope);
          for (const name of ['x', 'y'] as const) {
            if (name === 'y' && !text.includes('y')) continue;
            const [ours] = tf.gradients(value, scope[name]);
            const theirs = derivative(text, name, scope);
            expectSame(sess, ours as tf.Tensor, theirs);
            const [second] = tf.gradients(ours as tf.Tensor, x);
            const [reference] = tf.gradients(theirs, x);
            if (second && reference) expectSame(sess, second as tf.Tensor, reference as tf.Tensor);
          }
        }),
      );
    });
  });

  test('an unknown function is refused', () => {
    expect(() => derivative('reduce_sum(x)', 'x', { x: tf.constant([1]) })).toThrow();
  });
}

function expectSame(sess: tf.Session, ours: tf.Tensor, theirs: tf.Tensor): void {
  const [actual, expected] = sess.run([ours, tf.add(theirs, tf.zeros_like(ours))]);
  const list = expected.tolist() as unknown as number[];
  (actual.tolist() as unknown as number[]).forEach((n, i) => {
    const tolerance = 1e-9 * Math.max(1, Math.abs(list[i]!));
    expect(Math.abs(n - list[i]!)).toBeLessThanOrEqual(tolerance);
  });
}
