/**
 * Random graphs as data: a recipe says which op comes next and on which earlier results, and is built
 * by the same calls in any mode. Whatever shapes meet, each step finds something that fits them.
 */

import * as fc from 'fast-check';
import * as tf from 'tf1';

/** One step: what to do, on which earlier results, with which free choice. */
export interface RecipeStep {
  readonly kind: number;
  readonly a: number;
  readonly b: number;
  readonly k: number;
}

/** A graph: the shapes of its inputs, and its steps. */
export interface Recipe {
  readonly shapes: readonly (readonly number[])[];
  readonly steps: readonly RecipeStep[];
}

type Build = (x: tf.Tensor, y: tf.Tensor, k: number) => tf.Tensor;

const rankOf = (x: tf.Tensor): number => x.shape.ndims!;
const sizes = (x: tf.Tensor): number[] => x.shape.as_list() as number[];
const sizeOf = (x: tf.Tensor): number => sizes(x).reduce((a, b) => a * b, 1);
const axisOf = (x: tf.Tensor, k: number): number => (k % Math.max(1, rankOf(x))) as number;

/** `y` where it broadcasts against `x`, else its mean. */
function fitted(x: tf.Tensor, y: tf.Tensor): tf.Tensor {
  const [long, short] = rankOf(x) >= rankOf(y) ? [sizes(x), sizes(y)] : [sizes(y), sizes(x)];
  const offset = long.length - short.length;
  const fits = short.every((n, i) => n === 1 || long[offset + i] === 1 || n === long[offset + i]);
  const grown = fits && long.reduce((size, n, i) => size * Math.max(n, short[i - offset] ?? 1), 1);
  return fits && (grown as number) <= 4 * Math.max(sizeOf(x), sizeOf(y)) ? y : tf.reduce_mean(y);
}

const binary =
  (op: (x: tf.Tensor, y: tf.Tensor) => tf.Tensor): Build =>
  (x, y) =>
    op(x, fitted(x, y));
/** Applies `op` where there are axes, and `tanh` where there are none. */
const withAxes =
  (op: Build): Build =>
  (x, y, k) =>
    rankOf(x) === 0 ? tf.tanh(x) : op(x, y, k);
/** Applies `op`, which makes more elements, unless there are many already. */
const growing = (op: Build): Build =>
  withAxes((x, y, k) => (sizeOf(x) > 9000 || rankOf(x) > 3 ? tf.sigmoid(x) : op(x, y, k)));

function product(x: tf.Tensor, y: tf.Tensor): tf.Tensor {
  if (rankOf(x) !== 2) return tf.negative(x);
  const [, n] = sizes(x);
  const other = rankOf(y) === 2 && sizes(y)[1] === n ? y : x;
  return tf.multiply(tf.matmul(x, other, { transpose_b: true }), 1 / n!);
}

/** Ops with derivatives of all orders everywhere. */
const SMOOTH: readonly Build[] = [
  binary((x, y) => tf.add(x, y)),
  binary((x, y) => tf.subtract(x, y)),
  binary((x, y) => tf.multiply(tf.tanh(x), y)),
  binary((x, y) => tf.div(x, tf.add(tf.square(tf.tanh(y)), 1))),
  binary((x, y) => tf.squared_difference(tf.sigmoid(x), tf.tanh(y))),
  (x) => tf.tanh(x),
  (x) => tf.sin(x),
  (x) => tf.sigmoid(x),
  (x) => tf.exp(tf.negative(tf.square(x))),
  (x) => tf.sqrt(tf.add(tf.square(x), 1)),
  (x) => tf.log(tf.add(tf.square(x), 2)),
  (x) => tf.nn.softplus(x),
  (x) => tf.negative(x),
  withAxes((x) => tf.nn.softmax(x)),
  product,
  product,
  withAxes((x, _, k) => tf.reduce_sum(tf.tanh(x), axisOf(x, k), { keepdims: k % 2 === 0 })),
  withAxes((x, _, k) => tf.reduce_mean(x, [axisOf(x, k)], k % 3 === 0)),
  (x) => tf.transpose(x),
  (x) => tf.reshape(x, [-1]),
  withAxes((x) => tf.reshape(x, [...sizes(x)].reverse())),
  growing((x, _, k) => tf.expand_dims(x, axisOf(x, k))),
  growing((x, _, k) => tf.concat([x, tf.sin(x)], axisOf(x, k))),
  growing((x, _, k) => tf.stack([x, tf.tanh(x)], k % (rankOf(x) + 1))),
  growing((x, _, k) =>
    tf.tile(
      x,
      sizes(x).map((_n, i) => (i === axisOf(x, k) ? 2 : 1)),
    ),
  ),
  growing((x, _, k) =>
    tf.pad(
      x,
      sizes(x).map((_n, i) => (i === axisOf(x, k) ? [1, 0] : [0, 0])),
    ),
  ),
  withAxes((x) => x.at('::-1')),
  withAxes((x, _, k) => (sizes(x)[0]! > 1 ? x.at(k % 2 === 0 ? '1:' : 0) : tf.tanh(x))),
  withAxes((x, _, k) => tf.gather(x, tf.constant([0, k % sizes(x)[0]!], tf.int32))),
  withAxes((x, _, k) => tf.split(x, [1, sizes(x)[0]! - 1])[k % 2 === 0 ? 0 : 0]!),
];

