/** The programs of test/golden/record_control.py, line by line. */

import * as tf from 'tf1';
import { namedtuple } from '../../src/core/namedtuple.ts';

/** What a program fetches, and the feeds of each run. */
export interface Program {
  readonly fetches: readonly tf.Tensor[];
  readonly runs: readonly (readonly (readonly [tf.Tensor, unknown])[])[];
}

const ZERO = tf.int32(0);
const scalar = (name = 'x'): tf.Tensor => tf.placeholder(tf.float32, [], name);
const int = (value: number): tf.Tensor => tf.constant(value, tf.int32);

type Source = tf.Tensor | tf.Variable;

function grads(y: tf.Tensor | readonly tf.Tensor[], ...xs: Source[]): tf.Tensor[] {
  return tf.gradients(y, xs).map((gradient) => tf.convert_to_tensor(gradient!));
}

const Pair = namedtuple('Pair', ['first', 'second']);

// ---- conditions --------------------------------------------------------------------------------

function cond_basic(): Program {
  const x = scalar();
  const y = tf.cond(
    x.less(2),
    () => x.multiply(3),
    () => tf.constant(5),
  );
  return { fetches: [y, ...grads(y, x)], runs: [[[x, 1.5]], [[x, 2.5]]] };
}

function cond_captured(): Program {
  const [x, z] = [scalar('x'), scalar('z')];
  const [y, w] = tf.cond(
    x.less(z),
    () => [x.multiply(z), x] as const,
    () => [x.subtract(z), z.multiply(z)],
  );
  const runs = [
    [
      [x, 1],
      [z, 2],
    ],
    [
      [x, 5],
      [z, 2],
    ],
  ] as const;
  return { fetches: [y, w, ...grads([y, w], x, z)], runs };
}

function cond_outer_results(): Program {
  const [x, z] = [scalar('x'), scalar('z')];
  const y = tf.cond(
    x.greater(z),
    () => x,
    () => z,
    { name: 'larger' },
  );
  const runs = [
    [
      [x, 1],
      [z, 2],
    ],
    [
      [x, 5],
      [z, 2],
    ],
  ] as const;
  return { fetches: [y, ...grads(y.multiply(y), x, z)], runs };
}

function cond_strict(): Program {
  const x = scalar();
  const y = tf.cond(
    x.greater(0),
    () => [tf.exp(x)],
    () => [tf.square(x)],
    { strict: true },
  );
  const z = tf.cond(
    x.greater(0),
    () => [tf.exp(x)] as const,
    () => [tf.square(x)],
  );
  return { fetches: [y[0]!, z, ...grads(y[0]!.add(z), x)], runs: [[[x, 1]], [[x, -3]]] };
}

function cond_assign(): Program {
  const p = tf.placeholder(tf.bool, [], 'p');
  const v = new tf.Variable(10, { name: 'v' });
  const y = tf.cond(
    p,
    () => tf.assign_add(v, 1),
    () => tf.assign_sub(v, 2),
  );
  return { fetches: [y], runs: [[[p, true]], [[p, false]], [[p, true]]] };
}

function cond_operations(): Program {
  const p = tf.placeholder(tf.bool, [], 'p');
  const v = new tf.Variable(10, { name: 'v' });
  const done = tf.cond(
    p,
    () => tf.group(tf.assign_add(v, 1)),
    () => tf.no_op(),
  );
  const now = tf.with(tf.control_dependencies([done]), () => tf.identity(v.read_value()));
  return { fetches: [done, now], runs: [[[p, true]], [[p, false]], [[p, true]]] };
}

function cond_nested(): Program {
  const [x, z] = [scalar('x'), scalar('z')];
  const inner = () =>
    tf.cond(
      z.greater(0),
      () => x.multiply(z),
      () => x.add(1),
    );
  const y = tf.cond(x.greater(0), inner, () => tf.square(z));
  const runs = [3, -1].flatMap((a) =>
    [2, -2].map(
      (b) =>
        [
          [x, a],
          [z, b],
        ] as const,
    ),
  );
  return { fetches: [y, ...grads(y, x, z)], runs };
}

