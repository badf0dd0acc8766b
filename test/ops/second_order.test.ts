/**
 * Second derivatives: the gradient of a gradient equals the difference quotient of the gradient,
 * which the samples compare with TensorFlow's.
 */

import { expect, test } from '@jest/globals';
import * as tf from 'tf1';

type Function1 = (x: tf.Tensor) => tf.Tensor;

const STEP = 1e-5;
const MATRIX = [2, 0.3, -0.2, 0.4, 1.5, 0.1, -0.3, 0.2, 1.2];

function numbersOf(value: unknown): number[] {
  if (!(value instanceof tf.NdArray)) throw new Error('This is no array.');
  return Array.from(value.data as Float64Array);
}

/** Compares d/dx of `slope . direction` with the change of the slope along `direction`. */
function checkSecondOrder(f: Function1, point: readonly number[], shape: readonly number[]): void {
  const graph = new tf.Graph();
  tf.with(graph.as_default(), () => {
    const x = tf.placeholder(tf.float64, [...shape]);
    const y = f(x);
    const count = tf.size(y);
    const weights = tf.reshape(tf.cos(tf.to_double(tf.range(count))), tf.shape(y));
    const [slope] = tf.gradients(tf.reduce_sum(y.multiply(weights)), x);
    const direction = point.map((_, i) => Math.sin(i + 1));
    const along = tf.constant(direction, tf.float64, [...shape]);
    const [curve] = tf.gradients(tf.reduce_sum(tf.convert_to_tensor(slope!).multiply(along)), x);
    const session = new tf.Session();
    const at = (t: number) =>
      tf.float64(point.map((p, i) => p + t * direction[i]!)).reshape([...shape]);
    const numbers = (tensor: tf.Tensor, t: number) =>
      numbersOf(session.run(tf.reshape(tensor, [-1]), { feed_dict: [[x, at(t)]] }));
    const first = tf.convert_to_tensor(slope!);
    const [up, down] = [numbers(first, STEP), numbers(first, -STEP)];
    const expected = up.map((p, i) => (p - down[i]!) / (2 * STEP));
    const actual = curve ? numbers(tf.convert_to_tensor(curve), 0) : expected.map(() => 0);
    actual.forEach((value, i) => {
      const scale = Math.max(1, Math.abs(expected[i]!));
      expect(Math.abs(value - expected[i]!) / scale).toBeLessThan(2e-6);
    });
    session.close();
  });
}

const POINT = [0.3, 0.7, 0.45, 0.6];

const ELEMENTWISE: Readonly<Record<string, Function1>> = {
  square: tf.square,
  reciprocal: tf.reciprocal,
  sqrt: tf.sqrt,
  rsqrt: tf.rsqrt,
  exp: tf.exp,
  expm1: tf.expm1,
  log: tf.log,
  log1p: tf.log1p,
  sigmoid: tf.sigmoid,
  log_sigmoid: tf.log_sigmoid,
  tanh: tf.tanh,
  sinh: tf.sinh,
  cosh: tf.cosh,
  asinh: tf.asinh,
  acosh: (x) => tf.acosh(x.add(1)),
  atanh: tf.atanh,
  sin: tf.sin,
  cos: tf.cos,
  tan: tf.tan,
  asin: tf.asin,
  acos: tf.acos,
  atan: tf.atan,
  erf: tf.erf,
  erfc: tf.erfc,
  lgamma: tf.lgamma,
  digamma: tf.digamma,
  pow: (x) => tf.pow(x, x),
  div: (x) => tf.div(x, x.add(1)),
  atan2: (x) => tf.atan2(x, tf.square(x)),
  squared_difference: (x) => tf.squared_difference(x, tf.square(x)),
  maximum: (x) => tf.maximum(tf.square(x), x.multiply(0.5)),
  broadcast: (x) =>
    tf
      .reshape(x, [4, 1])
      .multiply(tf.reshape(x, [1, 4]))
      .pow(2),
  reduce_prod: (x) => tf.reduce_prod(x),
  reduce_mean: (x) => tf.square(tf.reduce_mean(tf.square(x))),
  reduce_max: (x) => tf.square(tf.reduce_max(tf.reshape(x, [2, 2]), 1)),
  reduce_logsumexp: (x) => tf.reduce_logsumexp(tf.square(x)),
  cumsum: (x) => tf.square(tf.cumsum(x)),
  cumprod: (x) => tf.cumprod(x),
  segment_sum: (x) => tf.square(tf.segment_sum(x, tf.int32([0, 0, 1, 1]))),
  unsorted_segment_sum: (x) => tf.square(tf.unsorted_segment_sum(x, tf.int32([1, 0, 1, 0]), 2)),
  norm: (x) => tf.norm(x),
};

