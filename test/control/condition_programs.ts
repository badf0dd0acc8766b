/** Programs of conditions: cond and case, nested, with state, and their gradients. */

import * as tf from 'tf1';
import { grads, int, Pair, type Program, scalar, TABLE } from './program.ts';

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
};
