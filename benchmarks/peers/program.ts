/** A computation in the terms of TF1, which a session of this library and its peers run alike. */

import * as tf from 'tf1';
import type { Contenders, Runner } from '../workload.ts';

/** What a session is to run, in the default graph. */
export interface Program {
  readonly fetches: readonly (tf.Tensor | tf.Operation)[];
  readonly feed_dict?: readonly (readonly [tf.Tensor, tf.NdArray])[];
  /** The initializer of the variables. */
  readonly init?: ReturnType<typeof tf.global_variables_initializer>;
}

/** Runs the program that `build` makes in a session of this library. */
export function session(build: () => Program): Contenders[string] {
  return (): Runner => {
    const graph = new tf.Graph();
    const { fetches, feed_dict = [], init } = tf.with(graph.as_default(), build);
    const sess = new tf.Session('', graph);
    if (init) sess.run(init);
    const fetch = fetches.length === 1 ? fetches[0]! : [...fetches];
    return { step: () => sess.run(fetch, { feed_dict }), close: () => sess.close() };
  };
}

/** Float32 numbers of a shape. */
export function array(data: Float32Array, shape: readonly number[] = [data.length]): tf.NdArray {
  return new tf.NdArray(tf.float32, [...shape], data);
}

/**
 * Numbers like those of a freshly initialized layer, with a standard deviation of `scale`: scattered, but the same
 * for all contenders.
 */
export function noise(size: number, scale: number, phase: number): Float32Array {
  return Float32Array.from({ length: size }, (_, i) => {
    const large = Math.sin(i * 12.9898 + phase) * 43758.5453;
    return scale * Math.sqrt(12) * (large - Math.floor(large) - 0.5);
  });
}

/** One-hot labels of `batch` examples. */
export function oneHot(batch: number, classes: number): Float32Array {
  const labels = new Float32Array(batch * classes);
  for (let i = 0; i < batch; i++) labels[i * classes + ((i * 7) % classes)] = 1;
  return labels;
}

/** How a graph holds weights: variables to be trained, or constants as in a frozen graph. */
export type Parameter = (value: Float32Array, shape: readonly number[]) => tf.Tensor;
/** Weights that a step changes. */
export const variable: Parameter = (value, shape) =>
  tf.convert_to_tensor(new tf.Variable(tf.constant(value, tf.float32, [...shape])));
/** Weights that nothing changes. */
export const constant: Parameter = (value, shape) => tf.constant(value, tf.float32, [...shape]);

/** Fails unless a peer's numbers are those of a session of this library, to 1e-4 of the largest. */
export function checkAgainstSession(
  peer: string,
  graph: tf.Graph,
  { fetches, feed_dict = [] }: Program,
  numbers: ArrayLike<number>,
): void {
  const expected = tf.with(new tf.Session('', graph), (sess) =>
    sess.run(fetches[0] as tf.Tensor, { feed_dict }),
  );
  const ours = expected.data as Float32Array;
  const largest = ours.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-30);
  const wrong = ours.findIndex((value, i) => !(Math.abs(value - numbers[i]!) <= 1e-4 * largest));
  if (wrong < 0 && numbers.length === ours.length) return;
  throw new Error(
    `${peer} computes other numbers: ${numbers.length} instead of ${ours.length}, ` +
      `[${wrong}] is ${numbers[wrong]} instead of ${ours[wrong]}`,
  );
}
