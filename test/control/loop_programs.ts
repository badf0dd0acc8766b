/** Programs of loops: counted and data dependent, nested, with conditions inside and outside. */

import * as tf from 'tf1';
import { grads, int, last, type Program, repeat, scalar, ZERO } from './program.ts';

function while_count(): Program {
  const y = tf.while_loop(
    (i) => i.less(10),
    (i) => i.add(1),
    [int(0)],
  );
  return { fetches: [y], runs: [[]] };
}

function while_power(): Program {
  const x = scalar();
  const [, y] = tf.while_loop(
    (i, _y) => i.less(4),
    (i, y) => [i.add(1), y.multiply(x)],
    [int(0), tf.constant(1)],
  );
  return { fetches: [y, ...grads(y, x)], runs: [[[x, 2]], [[x, -3]]] };
}

function while_collatz(): Program {
  const n = tf.placeholder(tf.int32, [], 'n');
  const y = tf.while_loop(
    (n, _steps) => n.greater(1),
    (n, steps) => {
      const odd = tf.equal(n.mod(2), 1);
      const next = tf.cond(
        odd,
        () => tf.multiply(tf.int32(3), n, { name: 'mul' }).add(1),
        () => n.floordiv(2),
      );
      return [next, steps.add(1)];
    },
    [n, int(0)],
  );
  return { fetches: [...y], runs: [[[n, 27]], [[n, 1]], [[n, 6]]] };
}

function while_newton(): Program {
  const x = scalar();
  const y = tf.while_loop(
    (y) => tf.abs(y.multiply(y).subtract(x)).greater(1e-3),
    (y) => y.add(x.truediv(y)).truediv(2),
    [x],
  );
  return { fetches: [y, ...grads(y, x)], runs: [[[x, 2]], [[x, 10]], [[x, 1]]] };
}

function while_recurrent(): Program {
  const x = tf.placeholder(tf.float32, [null, 2], 'x');
  const first = [
    [0.5, -0.2],
    [0.1, 0.3],
  ];
  const w = new tf.Variable(first, { name: 'w' });
  const steps = tf.placeholder(tf.int32, [], 'steps');
  const [, h] = tf.while_loop(
    (t, _h) => t.less(steps),
    (t, h) => [t.add(1), tf.tanh(tf.matmul(h, w).add(x))],
    [ZERO, tf.zeros_like(x)],
  ) as [tf.Tensor, tf.Tensor];
  const loss = tf.reduce_mean(tf.square(h));
  const feed = [
    [1, 2],
    [3, -1],
    [0.5, 0.5],
  ];
  const runs = [
    [
      [x, feed],
      [steps, 3],
    ],
    [
      [x, feed.slice(0, 1)],
      [steps, 1],
    ],
  ] as const;
  return { fetches: [h, loss, ...grads(loss, w, x)], runs };
}

function while_unused(): Program {
  const x = scalar();
  const [, a] = tf.while_loop(
    (i, _a, _b) => i.less(3),
    (i, a, b) => [i.add(1), a.add(b.multiply(x)), b.multiply(2)],
    [ZERO, x, tf.square(x)],
  ) as tf.Tensor[];
  return { fetches: [a!, ...grads(a!, x)], runs: [[[x, 2]]] };
}

function while_growing(): Program {
  const x = tf.placeholder(tf.float32, [1], 'x');
  const shapes = [new tf.TensorShape([]), new tf.TensorShape([null])];
  const y = repeat(3, (y) => tf.concat([y, y.multiply(2)], 0), x, { shapes });
  return { fetches: [y, ...grads(y.multiply(y), x)], runs: [[[x, [3]]]] };
}

function while_limited(): Program {
  const x = scalar();
  const y = tf.while_loop(
    (y) => y.less(100),
    (y) => y.multiply(x),
    [x],
    { maximum_iterations: 3 },
  ) as tf.Tensor;
  const [a, b] = tf.while_loop(
    (a, _b) => a.less(100),
    (a, b) => [a.multiply(b), b.add(1)],
    [x, x],
    { maximum_iterations: 4 },
  ) as tf.Tensor[];
  return {
    fetches: [y, a!, b!, ...grads(y, x), ...grads(a!, x)],
    runs: [[[x, 2]], [[x, 50]], [[x, 200]]],
  };
}

function while_nested(): Program {
  const x = scalar();
  const y = repeat(3, (y) => repeat(2, (z) => z.multiply(x).add(y), y), x, last());
  return { fetches: [y, ...grads(y, x)], runs: [[[x, 1.5]], [[x, -0.5]]] };
}

function while_triangle(): Program {
  const x = scalar();
  const inner = (y: tf.Tensor, i: tf.Tensor) => repeat(i, (z) => tf.sin(z).multiply(x), y);
  const y = repeat(
    4,
    inner,
    x,
    last((z, y) => z.add(y)),
  );
  return { fetches: [y, ...grads(y, x)], runs: [[[x, 1.5]], [[x, 0.5]]] };
}

function while_three_deep(): Program {
  const x = scalar();
  const inner = (z: tf.Tensor) => repeat(2, (u) => u.multiply(z).multiply(0.5), z);
  const plus = last((u) => u.add(x));
  const y = repeat(2, (y) => repeat(2, inner, y, plus), x, last());
  return { fetches: [y, ...grads(y, x)], runs: [[[x, 0.7]]] };
}

function while_cond(): Program {
  const [x, z] = [scalar('x'), scalar('z')];
  const step = (y: tf.Tensor, i: tf.Tensor) =>
    tf.cond(
      tf.equal(i.mod(2), 0),
      () => y.multiply(x),
      () => y.add(z.multiply(y)),
    );
  const y = repeat(5, step, x);
  const runs = [
    [
      [x, 1.5],
      [z, 2],
    ],
  ] as const;
  return { fetches: [y, ...grads(y, x, z)], runs };
}

function while_cond_data(): Program {
  const x = tf.placeholder(tf.float32, [null], 'x');
  const step = (y: tf.Tensor) =>
    tf.cond(
      tf.reduce_sum(y).greater(5),
      () => y.subtract(x),
      () => y.multiply(y).add(x),
    );
  const shapes = [new tf.TensorShape([]), new tf.TensorShape([null])];
  const y = repeat(4, step, x, { shapes });
  return { fetches: [y, ...grads(tf.reduce_sum(y), x)], runs: [[[x, [1, 2]]], [[x, [0.5]]]] };
}

function cond_while(): Program {
  const x = scalar();
  const y = tf.cond(
    x.greater(0),
    () => repeat(3, (y) => y.multiply(x), x),
    () => x.add(1),
  );
  return { fetches: [y, ...grads(y, x)], runs: [[[x, 2]], [[x, -2]]] };
}

function while_cond_while(): Program {
  const x = scalar();
  const step = (y: tf.Tensor, i: tf.Tensor) =>
    tf.cond(
      tf.equal(i, 1),
      () => repeat(2, (z) => z.multiply(x), y),
      () => y.add(x),
    );
  const y = repeat(3, step, x);
  return { fetches: [y, ...grads(y, x)], runs: [[[x, 2]], [[x, -0.5]]] };
}

export const PROGRAMS: Readonly<Record<string, () => Program>> = {
  while_count,
  while_power,
  while_collatz,
  while_newton,
  while_recurrent,
  while_unused,
  while_growing,
  while_limited,
  while_nested,
  while_triangle,
  while_three_deep,
  while_cond,
  while_cond_data,
  cond_while,
  while_cond_while,
};