test.each(Object.keys(ELEMENTWISE))('%s', (name) => {
  checkSecondOrder(ELEMENTWISE[name]!, POINT, [4]);
});

const MATRICES: Readonly<Record<string, Function1>> = {
  matmul: (x) => tf.matmul(x, x),
  'matmul, transposed': (x) => tf.matmul(x, x, true).matmul(x),
  'batch of matmul': (x) =>
    tf.matmul(tf.reshape(x, [1, 3, 3]), tf.reshape(x, [1, 3, 3]), { adjoint_b: true }),
  tensordot: (x) => tf.tensordot(x, x, [[0], [1]]),
  einsum: (x) => tf.einsum('ij,jk->ik', x, x),
  cross: (x) => tf.cross(x, tf.square(x)),
  matrix_inverse: (x) => tf.matrix_inverse(x),
  matrix_determinant: (x) => tf.matrix_determinant(x),
  matrix_solve: (x) => tf.matrix_solve(x, tf.square(x)),
  cholesky: (x) => tf.cholesky(tf.matmul(x, x, { transpose_b: true })),
  'matrix_triangular_solve, lower': (x) => tf.matrix_triangular_solve(x, tf.square(x)),
  'matrix_triangular_solve, upper': (x) => tf.matrix_triangular_solve(x, tf.square(x), false, true),
  self_adjoint_eig: (x) => {
    const [e, v] = tf.self_adjoint_eig(x.add(tf.transpose(x)));
    return tf.concat([tf.expand_dims(e, 0), tf.square(v)], 0);
  },
  qr: (x) => {
    const [q, r] = tf.qr(x);
    return tf.concat([q, r], 0);
  },
  svd: (x) => {
    const [s, u, v] = tf.svd(x) as tf.Tensor[];
    return tf.concat([tf.expand_dims(s!, 0), tf.square(u!), tf.square(v!)], 0);
  },
  'svd, wide': (x) => {
    const [s, u, v] = tf.svd(tf.slice(x, [0, 0], [2, 3])) as tf.Tensor[];
    return tf.concat(
      [tf.reshape(s!, [-1]), tf.reshape(tf.square(u!), [-1]), tf.reshape(tf.square(v!), [-1])],
      0,
    );
  },
  'singular values': (x) => tf.svd(x, { compute_uv: false }) as tf.Tensor,
};

/** Compares the gradient along a direction with the change of the function. */
function checkFirstOrder(f: Function1, point: readonly number[], shape: readonly number[]): void {
  tf.with(new tf.Graph().as_default(), () => {
    const x = tf.placeholder(tf.float64, [...shape]);
    const y = f(x);
    const weights = tf.reshape(tf.cos(tf.to_double(tf.range(tf.size(y)))), tf.shape(y));
    const loss = tf.reduce_sum(y.multiply(weights));
    const direction = point.map((_, i) => Math.sin(i + 1));
    const [slope] = tf.gradients(loss, x);
    const along = tf.reduce_sum(
      tf.convert_to_tensor(slope!).multiply(tf.constant(direction, tf.float64, [...shape])),
    );
    const session = new tf.Session();
    const at = (t: number) =>
      tf.float64(point.map((p, i) => p + t * direction[i]!)).reshape([...shape]);
    const value = (tensor: tf.Tensor, t: number) =>
      Number(session.run(tensor, { feed_dict: [[x, at(t)]] }));
    const expected = (value(loss, STEP) - value(loss, -STEP)) / (2 * STEP);
    expect(value(along, 0)).toBeCloseTo(expected, 6);
    session.close();
  });
}

test.each(['qr', 'svd', 'svd, wide', 'singular values', 'self_adjoint_eig', 'cholesky'])(
  'first order: %s',
  (name) => {
    checkFirstOrder(MATRICES[name]!, MATRIX, [3, 3]);
  },
);

test.each(Object.keys(MATRICES))('%s', (name) => {
  checkSecondOrder(MATRICES[name]!, MATRIX, [3, 3]);
});
