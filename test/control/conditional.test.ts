/** The conditional that variables build: only the taken branch runs, in any order of initialization. */

import { beforeEach, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { heap } from '../../src/backend/backend.ts';
import { conditional } from '../../src/core/conditional.ts';

beforeEach(() => tf.reset_default_graph());

test('a variable gives its first value until it has one', () => {
  const v = new tf.Variable([1, 2], { name: 'v' });
  const initialized = v.initialized_value();
  tf.with(new tf.Session(), (sess) => {
    expect(sess.run(initialized).tolist()).toEqual([1, 2]);
    sess.run(tf.assign(v, [5, 6]).op);
    expect(sess.run(initialized).tolist()).toEqual([5, 6]);
  });
});

test.each([true, false])('initializers run in any order, with resources: %s', (use_resource) => {
  const v = new tf.Variable(tf.random_normal([3]), { name: 'v', use_resource });
  const twice = new tf.Variable(v.initialized_value().multiply(2), { name: 'twice', use_resource });
  tf.with(new tf.Session(), (sess) => {
    sess.run(tf.global_variables_initializer());
    const [a, b] = sess.run([v, twice]);
    expect(b.tolist()).toEqual([...a].map((x) => x * 2));
  });
});

test('what only the other branch needs does not run', () => {
  const pred = tf.placeholder(tf.bool, []);
  const x = tf.placeholder(tf.float32, [], { name: 'x' });
  const counts = { yes: 0, no: 0 };
  const counting = (side: 'yes' | 'no', value: tf.Tensor) =>
    tf.py_func(
      (given) => {
        counts[side]++;
        return given.item() * 10;
      },
      [value],
      tf.float32,
    ) as tf.Tensor;
  const y = conditional(
    pred,
    () => counting('yes', x),
    () => counting('no', tf.negative(x)),
  );
  tf.with(new tf.Session(), (sess) => {
    const run = (p: boolean) =>
      sess.run(y, {
        feed_dict: new Map<tf.Tensor, unknown>([
          [pred, p],
          [x, 3],
        ]),
      });
    expect(run(true)).toBe(30);
    expect(run(false)).toBe(-30);
    expect(counts).toEqual({ yes: 1, no: 1 });
  });
});

test('a branch of constants waits for its side', () => {
  const pred = tf.placeholder(tf.bool, []);
  const y = conditional(
    pred,
    () => tf.constant(1),
    () => tf.constant(2),
  );
  tf.with(new tf.Session(), (sess) => {
    expect(sess.run(y, { feed_dict: [[pred, true]] })).toBe(1);
    expect(sess.run(y, { feed_dict: [[pred, false]] })).toBe(2);
  });
});

test('nothing is left behind', () => {
  const before = heap?.blocks ?? 0;
  const v = new tf.Variable(tf.ones([64, 64]), { name: 'v' });
  const sum = tf.reduce_sum(v.initialized_value());
  const sess = new tf.Session();
  for (let i = 0; i < 3; i++) expect(sess.run(sum)).toBe(4096);
  sess.close();
  expect(heap?.blocks ?? 0).toBe(before);
});