function cond_structures(): Program {
  const x = scalar();
  const one = (k: number) => () => ({
    b: new Pair<unknown>(x.multiply(k), [x.add(k)]),
    a: tf.constant(k),
  });
  const y = tf.cond(x.greater(0), one(2), one(3));
  const pair = y.b as unknown as { first: tf.Tensor; second: [tf.Tensor] };
  const out = [y.a, pair.first, pair.second[0]];
  return { fetches: [...out, ...grads(out[1]!, x)], runs: [[[x, 1]], [[x, -1]]] };
}

function cond_variable(): Program {
  const x = scalar();
  const v = new tf.Variable(3, { name: 'v' });
  const y = tf.cond(
    x.greater(0),
    () => v.multiply(x),
    () => v.add(x),
  );
  return { fetches: [y, ...grads(y, v, x)], runs: [[[x, 2]], [[x, -2]]] };
}

function cond_resource(): Program {
  const x = scalar();
  const v = tf.get_variable('v', { initializer: 3, use_resource: true });
  const y = tf.cond(
    x.greater(0),
    () => v.multiply(x),
    () => v.add(x),
  );
  return { fetches: [y, ...grads(y, v)], runs: [[[x, 2]], [[x, -2]]] };
}

function cond_one_sided(): Program {
  const [x, z] = [scalar('x'), scalar('z')];
  const y = tf
    .cond(
      x.greater(0),
      () => z.multiply(z).multiply(x),
      () => tf.constant(1),
    )
    .add(z);
  const runs = [
    [
      [x, 2],
      [z, 3],
    ],
    [
      [x, -2],
      [z, 3],
    ],
  ] as const;
  return { fetches: [y, ...grads(y, x, z)], runs };
}

function cond_matrices(): Program {
  const x = tf.placeholder(tf.float32, [null, 2], 'x');
  const w = tf.constant(
    [
      [1, 2],
      [3, 4],
    ],
    { name: 'w' },
  );
  const y = tf.cond(
    tf.reduce_sum(x).greater(0),
    () => tf.matmul(x, w),
    () => x.add(w),
  );
  const feeds = [
    [
      [1, 2],
      [0.5, 1],
    ],
    [
      [-1, 2],
      [0.5, -3],
    ],
  ];
  return {
    fetches: [y, ...grads(tf.square(y), x, w)],
    runs: feeds.map((feed) => [[x, feed]] as const),
  };
}

function cond_dependencies(): Program {
  const x = scalar();
  const v = new tf.Variable(1, { name: 'v' });
  const before = tf.assign(v, 5);
  const yes = () => {
    const [a, b] = tf.with(
      tf.control_dependencies([before]),
      () => [tf.constant(2), x.multiply(2)] as const,
    );
    return tf.with(tf.control_dependencies([b]), () => a.add(tf.identity(x)));
  };
  const y = tf.cond(x.greater(0), yes, () => x);
  return { fetches: [y], runs: [[[x, 2]], [[x, -2]]] };
}

function cond_scopes(): Program {
  const x = scalar();
  const [y, z] = tf.with(tf.name_scope('outer'), () => {
    const y = tf.cond(
      x.greater(0),
      () => tf.exp(x, { name: 'e' }),
      () => tf.add(x, 1, { name: 'one_more' }),
      { name: 'pick' },
    );
    const z = tf.cond(
      x.greater(0),
      () => tf.reduce_mean([x, y]),
      () => tf.reduce_max(tf.stack([x, y])),
    );
    return [y, z] as const;
  });
  return { fetches: [y, z, ...grads(z, x)], runs: [[[x, 2]], [[x, -2]]] };
}

const TABLE = [
  [1, 2],
  [3, 4],
  [5, 6],
];

