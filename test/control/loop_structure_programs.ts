/** Programs of loops over structures, variables and slices, and of gradients that need much or little of them. */

import * as tf from 'tf1';
import { grads, int, last, Pair, type Program, repeat, scalar, TABLE, ZERO } from './program.ts';

function while_structures(): Program {
  const x = scalar();
  type P = { first: tf.Tensor; second: [tf.Tensor] };
  const [i, made, d] = tf.while_loop(
    (i, _pair, _d) => i.less(3),
    (i, given, d) => {
      const pair = given as unknown as P;
      const count = i.add(1);
      const next = new Pair<unknown>(pair.first.multiply(x), [pair.second[0].add(d.k)]);
      return [count, next, { k: d.k.multiply(2) }];
    },
    [int(0), new Pair<unknown>(x, [x.multiply(2)]), { k: tf.constant(1) }],
  );
  const pair = made as unknown as P;
  const out = [i, pair.first, pair.second[0], d.k];
  return { fetches: [...out, ...grads(out[1]!.add(out[2]!), x)], runs: [[[x, 2]]] };
}

function while_variable(): Program {
  const x = scalar();
  const v = new tf.Variable(3, { name: 'v' });
  const y = repeat(3, (y) => y.multiply(v).add(x), x);
  return { fetches: [y, ...grads(y, v, x)], runs: [[[x, 2]]] };
}

function while_resource(): Program {
  const x = scalar();
  const v = tf.get_variable('v', { initializer: [3, 2], use_resource: true });
  const y = repeat(3, (y) => y.multiply(v).add(x), tf.constant([1, 1]));
  return { fetches: [y, ...grads(y, v, x)], runs: [[[x, 2]]] };
}

function while_assign(): Program {
  const v = new tf.Variable(0, { name: 'v' });
  const i = tf.while_loop(
    (i) => i.less(5),
    (i) =>
      tf.with(tf.control_dependencies([tf.assign_add(v, tf.cast(i, tf.float32))]), () => i.add(1)),
    [ZERO],
  ) as tf.Tensor;
  const now = tf.with(tf.control_dependencies([i]), () => tf.identity(v.read_value()));
  return { fetches: [i, now], runs: [[], []] };
}

function while_gradients_inside(): Program {
  const x = scalar();
  const step = (w: tf.Tensor) => {
    const loss = tf.square(w.multiply(x).subtract(3));
    return tf.gradients(loss, w)[0] as tf.Tensor;
  };
  const descend = last((slope, w) => w.subtract(tf.multiply(0.1, slope, { name: 'mul' })));
  const w = repeat(5, step, 0.5, descend);
  return { fetches: [w, ...grads(w, x)], runs: [[[x, 1.5]]] };
}

function while_gather(): Program {
  const table = new tf.Variable(TABLE, { name: 'table' });
  const step = (y: tf.Tensor, i: tf.Tensor) => y.multiply(tf.gather(table, i.mod(3)));
  const y = repeat(4, step, tf.constant([1, 1]));
  return { fetches: [y, ...grads(y, table)], runs: [[]] };
}

function while_zero_trips(): Program {
  const x = scalar();
  const n = tf.placeholder(tf.int32, [], 'n');
  const w = tf.constant([2, 3], { name: 'w' });
  const y = repeat(n, (y) => y.multiply(x).multiply(w), tf.stack([x, x]));
  const runs = [
    [
      [x, 2],
      [n, 0],
    ],
    [
      [x, 2],
      [n, 2],
    ],
  ] as const;
  return { fetches: [y, ...grads(y, x, w)], runs };
}

function while_forgetful(): Program {
  const x = scalar();
  const [, y, z] = tf.while_loop(
    (i, _y, _z) => i.less(3),
    (i, y, z) => [i.add(1), x.multiply(2), z.add(y)],
    [ZERO, x.multiply(x), x],
  ) as tf.Tensor[];
  return { fetches: [y!, z!, ...grads(z!, x), ...grads(y!, x)], runs: [[[x, 2]]] };
}

