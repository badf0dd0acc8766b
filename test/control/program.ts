/** What the control-flow programs of test/golden/record_control.py are made of. */

import * as tf from 'tf1';
import { namedtuple } from '../../src/core/namedtuple.ts';

/** What a program fetches, and the feeds of each run. */
export interface Program {
  readonly fetches: readonly tf.Tensor[];
  readonly runs: readonly (readonly (readonly [tf.Tensor, unknown])[])[];
}

export const ZERO = tf.int32(0);
export const scalar = (name = 'x'): tf.Tensor => tf.placeholder(tf.float32, [], name);
export const int = (value: number): tf.Tensor => tf.constant(value, tf.int32);

export type Source = tf.Tensor | tf.Variable;

export function grads(y: tf.Tensor | readonly tf.Tensor[], ...xs: Source[]): tf.Tensor[] {
  return tf.gradients(y, xs).map((gradient) => tf.convert_to_tensor(gradient!));
}

export const Pair = namedtuple('Pair', ['first', 'second']);

export type Finish = (value: tf.Tensor, y: tf.Tensor) => tf.Tensor;
/** The body adds to the counter when the value is made, and then finishes the value. */
export const last = (finish: Finish = (value) => value) => ({ finish });

/** A loop of `n` iterations over one value. */
export function repeat(
  n: tf.TensorLike,
  step: (y: tf.Tensor, i: tf.Tensor) => tf.TensorLike,
  first: tf.TensorLike,
  options: { shapes?: tf.TensorShape[]; finish?: Finish } = {},
): tf.Tensor {
  const { shapes, finish } = options;
  const body = (i: tf.Tensor, y: tf.Tensor): tf.TensorLike[] => {
    if (!finish) return [i.add(1), step(y, i)];
    const value = step(y, i) as tf.Tensor;
    return [i.add(1), finish(value, y)];
  };
  const [, y] = tf.while_loop(
    (i, _y) => i.less(n),
    body,
    [ZERO, first],
    shapes ? { shape_invariants: shapes } : {},
  ) as [tf.Tensor, tf.Tensor];
  return y;
}

export const TABLE = [
  [1, 2],
  [3, 4],
  [5, 6],
];
