/** Learning-rate schedules, clipping and moving averages give TensorFlow's numbers. */

import { beforeEach, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import {
  expectNames,
  expectReplay,
  expectSeries,
  expectState,
  formula,
  recorded,
} from './replay.ts';

beforeEach(() => tf.reset_default_graph());

test('learning-rate schedules', () => {
  const step = new tf.Variable(tf.int32(0), { trainable: false, name: 'step' });
  const { train } = tf;
  const rates: Readonly<Record<string, tf.Tensor>> = {
    exponential: train.exponential_decay(0.1, step, 10, 0.9),
    exponential_staircase: train.exponential_decay(0.1, step, 10, 0.9, { staircase: true }),
    piecewise: train.piecewise_constant(step, [10, 25], [1.0, 0.5, 0.1]),
    polynomial: train.polynomial_decay(0.1, step, 40, { end_learning_rate: 0.01, power: 0.5 }),
    polynomial_cycle: train.polynomial_decay(0.1, step, 16, {
      end_learning_rate: 0.01,
      power: 2,
      cycle: true,
    }),
    natural_exp: train.natural_exp_decay(0.1, step, 10, 0.5),
    natural_exp_staircase: train.natural_exp_decay(0.1, step, 10, 0.5, { staircase: true }),
    inverse_time: train.inverse_time_decay(0.1, step, 10, 0.5),
    inverse_time_staircase: train.inverse_time_decay(0.1, step, 10, 0.5, { staircase: true }),
    cosine: train.cosine_decay(0.1, step, 40, { alpha: 0.1 }),
    cosine_restarts: train.cosine_decay_restarts(0.1, step, 10, {
      t_mul: 2,
      m_mul: 0.8,
      alpha: 0.05,
    }),
    linear_cosine: train.linear_cosine_decay(0.1, step, 40, {
      num_periods: 1.5,
      alpha: 0.1,
      beta: 0.01,
    }),
  };
  const advance = tf.assign_add(step, 1);
  const { series } = recorded('schedules');
  const actual: Record<string, unknown[]> = {};
  tf.with(new tf.Session(), (sess) => {
    sess.run(tf.global_variables_initializer());
    for (let i = 0; i < 60; i++) {
      const now = sess.run(rates) as Record<string, unknown>;
      for (const [name, rate] of Object.entries(now)) {
        actual[name] ??= [];
        actual[name].push(rate);
      }
      sess.run(advance.op);
    }
  });
  expect(Object.keys(actual)).toEqual(Object.keys(series));
  for (const [name, rates] of Object.entries(series)) expectSeries(name, actual[name]!, rates);
});

test('a decaying rate, weight decay and a clipped norm', () => {
  const x = tf.placeholder(tf.float32, [null, 4], { name: 'x' });
  const y_ = tf.placeholder(tf.float32, [null, 2], { name: 'y_' });
  const global_step = new tf.Variable(tf.int32(0), { name: 'global_step', trainable: false });
  const w1 = new tf.Variable(tf.constant(formula([4, 6], 1)), { name: 'w1' });
  const w2 = new tf.Variable(tf.constant(formula([6, 2], 2)), { name: 'w2' });
  const y = tf.matmul(tf.nn.elu(tf.matmul(x, w1)), w2);
  const decay = tf.multiply(1e-3, tf.add(tf.nn.l2_loss(w1), tf.nn.l2_loss(w2)));
  const loss = tf.reduce_mean(tf.squared_difference(y, y_)).add(decay);
  const rate = tf.train.exponential_decay(0.5, global_step, 20, 0.7, { staircase: true });
  const optimizer = new tf.train.MomentumOptimizer(rate, 0.8);
  const pairs = optimizer.compute_gradients(loss);
  const gradients = pairs.map(([gradient]) => gradient);
  const [clipped, norm] = tf.clip_by_global_norm(gradients, 0.3);
  const step = optimizer.apply_gradients(
    clipped.map((gradient, i) => [gradient, pairs[i]![1]] as const),
    { global_step },
  );
  expectReplay({
    program: 'scheduled_training',
    fetches: { loss, norm, rate, step },
    feeds: (i) => [
      [x, formula([10, 4], i % 5)],
      [y_, formula([10, 2], 50 + (i % 5))],
    ],
  });
});

test('clipping', () => {
  const scale = tf.placeholder(tf.float32, [], { name: 'scale' });
  const t = tf.constant(formula([2, 3], 5)).multiply(scale);
  const u = tf.constant(formula([4], 6)).multiply(scale);
  const [[first, second], norm] = tf.clip_by_global_norm([t, u], 1.5);
  expectReplay({
    program: 'clips',
    fetches: {
      by_value: tf.clip_by_value(t, -0.4, 0.7),
      by_norm: tf.clip_by_norm(t, 1),
      by_norm_axes: tf.clip_by_norm(t, 0.5, { axes: [1] }),
      by_average_norm: tf.clip_by_average_norm(t, 0.2),
      by_global_norm_0: first as tf.Tensor,
      by_global_norm_1: second as tf.Tensor,
      global_norm: norm,
      slope: tf.gradients(
        tf.clip_by_norm(t, 1),
        t,
        tf.constant(formula([2, 3], 9)),
      )[0] as tf.Tensor,
    },
    feeds: (i) => [[scale, (i + 1) / 8]],
  });
});

test('moving averages', () => {
  const x = tf.placeholder(tf.float32, [3], { name: 'x' });
  const step = new tf.Variable(0, { name: 'step', trainable: false });
  const v = new tf.Variable(tf.constant([1, -2, 0.5]), { name: 'v' });
  const assign = tf.assign(v, x);
  const value = tf.square(x, { name: 'value' });
  const plainly = new tf.train.ExponentialMovingAverage(0.9);
  const early = new tf.train.ExponentialMovingAverage(0.99, { num_updates: step, name: 'early' });
  const fair = new tf.train.ExponentialMovingAverage(0.9, { zero_debias: true, name: 'fair' });
  const updates = tf.group(plainly.apply([v]), early.apply([v]), fair.apply([value]));
  const advance = tf.assign_add(step, 1);
  const record = recorded('moving_average');
  expectNames(record);
  const restored = Object.entries(plainly.variables_to_restore()).map(([k, w]) => [k, w.op.name]);
  expect(restored.sort()).toEqual(record.restore);
  const actual: { plain: unknown[]; early: unknown[]; fair: unknown[] } = {
    plain: [],
    early: [],
    fair: [],
  };
  tf.with(new tf.Session(), (sess) => {
    sess.run(tf.global_variables_initializer());
    for (let i = 0; i < 60; i++) {
      const feed_dict: [tf.Tensor, unknown][] = [[x, formula([3], i)]];
      sess.run(assign.op, { feed_dict });
      sess.run(updates, { feed_dict });
      sess.run(advance.op);
      actual.plain.push(sess.run(plainly.average(v)!));
      actual.early.push(sess.run(early.average(v)!));
      actual.fair.push(sess.run(fair.average(value)!));
    }
    for (const [name, numbers] of Object.entries(actual)) {
      expectSeries(name, numbers, record.series[name]!);
    }
    expectState('at the end', sess, record.end);
  });
});