function while_means(): Program {
  const x = tf.placeholder(tf.float32, [null, null], 'x');
  const shapes = [new tf.TensorShape([]), new tf.TensorShape([null, null])];
  const step = (y: tf.Tensor) =>
    y.subtract(tf.reduce_mean(y, tf.int32(1), { keepdims: true }).multiply(y));
  const y = repeat(3, step, x, { shapes });
  const feed = [
    [1, 0.5, 0.2],
    [0.3, 0.4, 0.5],
  ];
  return { fetches: [y, ...grads(y.multiply(y), x)], runs: [[[x, feed]]] };
}

function while_dependencies(): Program {
  const x = scalar();
  const v = new tf.Variable(1, { name: 'v' });
  const before = tf.assign(v, 5, { name: 'before' });
  const [, y] = tf.with(tf.control_dependencies([x]), () =>
    tf.while_loop(
      (i, _y) => i.less(3),
      (i, y) => {
        const z = tf.with(tf.control_dependencies([before]), () => {
          const one = tf.constant(1);
          return y.add(one);
        });
        return [i.add(1), z.multiply(x)];
      },
      [ZERO, x],
      { parallel_iterations: 1 },
    ),
  ) as tf.Tensor[];
  return { fetches: [y!, ...grads(y!, x)], runs: [[[x, 2]]] };
}

function while_no_backprop(): Program {
  const x = scalar();
  const [, y] = tf.while_loop(
    (i, _y) => i.less(3),
    (i, y) => [i.add(1), y.multiply(x)],
    [ZERO, x],
    { back_prop: false, swap_memory: true, name: 'plain' },
  ) as [tf.Tensor, tf.Tensor];
  return { fetches: [y.add(x), ...grads(y.add(x), x)], runs: [[[x, 2]]] };
}

function while_inner_invariant(): Program {
  const x = tf.placeholder(tf.float32, [2], 'x');
  const step = (y: tf.Tensor) => {
    const scaled = y.multiply(x);
    return repeat(2, (z) => z.add(scaled.multiply(z)), y);
  };
  const y = repeat(2, step, x, last());
  return { fetches: [y, ...grads(y, x)], runs: [[[x, [0.5, 1.5]]]] };
}

function while_loss_of_loops(): Program {
  const x = scalar();
  const y = repeat(3, (y) => y.multiply(x), x);
  const [, z] = tf.while_loop(
    (_i, z) => z.less(50),
    (i, z) => [i.add(1), z.multiply(y).add(1)],
    [ZERO, y],
  ) as [tf.Tensor, tf.Tensor];
  return { fetches: [z, ...grads(z.add(y), x)], runs: [[[x, 1.5]], [[x, 3]]] };
}

function while_cond_one_sided(): Program {
  const x = tf.placeholder(tf.float32, [null], 'x');
  const w = new tf.Variable([1, 2], { name: 'w' });
  const step = (y: tf.Tensor, i: tf.Tensor) =>
    y.add(
      tf.cond(
        i.greater(0),
        () => y.multiply(w).multiply(tf.reduce_sum(x)),
        () => tf.ones([2]),
      ),
    );
  const y = repeat(3, step, tf.zeros([2]));
  return { fetches: [y, ...grads(y, x, w)], runs: [[[x, [1, 2, 3]]]] };
}

const ROWS = [
  [1, 2],
  [3, 4],
];

function while_slices(): Program {
  const x = tf.placeholder(tf.float32, [2, 2], 'x');
  const indices = tf.constant([0, 2], tf.int32);
  const first = new tf.IndexedSlices(x, indices, tf.constant([4, 2], tf.int32));
  const [, s] = tf.while_loop(
    (i, _s) => i.less(3),
    (i, s) => {
      const count = i.add(1);
      return [count, new tf.IndexedSlices(s.values.multiply(2), s.indices, s.dense_shape)];
    },
    [ZERO, first],
  );
  const fetches = [s.values, s.indices, tf.convert_to_tensor(s), ...grads(s.values, x)];
  return { fetches, runs: [[[x, ROWS]]] };
}

