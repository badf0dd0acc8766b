/** Gradients of functions: tf.contrib.eager's makers, custom gradients in both modes. */

import { beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { numbers } from './numbers.ts';

const tfe = tf.contrib.eager;
type Tensor = tf.Tensor;

beforeAll(() => tf.enable_eager_execution());

describe('tf.contrib.eager', () => {
  const f = (x: tf.TensorLike, y: tf.TensorLike): Tensor => tf.multiply(tf.square(x), y);

  test('gradients_function differentiates by the arguments', () => {
    expect(tfe.gradients_function(f)(3, 4).map(numbers)).toEqual([24, 9]);
    expect(tfe.gradients_function(f, [1])(3, 4).map(numbers)).toEqual([9]);
    expect(
      tfe
        .gradients_function(f, { params: [0] })(3, 4)
        .map(numbers),
    ).toEqual([24]);
    expect(tfe.gradients_function(f)(3, 4, { dy: 10 }).map(numbers)).toEqual([240, 90]);
    const times: typeof f = tf.multiply;
    expect(tfe.gradients_function(times, ['y'])(3, 4).map(numbers)).toEqual([3]);
  });

  test('gradients_function tells apart arguments that are one tensor', () => {
    const x = tf.constant(3);
    expect(tfe.gradients_function(f)(x, x).map(numbers)).toEqual([18, 9]);
  });

  test('gradients_function nests', () => {
    const cube = (x: tf.TensorLike) => tf.multiply(x, tf.square(x));
    const first = (x: tf.TensorLike) => tfe.gradients_function(cube)(x)[0] as Tensor;
    expect(numbers(first(2))).toBe(12);
    expect(numbers(tfe.gradients_function(first)(2)[0])).toBe(12);
  });

  test('value_and_gradients_function gives both', () => {
    const [value, gradients] = tfe.value_and_gradients_function(f)(3, 4);
    expect(numbers(value)).toBe(36);
    expect(gradients.map(numbers)).toEqual([24, 9]);
    const [pair, sums] = tfe.value_and_gradients_function((x: tf.TensorLike) => [
      tf.square(x),
      tf.multiply(x, 3),
    ])(5);
    expect(pair.map(numbers)).toEqual([25, 15]);
    expect(sums.map(numbers)).toEqual([13]);
  });

  test('implicit_gradients differentiates by the variables that are read', () => {
    const [w, b] = [new tfe.Variable(2, { name: 'w' }), new tfe.Variable(1, { name: 'b' })];
    const loss = (x: number) => tf.square(tf.add(tf.multiply(w, x), b));
    const pairs = tfe.implicit_gradients(loss)(3);
    expect(pairs.map(([gradient]) => numbers(gradient))).toEqual([42, 14]);
    expect(pairs.map(([, variable]) => variable)).toEqual([w, b]);
    const [value, again] = tfe.implicit_value_and_gradients(loss)(3);
    expect(numbers(value)).toBe(49);
    expect(again.length).toBe(2);
    new tf.train.GradientDescentOptimizer(0.1).apply_gradients(pairs as never);
    expect(numbers(w.read_value())).toBeCloseTo(2 - 4.2, 5);
  });

  test('refuses what it cannot differentiate, in the words of TF1', () => {
    expect(() => tfe.implicit_gradients(() => tf.constant(1))()).toThrow(
      'No trainable variables were accessed while the function was being computed.',
    );
    const nothing = (_x: tf.TensorLike) => null;
    expect(() => tfe.gradients_function(nothing)(1)).toThrow(
      'Cannot differentiate a function that returns None; did you forget to return a value from nothing?',
    );
    const call = tfe.gradients_function(f) as (...args: unknown[]) => unknown;
    expect(() => call(1, 2, { nope: 3 })).toThrow(
      'Functions to be differentiated cannot receive keyword arguments.',
    );
    expect(() => tfe.gradients_function(f, [0, 'y'])(1, 2)).toThrow(
      "params must be all strings or all integers; got [0, 'y'].",
    );
  });

  test('lists the devices', () => {
    expect(tfe.list_devices()).toEqual(['/job:localhost/replica:0/task:0/device:CPU:0']);
    expect(tfe.num_gpus()).toBe(0);
    expect(tfe.in_eager_mode()).toBe(true);
  });
});

/** log(1 + e^x) with the gradient that does not overflow. */
const log1pexp = tf.custom_gradient((x: Tensor) => {
  const e = tf.exp(x);
  const gradient = (dy: Tensor) => dy.multiply(tf.subtract(1, tf.div(1, tf.add(1, e))));
  return [tf.log(tf.add(1, e)), gradient] as const;
});

describe('custom_gradient', () => {
  test('replaces the chain rule, in eager mode', () => {
    expect(tfe.gradients_function(log1pexp)(0).map(numbers)).toEqual([0.5]);
    expect(tfe.gradients_function(log1pexp)(100).map(numbers)).toEqual([1]);
    expect(numbers(log1pexp(0))).toBeCloseTo(Math.log(2), 6);
  });

  test('replaces the chain rule, in a graph', () => {
    tf.with(new tf.Graph().as_default(), () =>
      tf.with(new tf.Session(), (sess) => {
        const x = tf.placeholder(tf.float32, []);
        const y = log1pexp(x).multiply(3);
        const [dy] = tf.gradients(y, x);
        expect(sess.run(dy!, [[x, 100]])).toBe(3);
        expect(sess.run(y, [[x, 0]])).toBeCloseTo(3 * Math.log(2), 5);
      }),
    );
  });

  test('is differentiated again through its gradient function', () => {
    const first = (x: tf.TensorLike) => tfe.gradients_function(log1pexp)(x)[0] as Tensor;
    expect(numbers(tfe.gradients_function(first)(0)[0])).toBeCloseTo(0.25, 6);
  });

  test('takes several arguments and gives several results', () => {
    const swap = tf.custom_gradient((x: Tensor, y: Tensor) => [
      [y, x] as const,
      (da: Tensor, db: Tensor) => [da.multiply(10), db.multiply(100)],
    ]);
    const f = (x: tf.TensorLike, y: tf.TensorLike) => {
      const [a, b] = swap(x, y);
      return tf.add(tf.multiply(a!, 2), tf.multiply(b!, 3));
    };
    expect(tfe.gradients_function(f)(1, 1).map(numbers)).toEqual([20, 300]);
  });

  test('may give null for an argument', () => {
    const first = tf.custom_gradient((x: Tensor, y: Tensor) => [
      x.multiply(y),
      (dy: Tensor) => [dy.multiply(7), null],
    ]);
    expect(tfe.gradients_function(first)(1, 1).map(numbers)).toEqual([7, null]);
  });
});
