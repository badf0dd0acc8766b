/**
 * Random graphs whose shapes are known only when they run: matrices of any number of rows, variables
 * that change on the way, and a step that fails when it is told to.
 */

import * as tf from 'tf1';
import type { RecipeStep } from './recipes.ts';

/** The columns of all matrices. */
export const COLUMNS = 3;

/** What an open recipe is built of: the numbers of its matrices come from feeds and variables. */
export interface OpenGraph {
  /** Fed, of any number of rows. */
  readonly x: tf.Tensor;
  /** Fed: a row to look up. It fails where there is none. */
  readonly row: tf.Tensor;
  /** A row, which steps change. */
  readonly variable: tf.Variable;
  /** All matrices, and the variable after each change. */
  readonly results: readonly tf.Tensor[];
}

interface Building extends Omit<OpenGraph, 'results'> {
  readonly weights: tf.Tensor;
}
type Build = (x: tf.Tensor, y: tf.Tensor, k: number, graph: Building) => tf.Tensor;

const meanRow = (x: tf.Tensor) => tf.reduce_mean(x, 0, true);
const rowsOf = (x: tf.Tensor) => tf.shape(x).at(0);
/** `x` again as a matrix of our columns. */
const matrix = (x: tf.Tensor) => tf.reshape(x, [-1, COLUMNS]);

/** Steps that keep the number of columns, whatever the number of rows. */
const STEPS: readonly Build[] = [
  (x, y) => tf.add(x, meanRow(y)),
  (x, y) => tf.multiply(tf.tanh(x), meanRow(y)),
  (x, y) => tf.maximum(x, meanRow(y)),
  (x, y) => tf.subtract(x, tf.reduce_max(y)),
  (x) => tf.sigmoid(tf.negative(x)),
  (x) => tf.nn.relu(x),
  (x) => tf.exp(tf.negative(tf.abs(x))),
  (x) => tf.nn.softmax(x),
  (x) => tf.where(tf.greater(x, 0), x, tf.square(x)),
  (x, _y, _k, { weights }) => tf.matmul(x, weights),
  (x, _y, _k, { weights }) =>
    tf.nn.bias_add(tf.matmul(x, weights, { transpose_b: true }), weights.at(0)),
  (x) => tf.matmul(tf.matmul(x, x, { transpose_b: true }), x).multiply(0.1),
  (x) => tf.transpose(tf.tanh(tf.transpose(x))),
  (x) => tf.transpose(tf.transpose(x)),
  (x) => tf.matmul(tf.transpose(tf.transpose(x)), tf.eye(COLUMNS)),
  (x) => matrix(tf.tanh(tf.reshape(x, [-1]))),
  (x) => tf.reshape(x, tf.stack([rowsOf(x), COLUMNS])),
  (x, _y, k) => (k % 4 === 0 ? tf.concat([x, tf.sin(x)], 0) : tf.add(x, x)),
  (x) => x.at('::-1'),
  (x) => tf.concat([x.at(':1'), tf.cos(x.at('1:'))], 0),
  (x) => tf.multiply(x, tf.cast(rowsOf(x), tf.float32).multiply(0.1)),
  (x) => tf.add(tf.zeros_like(x), tf.fill(tf.shape(x), 0.5)),
  (x) =>
    tf
      .pad(x, [
        [0, 1],
        [0, 0],
      ])
      .at(':-1'),
  (x, _y, k) => tf.gather(x, tf.range(rowsOf(x)).floordiv((k % 3) + 1)),
  (x) => tf.reduce_sum(tf.expand_dims(x, 1), 1),
  (x) => tf.squeeze(tf.stack([x, tf.ones_like(x)], 1).at(':', ':1'), [1]),
  (x) => tf.identity(tf.stop_gradient(x)),
];

/** The variable changes, after what was done before and before what is done later. */
const CHANGES: readonly ((row: tf.Tensor, variable: tf.Variable) => tf.Tensor | tf.Variable)[] = [
  (row, v) => tf.assign_add(v, row.multiply(0.1)),
  (row, v) => tf.assign_sub(v, row),
  (row, v) => tf.assign(v, row),
  (_row, v) => tf.assign(v, tf.multiply(v, 0.5)),
];

/** Builds `steps`: of each eight kinds one changes the variable, one reads it, and one looks up a row. */
export function buildOpen(steps: readonly RecipeStep[], use_resource: boolean): OpenGraph {
  const x = tf.placeholder(tf.float32, [null, COLUMNS], 'x');
  const row = tf.placeholder(tf.int32, [], 'row');
  const weights = tf.constant([0.5, -1, 0.25, 1, 0.1, -0.3, 0.7, 0.2, -0.6], tf.float32, [3, 3]);
  const variable = tf.get_variable('v', { initializer: tf.ones([1, COLUMNS]), use_resource });
  const graph = { x, row, variable, weights };
  const results: tf.Tensor[] = [x];
  let last: tf.Tensor = x;
  for (const { kind, a, b, k } of steps) {
    const pick = (n: number): tf.Tensor => results[results.length - 1 - (n % results.length)]!;
    const make = (): tf.Tensor => {
      if (kind % 8 === 0)
        return tf.convert_to_tensor(CHANGES[k % CHANGES.length]!(meanRow(pick(a)), variable));
      if (kind % 8 === 1) return tf.add(pick(a), variable.read_value());
      if (kind % 24 === 2) return tf.add(pick(a), tf.gather(pick(b), row));
      return STEPS[kind % STEPS.length]!(pick(a), pick(b), k, graph);
    };
    // Reads and changes of the variable happen in the order of the steps.
    const made = kind % 8 < 2 ? tf.with(tf.control_dependencies([last]), make) : make();
    if (kind % 8 < 2) last = made;
    if (kind % 8 !== 0) results.push(made);
  }
  return {
    x,
    row,
    variable,
    results: [...results, tf.with(tf.control_dependencies([last]), () => variable.read_value())],
  };
}
