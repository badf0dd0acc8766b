/** `tf.assert_*` and `tf.Assert`: statically where it can be told, else in the run; TF1's words. */

import { describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { eager_mode } from '../../src/eager/context.ts';

type Build = (x: tf.Tensor, u: tf.Tensor) => unknown;

/** Builds in a fresh graph, and runs the operation; `x` is fed [1, 2, 3, 4], `u` [[1]]. */
function run(build: Build): unknown {
  return tf.with(new tf.Graph().as_default(), () => {
    const x = tf.placeholder(tf.float32, [null], 'x');
    const u = tf.placeholder(tf.float32, null, 'u');
    const feeds = [
      [x, [1, 2, 3, 4]],
      [u, [[1]]],
    ];
    return tf.with(new tf.Session(), (session) =>
      (session as tf.Session).run(build(x, u), { feed_dict: feeds }),
    );
  });
}

const FAILING: [string, string, Build][] = [
  [
    'assert_equal',
    '[] [Condition x == y did not hold element-wise:] [x (x:0) = ] [1 2 3...] [y (assert_equal/y:0) = ] [1 2 3...]',
    (x) => tf.assert_equal(x, [1, 2, 3, 5]),
  ],
  [
    'message and summarize',
    '[mm] [Condition x == y did not hold element-wise:] [x (x:0) = ] [1 2...] [y (assert_equal/y:0) = ] [2]',
    (x) => tf.assert_equal(x, 2, { message: 'mm', summarize: 2 }),
  ],
  ['data', '[d] [1 2 3...]', (x) => tf.assert_less(x, 2, { data: ['d', x] })],
  [
    'assert_positive',
    '[] [Condition x > 0 did not hold element-wise:] [x (sub:0) = ] [0 1 2...]',
    (x) => tf.assert_positive(x.subtract(1)),
  ],
  [
    'assert_non_negative',
    '[] [Condition x >= 0 did not hold element-wise:] [x (Neg:0) = ] [-1 -2 -3...]',
    (x) => tf.assert_non_negative(x.negative()),
  ],
  [
    'assert_negative',
    '[] [Condition x < 0 did not hold element-wise:] [x (x:0) = ] [1 2 3...]',
    (x) => tf.assert_negative(x),
  ],
  [
    'assert_rank',
    '[] [Tensor u:0 must have rank] [1] [Received shape: ] [1 1]',
    (_, u) => tf.assert_rank(u, 1),
  ],
  [
    'assert_rank_at_least',
    '[] [Tensor u:0 must have rank at least] [3] [Received shape: ] [1 1]',
    (_, u) => tf.assert_rank_at_least(u, 3),
  ],
  [
    'assert_rank_in',
    '[] [Tensor u:0 must have rank in] [0] [3] [Received shape: ] [1 1]',
    (_, u) => tf.assert_rank_in(u, [0, 3]),
  ],
  [
    'assert_none_equal',
    '[] [Condition x != y did not hold for every single element:] [x (x:0) = ] [1 2 3...] [y (assert_none_equal/y:0) = ] [3]',
    (x) => tf.assert_none_equal(x, 3),
  ],
  ['Assert', '[a] [1 2 3...] [3]', (x) => tf.Assert(tf.reduce_all(x.less(0)), ['a', x, 3])],
];

describe('in a run', () => {
  test.each(FAILING)('%s fails', (_, text, build) => {
    let error: unknown;
    try {
      run(build);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(tf.errors.InvalidArgumentError);
    expect((error as Error).message.split('\n')[0]).toBe(`assertion failed: ${text}`);
  });

  const PASSING: Build[] = [
    (x) => tf.assert_equal(x, [1, 2, 3, 4]),
    (x) => tf.assert_none_equal(x, 9),
    (x) => tf.assert_less(x, 5),
    (x) => tf.assert_less_equal(x, 4),
    (x) => tf.assert_greater(x, 0),
    (x) => tf.assert_greater_equal(x, 1),
    (x) => tf.assert_near(x, [1, 2, 3, 4.000001]),
    (x) => tf.assert_positive(x),
    (x) => tf.assert_non_positive(x.negative()),
    (_, u) => tf.assert_rank(u, 2),
    (_, u) => tf.assert_rank_in(u, [0, 2]),
    (x) => tf.assert_rank(x, 1),
    (x) => tf.assert_type(x, tf.float32),
    (x) => tf.assert_integer(tf.shape(x)),
  ];
  test.each(PASSING)('%s passes', (build) => {
    expect(run(build)).toBeNull();
  });
});

describe('while the graph is built', () => {
  const REFUSED: [new (...args: never[]) => Error, string, Build][] = [
    [
      tf.errors.InvalidArgumentError,
      'mm\nCondition x == y did not hold element-wise:\nx (Const:0) = \n[1. 2.]\ny (assert_equal/y:0) = \n[1. 3.]',
      () => tf.assert_equal(tf.constant([1, 2]), [1, 3], { message: 'mm' }),
    ],
    [
      Error,
      'Tensor x:0 must have rank 2.  Received rank 1, shape (?,)',
      (x) => tf.assert_rank(x, 2),
    ],
    [
      Error,
      'mm.  Tensor x:0 must have rank at least 2.  Received rank 1, shape (?,)',
      (x) => tf.assert_rank_at_least(x, 2, { message: 'mm' }),
    ],
    [
      Error,
      'Tensor x:0 must have rank in (0, 2).  Received rank 1, shape (?,)',
      (x) => tf.assert_rank_in(x, [0, 2]),
    ],
    [
      TypeError,
      'Expected "x" to be integer type.  Found: x:0 of dtype <dtype: \'float32\'>',
      (x) => tf.assert_integer(x),
    ],
    [TypeError, "x must be of type <dtype: 'int32'>", (x) => tf.assert_type(x, tf.int32)],
    [Error, 'Expected scalar shape for x:0, saw shape: (?,).', (x) => tf.assert_scalar(x)],
    [
      Error,
      "Expected floating point type, got <dtype: 'int32'>.",
      (x) => tf.assert_same_float_dtype([tf.shape(x)]),
    ],
  ];
  test.each(REFUSED)('%p %s', (type, text, build) => {
    expect(() => run(build)).toThrow(type);
    expect(() => run(build)).toThrow(text);
  });
});

describe('in eager mode', () => {
  test('Assert fails at once', () => {
    tf.with(eager_mode(), () => {
      tf.Assert(true, ['fine']);
      const data = ['a', tf.constant([1, 2, 3, 4]), tf.constant([[1, 2]], tf.int32)];
      expect(() => tf.Assert(tf.constant(false), data)).toThrow(
        "Expected 'tf.Tensor(False, shape=(), dtype=bool)' to be true. Summarized data: b'a'\n1.0, 2.0, 3.0, ...\n1, 2",
      );
    });
  });

  test('assert_* name shapes and types', () => {
    tf.with(eager_mode(), () => {
      tf.assert_less(tf.constant([1, 2]), 3);
      expect(() => tf.assert_less(tf.constant([1, 2]), 2)).toThrow(
        'Condition x < y did not hold element-wise:\nx (shape=(2,) dtype=float32) = \n[1. 2.]\ny (shape=() dtype=float32) = \n2.0',
      );
    });
  });
});
