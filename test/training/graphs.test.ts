/** Optimizers build TensorFlow's graphs. Recorded by test/golden/record_training.py. */

import { readFileSync } from 'node:fs';
import { beforeEach, expect, test } from '@jest/globals';
import * as tf from 'tf1';

type Row = readonly [name: string, op: string, inputs: readonly string[]];
const golden = JSON.parse(
  readFileSync(new URL('../golden/training.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, readonly Row[]>>;

const { train } = tf;
const OPTIMIZERS: Readonly<Record<string, (step: tf.Variable) => tf.train.Optimizer>> = {
  gradient_descent: () => new train.GradientDescentOptimizer(0.5),
  momentum: () => new train.MomentumOptimizer(0.2, 0.9),
  nesterov: () => new train.MomentumOptimizer(0.2, 0.9, { use_nesterov: true }),
  adam: () => new train.AdamOptimizer(),
  adagrad: () => new train.AdagradOptimizer(0.3),
  adagrad_da: (step) => new train.AdagradDAOptimizer(0.3, step),
  adadelta: () => new train.AdadeltaOptimizer(2.0),
  rmsprop: () => new train.RMSPropOptimizer(0.02),
  rmsprop_centered: () => new train.RMSPropOptimizer(0.02, { centered: true }),
  ftrl: () => new train.FtrlOptimizer(0.4),
  ftrl_shrinkage: () =>
    new train.FtrlOptimizer(0.4, { l2_shrinkage_regularization_strength: 0.02 }),
  proximal_gradient_descent: () =>
    new train.ProximalGradientDescentOptimizer(0.5, { l1_regularization_strength: 0.01 }),
  proximal_adagrad: () => new train.ProximalAdagradOptimizer(0.3),
};

function build(optimizer: string, use_resource: boolean, dtype: tf.DType): void {
  const ids = tf.placeholder(tf.int32, [4], { name: 'ids' });
  const x = tf.placeholder(dtype, [4, 3], { name: 'x' });
  const initializer = tf.ones_initializer(dtype);
  const table = tf.get_variable('table', [6, 3], { dtype, initializer, use_resource });
  const w = tf.get_variable('w', [3, 2], { dtype, initializer, use_resource });
  const global_step = tf.get_variable('global_step', [], {
    dtype: tf.int64,
    initializer: tf.zeros_initializer(),
    trainable: false,
  });
  const loss = tf.reduce_sum(tf.matmul(x.add(tf.gather(table, ids)), w), { name: 'loss' });
  const made = OPTIMIZERS[optimizer]!(global_step);
  made.minimize(loss, { global_step: use_resource ? null : global_step });
}

function rows(): Row[] {
  const source = (name: string) => (name.startsWith('gradients/') ? 'gradients/' : name);
  const { node } = tf.get_default_graph().as_graph_def();
  const found = node
    .filter(({ name }) => !name.startsWith('gradients'))
    .map(({ name, op, input }): Row => [name, op, input.map(source)]);
  return found.slice(found.findIndex(([name]) => name === 'loss') + 1);
}

beforeEach(() => tf.reset_default_graph());

test.each(Object.keys(golden))('%s', (program) => {
  const [optimizer, kind] = program.split(' ') as [string, string];
  build(optimizer, kind === 'resource', kind === 'double' ? tf.float64 : tf.float32);
  expect(rows()).toEqual(golden[program]);
});
