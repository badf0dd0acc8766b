/** Moving averages. Numbers recorded by test/golden/record_averages.py. */

import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { eager_mode } from '../../src/eager/context.ts';
import {
  assign_moving_average,
  weighted_moving_average,
} from '../../src/variables/moving_average.ts';
import { ResourceVariable } from '../../src/variables/resource_variable.ts';
import { expectSays } from '../errors/says.ts';

const golden = JSON.parse(
  readFileSync(new URL('../golden/averages.json', import.meta.url), 'utf8'),
) as { readonly variables: readonly string[]; readonly rows: readonly number[][] };

beforeEach(() => tf.reset_default_graph());

const listOf = (value: unknown) => (value instanceof tf.NdArray ? value.tolist() : value);
const Average = tf.train.ExponentialMovingAverage;

test('with and without correction, and weighted', () => {
  const x = tf.placeholder(tf.float32, [], { name: 'x' });
  const [fair, plain] = tf.with(tf.variable_scope('v'), () =>
    ['fair', 'plain'].map((name) =>
      tf.get_variable(name, [], { initializer: tf.zeros_initializer() }),
    ),
  ) as [tf.Variable, tf.Variable];
  const updates = [
    assign_moving_average(fair, x, 0.9),
    assign_moving_average(plain, x, 0.9, { zero_debias: false }),
  ];
  const weighted = weighted_moving_average(x, 0.8, tf.sqrt(x));
  const names = tf.global_variables().map((v) => v.op.name);
  expect(names.sort()).toEqual(golden.variables);
  tf.with(new tf.Session(), (sess) => {
    sess.run(tf.global_variables_initializer());
    golden.rows.forEach((want, i) => {
      const feed_dict: [tf.Tensor, number][] = [[x, (i + 1) ** 2]];
      sess.run(updates, { feed_dict });
      const values = [sess.run(fair), sess.run(plain), sess.run(weighted, { feed_dict })];
      values.forEach((value, k) => {
        expect(Number(value)).toBeCloseTo(want[k]!, 5);
      });
    });
  });
});

describe('ExponentialMovingAverage', () => {
  test('names its variables, and says what to restore', () => {
    const v = new tf.Variable([1, 2], { name: 'v' });
    const w = new tf.Variable(3, { name: 'w' });
    const other = new tf.Variable(4, { name: 'other', trainable: false });
    const average = new Average(0.5);
    expect(average.average_name(v)).toBe('v/ExponentialMovingAverage');
    expect(average.average(v)).toBe(null);
    const step = average.apply([v]);
    expect(step.name).toBe('ExponentialMovingAverage');
    expect(average.average(v)!.name).toBe('v/ExponentialMovingAverage:0');
    expect(average.average_name(w)).toBe('w/ExponentialMovingAverage');
    expect(tf.moving_average_variables()).toEqual([v]);
    expect(average.variables_to_restore()).toEqual({
      'v/ExponentialMovingAverage': v,
      'w/ExponentialMovingAverage': w,
      other,
    });
  });

  test('takes all trainable variables', () => {
    const v = new tf.Variable([1, 2], { name: 'v' });
    new tf.Variable(4, { name: 'other', trainable: false });
    const average = new Average(0.5);
    const updates = average.apply();
    tf.with(new tf.Session(), (sess) => {
      sess.run(tf.global_variables_initializer());
      sess.run(tf.assign(v, [3, 4]).op as tf.Operation);
      sess.run(updates);
      expect(listOf(sess.run(average.average(v)!))).toEqual([2, 3]);
    });
  });

  test('refuses what it cannot average', () => {
    const v = new tf.Variable(1, { name: 'v' });
    const average = new Average(0.5);
    average.apply([v]);
    expectSays([
      'ValueError',
      'Moving average already computed for: v:0',
      () => average.apply([v]),
    ]);
    expectSays([
      'TypeError',
      'The variables must be half, float, or double: i:0',
      () => average.apply([new tf.Variable(tf.int32(1), { name: 'i' })]),
    ]);
  });

  test('in eager mode', () => {
    tf.with(eager_mode(), () => {
      const v = new ResourceVariable([1, 2], { name: 'v' });
      const average = new Average(0.75);
      average.apply([v]);
      v.assign([5, 6]);
      assign_moving_average(average.average(v)!, v, 0.75, { zero_debias: false });
      expect(listOf(average.average(v)!.numpy())).toEqual([2, 3]);
    });
  });
});
