/** Eagerly, conditions and loops are those of the host, over the same functions; tapes go through them. */

import { expect, test } from '@jest/globals';
import * as tf from 'tf1';

tf.enable_eager_execution();

test('a condition calls one branch', () => {
  const called: string[] = [];
  const branch = (name: string) => () => {
    called.push(name);
    return tf.constant(name);
  };
  expect(tf.cond(tf.constant(true), branch('yes'), branch('no')).numpy()).toBe('yes');
  expect(tf.cond(false, branch('yes'), branch('no')).numpy()).toBe('no');
  expect(called).toEqual(['yes', 'no']);
});

test('a list of one is unpacked unless strict', () => {
  const listed = () => [tf.constant(1)] as const;
  expect(tf.cond(true, listed, listed).numpy()).toBe(1);
  expect(tf.cond(true, listed, listed, { strict: true })[0].numpy()).toBe(1);
});

test('a loop runs while its condition holds', () => {
  const [i, y] = tf.while_loop(
    (i, _y) => i.less(4),
    (i, y) => [i.add(1), y.multiply(2)],
    [tf.constant(0, tf.int32), tf.constant(1)],
  );
  expect([i.numpy(), y.numpy()]).toEqual([4, 16]);
  const single = tf.while_loop(
    (x) => x.less(100),
    (x) => x.multiply(3),
    [tf.constant(2)],
    { maximum_iterations: 2 },
  );
  expect(single.numpy()).toBe(18);
});

test('a tape goes back through both', () => {
  const x = tf.constant(3);
  const tape = new tf.GradientTape();
  const y = tf.with(tape, () => {
    tape.watch(x);
    const power = tf.while_loop(
      (i, _y) => i.less(3),
      (i, y) => [i.add(1), y.multiply(x)],
      [tf.constant(0), tf.constant(1)],
    )[1];
    return tf.cond(
      power.greater(10),
      () => power.multiply(2),
      () => power,
    );
  });
  expect((tape.gradient(y, x) as tf.Tensor).numpy()).toBe(54);
});

test('a case takes the first that holds', () => {
  const choose = (k: number) =>
    tf.case(
      [
        [tf.less(k, 1), () => tf.constant('small')],
        [tf.less(k, 5), () => tf.constant('middle')],
      ],
      { default: () => tf.constant('large') },
    );
  expect([0, 3, 9].map((k) => choose(k).numpy())).toEqual(['small', 'middle', 'large']);
});