function cond_gather(): Program {
  const p = tf.placeholder(tf.bool, [], 'p');
  const table = new tf.Variable(TABLE, { name: 'table' });
  const y = tf.cond(
    p,
    () => tf.gather(table, tf.int32([0, 2, 0])),
    () => tf.gather(table, tf.int32([1, 1, 1])).multiply(2),
  );
  return { fetches: [y, ...grads(y.multiply(y), table)], runs: [[[p, true]], [[p, false]]] };
}

function cond_second_order(): Program {
  const x = scalar();
  const y = tf.cond(
    x.greater(0),
    () => x.multiply(x).multiply(x),
    () => x.multiply(x),
  );
  const first = tf.gradients(y, x)[0] as tf.Tensor;
  return { fetches: [y, first, ...grads(first, x)], runs: [[[x, 2]], [[x, -2]]] };
}

function cond_types(): Program {
  const p = tf.placeholder(tf.bool, [], 'p');
  const y = tf.cond(
    p,
    () => [tf.constant('yes'), tf.constant([1, 2], tf.int32)] as const,
    () => [tf.constant('no'), tf.constant([3, 4], tf.int32)],
  );
  return { fetches: [...y], runs: [[[p, true]], [[p, false]]] };
}

function cond_assert(): Program {
  const x = scalar();
  const check = tf.Assert(x.greater(0), [x]);
  const y = tf.with(tf.control_dependencies([check]), () => tf.identity(x));
  return { fetches: [y], runs: [[[x, 2]]] };
}

function case_list(): Program {
  const x = scalar();
  const y = tf.case(
    [
      [x.less(1), () => x.multiply(10)],
      [x.less(2), () => x.multiply(20)],
    ],
    { default: () => x },
  );
  return { fetches: [y, ...grads(y, x)], runs: [[[x, 0.5]], [[x, 1.5]], [[x, 2.5]]] };
}

function case_exclusive(): Program {
  const x = tf.placeholder(tf.int32, [], 'x');
  const y = tf.case(
    [
      [tf.equal(x, 1), () => int(10)],
      [tf.equal(x, 2), () => int(20)],
    ],
    { default: () => int(-1), exclusive: true, name: 'choose' },
  );
  return { fetches: [y], runs: [[[x, 1]], [[x, 2]], [[x, 3]]] };
}

function case_no_default(): Program {
  const x = scalar();
  const y = tf.case(
    [
      [x.less(1), () => x.multiply(10)],
      [x.greater(2), () => x.multiply(20)],
    ],
    { exclusive: true },
  );
  return { fetches: [y], runs: [[[x, 0.5]], [[x, 2.5]]] };
}

// ---- loops -------------------------------------------------------------------------------------

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

type Finish = (value: tf.Tensor, y: tf.Tensor) => tf.Tensor;
/** The body adds to the counter when the value is made, and then finishes the value. */
const last = (finish: Finish = (value) => value) => ({ finish });

/** A loop of `n` iterations over one value. */
function repeat(
  n: tf.TensorLike,
  step: (y: tf.Tensor, i: tf.Tensor) => tf.TensorLike,
  first: tf.TensorLike,
  options: { shapes?: tf.TensorShape[]; finish?: Finish } = {},
): tf.Tensor {
  const { shapes, finish } = options;
  const body = (i: tf.Tensor, y: tf.Tensor): tf.TensorLike[] => {
    if (!finish) return [i.add(1), step(y, i)];
    const value = step(y, i) as tf.Tensor;
    return [i.add(1), finish(value, y)];
  };
  const [, y] = tf.while_loop(
    (i, _y) => i.less(n),
    body,
    [ZERO, first],
    shapes ? { shape_invariants: shapes } : {},
  ) as [tf.Tensor, tf.Tensor];
  return y;
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
  cond_basic,
  cond_captured,
  cond_outer_results,
  cond_strict,
  cond_assign,
  cond_operations,
  cond_nested,
  cond_structures,
  cond_variable,
  cond_resource,
  cond_one_sided,
  cond_matrices,
  cond_dependencies,
  cond_scopes,
  cond_gather,
  cond_second_order,
  cond_types,
  cond_assert,
  case_list,
  case_exclusive,
  case_no_default,
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