/** Ops with corners, beside the smooth ones. */
const ALL: readonly Build[] = [
  ...SMOOTH,
  binary((x, y) => tf.maximum(x, y)),
  binary((x, y) => tf.minimum(x, y)),
  (x) => tf.where(tf.greater(x, tf.sin(x)), x, tf.sin(x)),
  (x) => tf.nn.relu(x),
  (x) => tf.abs(x),
  (x) => tf.nn.elu(x),
  withAxes((x, _, k) => tf.reduce_max(x, axisOf(x, k))),
  withAxes((x, _, k) => tf.reduce_min(x, axisOf(x, k), k % 2 === 0)),
  withAxes((x, _, k) => tf.squeeze(tf.expand_dims(x, axisOf(x, k)))),
];

/**
 * Builds `recipe` on `inputs`: all results, the inputs first. `replaced` puts other tensors in place
 * of some results.
 */
export function build(
  recipe: Recipe,
  inputs: readonly tf.Tensor[],
  { smooth = false, replaced = new Map<number, tf.Tensor>() } = {},
): tf.Tensor[] {
  const ops = smooth ? SMOOTH : ALL;
  const results = [...inputs];
  for (const { kind, a, b, k } of recipe.steps) {
    const pick = (n: number): tf.Tensor => results[results.length - 1 - (n % results.length)]!;
    const made = ops[kind % ops.length]!(pick(a), pick(b), k);
    results.push(replaced.get(results.length) ?? made);
  }
  return results;
}

/** Which inputs each result of a recipe is made of, by position. */
export function dependencies({ shapes, steps }: Recipe): Set<number>[] {
  const found: Set<number>[] = shapes.map((_, i) => new Set([i]));
  for (const { a, b } of steps) {
    const pick = (n: number): Set<number> => found[found.length - 1 - (n % found.length)]!;
    found.push(new Set([...pick(a), ...pick(b)]));
  }
  return found;
}

/** Recipes of up to `length` steps on up to three inputs whose sizes are among `lengths`. */
export function recipes(length: number, lengths: readonly number[]): fc.Arbitrary<Recipe> {
  const size = fc.constantFrom(...lengths);
  const shape = fc.oneof(
    { weight: 5, arbitrary: fc.tuple(size, size) },
    { weight: 2, arbitrary: fc.tuple(size) },
    { weight: 1, arbitrary: fc.constant([] as number[]) },
  );
  const step = fc.record({ kind: fc.nat(999), a: fc.nat(5), b: fc.nat(5), k: fc.nat(11) });
  return fc.record({
    shapes: fc.array(shape, { minLength: 1, maxLength: 3 }),
    steps: fc.array(step, { minLength: 1, maxLength: length }),
  });
}

/** Numbers between -2 and 2 for `shape`, told by `seed`. */
export function numbers(
  shape: readonly number[],
  seed: number,
  dtype: tf.DType = tf.float32,
): tf.NdArray {
  const size = shape.reduce((a, b) => a * b, 1);
  const data = dtype === tf.float64 ? new Float64Array(size) : new Float32Array(size);
  let state = (seed * 2654435761 + 12345) >>> 0;
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    data[i] = (state / 2 ** 32) * 4 - 2;
  }
  return new tf.NdArray(dtype, [...shape], data);
}