function while_sparse(): Program {
  const x = tf.placeholder(tf.float32, [null], 'x');
  const places = [
    [0, 1],
    [2, 0],
  ];
  const indices = tf.constant(places, tf.int64);
  const first = new tf.SparseTensor(indices, x, tf.constant([3, 4], tf.int64));
  const [, s] = tf.while_loop(
    (i, _s) => i.less(3),
    (i, s) => [i.add(1), new tf.SparseTensor(s.indices, s.values.add(1), s.dense_shape)],
    [ZERO, first],
  );
  return { fetches: [tf.reduce_sum(s.indices), s.values, s.dense_shape], runs: [[[x, [1, 2]]]] };
}

function cond_slices(): Program {
  const p = tf.placeholder(tf.bool, [], 'p');
  const x = tf.placeholder(tf.float32, [2, 2], 'x');
  const indices = tf.constant([0, 2], tf.int32);
  const one = (k: number) => () => new tf.IndexedSlices(x.multiply(k), indices);
  const s = tf.cond(p, one(2), one(3));
  const runs = [true, false].map(
    (taken) =>
      [
        [p, taken],
        [x, ROWS],
      ] as const,
  );
  return { fetches: [s.values, s.indices, ...grads(s.values, x)], runs };
}

function cond_variable_inside(): Program {
  const p = tf.placeholder(tf.bool, [], 'p');
  const branch = (k: number) => {
    const name = `v${k.toFixed(1)}`;
    const v = tf.get_variable(name, [2], { initializer: tf.constant_initializer(k) });
    return v.multiply(2);
  };
  const y = tf.cond(
    p,
    () => branch(1),
    () => branch(2),
  );
  return { fetches: [y], runs: [[[p, true]], [[p, false]]] };
}

function while_matrices(): Program {
  const x = tf.placeholder(tf.float32, [null, 3], 'x');
  const w = tf.get_variable('w', [3, 3], { initializer: tf.constant_initializer(0.25) });
  const b = tf.get_variable('b', [3], {
    initializer: tf.constant_initializer(0.5),
    use_resource: true,
  });
  const [, h, total] = tf.while_loop(
    (i, _h, _total) => i.less(4),
    (i, h, total) => {
      const active = tf.nn.relu(tf.matmul(h, w).add(b));
      const next = active.subtract(tf.multiply(0.1, h, { name: 'mul' }));
      const count = i.add(1);
      return [count, next, total.add(tf.reduce_sum(tf.nn.softmax(next).at(':', 0)))];
    },
    [ZERO, x, 0],
  );
  const feed = [
    [1, 2, 3],
    [0.5, -1, 0],
  ];
  return { fetches: [h, total, ...grads(total, w, b, x)], runs: [[[x, feed]]] };
}

function while_condition_needs_gradient(): Program {
  const x = scalar();
  const [y] = tf.while_loop(
    (_y, z) => z.less(4),
    (y, z) => {
      const inner = () =>
        tf.cond(
          z.greater(2),
          () => y.subtract(z.multiply(x)),
          () => y.truediv(z),
        );
      const w = tf.cond(y.greater(z), inner, () => y.multiply(x));
      return [w, z.add(0.5)];
    },
    [x, 1],
  );
  return { fetches: [y, ...grads(y, x)], runs: [[[x, 1.2]], [[x, 3]], [[x, -2]]] };
}

function while_two_gradients(): Program {
  const [x, z] = [scalar('x'), scalar('z')];
  const [, y, w] = tf.while_loop(
    (i, _y, _w) => i.less(3),
    (i, y, w) => [i.add(1), y.multiply(x).add(w), w.multiply(z)],
    [ZERO, x, z],
  );
  const runs = [
    [
      [x, 1.5],
      [z, 0.5],
    ],
  ] as const;
  const fetches = [y, w, ...grads(y, x, z), ...grads(w, z), ...grads(y.multiply(w), x, z)];
  return { fetches, runs };
}

export const PROGRAMS: Readonly<Record<string, () => Program>> = {
  while_structures,
  while_variable,
  while_resource,
  while_assign,
  while_gradients_inside,
  while_gather,
  while_zero_trips,
  while_forgetful,
  while_means,
  while_dependencies,
  while_no_backprop,
  while_inner_invariant,
  while_loss_of_loops,
  while_cond_one_sided,
  while_slices,
  while_sparse,
  cond_slices,
  cond_variable_inside,
  while_matrices,
  while_condition_needs_gradient,
  while_two_gradients,
};
