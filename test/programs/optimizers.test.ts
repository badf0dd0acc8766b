/** Every optimizer, on dense and sparse gradients, gives TensorFlow's losses, variables and slots. */

import { beforeEach, describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { expectReplay, formula, recorded } from './replay.ts';

const { train } = tf;
const l1AndL2 = { l1_regularization_strength: 0.002, l2_regularization_strength: 0.01 };

const OPTIMIZERS: Readonly<Record<string, (step: tf.Variable) => tf.train.Optimizer>> = {
  gradient_descent: () => new train.GradientDescentOptimizer(0.5),
  momentum: () => new train.MomentumOptimizer(0.2, 0.9),
  nesterov: () => new train.MomentumOptimizer(0.2, 0.9, { use_nesterov: true }),
  adam: () => new train.AdamOptimizer(0.05, { beta1: 0.8, beta2: 0.99, epsilon: 1e-4 }),
  adagrad: () => new train.AdagradOptimizer(0.3, { initial_accumulator_value: 0.2 }),
  adagrad_da: (step) =>
    new train.AdagradDAOptimizer(0.3, step, {
      initial_gradient_squared_accumulator_value: 0.2,
      l1_regularization_strength: 0.001,
      l2_regularization_strength: 0.01,
    }),
  adadelta: () => new train.AdadeltaOptimizer(2.0, { rho: 0.9, epsilon: 1e-3 }),
  rmsprop: () => new train.RMSPropOptimizer(0.02, { decay: 0.8, momentum: 0.5, epsilon: 1e-3 }),
  rmsprop_centered: () =>
    new train.RMSPropOptimizer(0.02, { decay: 0.8, epsilon: 1e-2, centered: true }),
  ftrl: () => new train.FtrlOptimizer(0.4),
  ftrl_l1_l2: () =>
    new train.FtrlOptimizer(0.4, {
      learning_rate_power: -0.6,
      initial_accumulator_value: 0.2,
      ...l1AndL2,
    }),
  ftrl_shrinkage: () =>
    new train.FtrlOptimizer(0.4, { l2_shrinkage_regularization_strength: 0.02 }),
  proximal_gradient_descent: () => new train.ProximalGradientDescentOptimizer(0.5, l1AndL2),
  proximal_adagrad: () =>
    new train.ProximalAdagradOptimizer(0.3, { initial_accumulator_value: 0.2, ...l1AndL2 }),
};

function expectOptimizer(program: string, name: string, use_resource: boolean): void {
  const ids = tf.placeholder(tf.int32, [4], { name: 'ids' });
  const y_ = tf.placeholder(tf.float32, [4, 2], { name: 'y_' });
  const variable = (label: string, shape: number[], salt: number) =>
    tf.get_variable(label, { initializer: tf.constant(formula(shape, salt)), use_resource });
  const table = variable('table', [6, 3], 1);
  const w = variable('w', [3, 2], 2);
  const b = variable('b', [2], 3);
  const global_step = tf.train.get_or_create_global_step();
  const y = tf.matmul(tf.nn.embedding_lookup(table, ids), w).add(b);
  const loss = tf.reduce_mean(tf.square(y.subtract(y_)));
  const optimizer = OPTIMIZERS[name]!(global_step);
  const step = optimizer.minimize(loss, { global_step });
  const { slots } = recorded(program);
  const names = Object.fromEntries(
    optimizer
      .get_slot_names()
      .map((slot) => [slot, [table, w, b].map((v) => optimizer.get_slot(v, slot)?.name)]),
  );
  expect(names).toEqual(slots);
  expectReplay({
    program,
    fetches: { loss, step },
    feeds: (i) => [
      [ids, [i % 6, (i * 5 + 1) % 6, (i * i) % 6, i % 6]],
      [y_, formula([4, 2], 7 + (i % 3))],
    ],
  });
}

beforeEach(() => tf.reset_default_graph());

describe('ref variables', () => {
  test.each(Object.keys(OPTIMIZERS))('%s', (name) => {
    expectOptimizer(`optimizer_${name}`, name, false);
  });
});

describe('resource variables', () => {
  test.each(['gradient_descent', 'momentum', 'adam', 'adagrad', 'rmsprop', 'ftrl'])(
    '%s',
    (name) => {
      expectOptimizer(`optimizer_${name}_resource`, name, true);
    },
  );
});
