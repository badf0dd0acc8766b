/** Formulas build the nodes that the calls and operators build, and say clearly what they cannot mean. */

import { describe, expect, test } from '@jest/globals';
import { bignumber, matrix, sparse } from 'mathjs';
import * as tf from 'tf1';
import { expr, toMathjs } from 'tf1/math';
import { testDerivatives } from './derivatives.ts';

interface Names {
  readonly x: tf.Tensor;
  readonly y: tf.Tensor;
  readonly W: tf.Tensor;
  readonly v: tf.Tensor;
  readonly p: tf.Tensor;
  readonly n: tf.Tensor;
}

/** Placeholders for the names that the formulas use. */
function names(): Names {
  return {
    x: tf.placeholder(tf.float32, [3, 4], { name: 'x' }),
    y: tf.placeholder(tf.float32, [3, 4], { name: 'y' }),
    W: tf.placeholder(tf.float32, [4, 2], { name: 'W' }),
    v: tf.placeholder(tf.float32, [4], { name: 'v' }),
    p: tf.placeholder(tf.bool, [3, 4], { name: 'p' }),
    n: tf.placeholder(tf.int32, [], { name: 'n' }),
  };
}

/** What Python's `k - x` builds: the number becomes a constant `x` in the operator's scope. */
function reflected(
  name: string,
  op: (x: tf.TensorLike, y: tf.TensorLike, name: string) => tf.Tensor,
  k: number,
  x: tf.Tensor,
): tf.Tensor {
  return tf.with(tf.name_scope(name), (scope) => op(tf.constant(k, { name: 'x' }), x, scope));
}

/** What `build` adds to a new graph, after the placeholders. */
function graphOf(build: (names: Names) => unknown): unknown {
  const graph = new tf.Graph();
  tf.with(graph.as_default(), () => build(names()));
  return graph.as_graph_def().node.map(({ name, op, input, attr }) => ({ name, op, input, attr }));
}

const FORMULAS: readonly (readonly [text: string, build: (names: Names) => unknown])[] = [
  ['x + y', ({ x, y }) => x.add(y)],
  ['x - 1', ({ x }) => x.subtract(1)],
  ['1 - x', ({ x }) => reflected('sub', tf.subtract, 1, x)],
  ['x * y', ({ x, y }) => x.multiply(y)],
  ['x .* y', ({ x, y }) => x.multiply(y)],
  ['x / y', ({ x, y }) => x.truediv(y)],
  ['x ./ 2', ({ x }) => x.truediv(2)],
  ['2 / x', ({ x }) => reflected('truediv', tf.truediv, 2, x)],
  ['x ^ 2', ({ x }) => x.pow(2)],
  ['x .^ y', ({ x, y }) => x.pow(y)],
  ['x % 3', ({ x }) => x.mod(3)],
  ['x mod y', ({ x, y }) => x.mod(y)],
  ['-x', ({ x }) => x.negative()],
  ['+x', () => undefined],
  ['-x ^ 2', ({ x }) => x.pow(2).negative()],
  ['2 x', ({ x }) => reflected('mul', tf.multiply, 2, x)],
  ['(x + y) * x', ({ x, y }) => x.add(y).multiply(x)],
  ['x + y * x', ({ x, y }) => x.add(y.multiply(x))],
  ['x - y - 1', ({ x, y }) => x.subtract(y).subtract(1)],
  ['x < y', ({ x, y }) => x.less(y)],
  ['x >= 0', ({ x }) => x.greater_equal(0)],
  ['x == y', ({ x, y }) => x.equal(y)],
  ['x != y', ({ x, y }) => x.not_equal(y)],
  ['0 < x < 1', ({ x }) => x.greater(0).logical_and(x.less(1))],
  ['p and not (x > 0)', ({ p, x }) => p.logical_and(x.greater(0).logical_not())],
  ['p & ~p', ({ p }) => p.logical_and(p.logical_not())],
  ['p or p', ({ p }) => p.logical_or(p)],
  ['p xor p', ({ p }) => p.logical_xor(p)],
  ['p | p', ({ p }) => p.logical_or(p)],
  ['p ? x : y', ({ p, x, y }) => tf.where(p, x, y)],
  ['where(p, x, y)', ({ p, x, y }) => tf.where(p, x, y)],
  ["x'", ({ x }) => tf.transpose(x)],
  ['matmul(x, W)', ({ x, W }) => tf.matmul(x, W)],
  ['dot(x, W) + 1', ({ x, W }) => tf.matmul(x, W).add(1)],
  ['matmul(x, y, transpose_b=true)', ({ x, y }) => tf.matmul(x, y, { transpose_b: true })],
  ['reduce_mean((x - y)^2)', ({ x, y }) => tf.reduce_mean(x.subtract(y).pow(2))],
  ['mean(x)', ({ x }) => tf.reduce_mean(x)],
  ['sum(x, axis=1)', ({ x }) => tf.reduce_sum(x, { axis: 1 })],
  ['reduce_sum(x, 0)', ({ x }) => tf.reduce_sum(x, 0)],
  [
    'reduce_sum(x, axis=[0, 1], keepdims=True)',
    ({ x }) => tf.reduce_sum(x, { axis: [0, 1], keepdims: true }),
  ],
  ['max(x, axis=-1)', ({ x }) => tf.reduce_max(x, { axis: -1 })],
  ['maximum(x, 0)', ({ x }) => tf.maximum(x, 0)],
  ['exp(-abs(x))', ({ x }) => tf.exp(tf.abs(x).negative())],
  ['ln(x) + log(x)', ({ x }) => tf.log(x).add(tf.log(x))],
  ['sigmoid(x)', ({ x }) => tf.sigmoid(x)],
  ['nn.relu(x)', ({ x }) => tf.nn.relu(x)],
  ['relu(x)', ({ x }) => tf.nn.relu(x)],
  ['tf.nn.softmax(x, name="s")', ({ x }) => tf.nn.softmax(x, { name: 's' })],
  ['tf.tanh(x)', ({ x }) => tf.tanh(x)],
  ['cast(x, int32)', ({ x }) => tf.cast(x, tf.int32)],
  ['cast(x, dtype=float64)', ({ x }) => tf.cast(x, { dtype: tf.float64 })],
  ['reshape(x, [2, 6])', ({ x }) => tf.reshape(x, [2, 6])],
  ['reshape(x, [-1])', ({ x }) => tf.reshape(x, [-1])],
  ['concat([x, y], 0)', ({ x, y }) => tf.concat([x, y], 0)],
  [
    'stack([x, 2 * y], axis=1)',
    ({ x, y }) => tf.stack([x, reflected('mul', tf.multiply, 2, y)], { axis: 1 }),
  ],
  ['split(x, 2, 1)[1] + 1', ({ x }) => tf.split(x, 2, 1)[1]!.add(1)],
  ['x[0]', ({ x }) => x.at(0)],
  ['x[-1, 2]', ({ x }) => x.at(-1, 2)],
  ['x[1:3]', ({ x }) => x.at('1:3')],
  ['x[:2]', ({ x }) => x.at(':2')],
  ['x[1:]', ({ x }) => x.at('1:')],
  ['x[:]', ({ x }) => x.at(':')],
  ['x[::2]', ({ x }) => x.at('::2')],
  ['x[::-1]', ({ x }) => x.at('::-1')],
  ['x[0:3:2, :2]', ({ x }) => x.at('0:3:2', ':2')],
  ['x[:, 1]', ({ x }) => x.at(':', 1)],
  ['x[..., 0]', ({ x }) => x.at('...', 0)],
  ['x[None, :, -2:]', ({ x }) => x.at(null, ':', '-2:')],
  ['x[:, newaxis]', ({ x }) => x.at(':', null)],
  ['x[n]', ({ x, n }) => x.at(n)],
  ['x[n:, 0]', ({ x, n }) => x.at({ start: n }, 0)],
  ['(x + y)[0]', ({ x, y }) => x.add(y).at(0)],
  ['x[0] * x[1]', ({ x }) => x.at(0).multiply(x.at(1))],
  ['pi * x', ({ x }) => reflected('mul', tf.multiply, Math.PI, x)],
  ['e ^ x', ({ x }) => reflected('pow', tf.pow, Math.E, x)],
  ['2 * 3 * x', ({ x }) => reflected('mul', tf.multiply, 6, x)],
  ['x ^ (1 / 2)', ({ x }) => x.pow(0.5)],
  ['x + (7 % 4 - 2 ^ 3)', ({ x }) => x.add(-5)],
  ['tensordot(x, W, 1)', ({ x, W }) => tf.tensordot(x, W, 1)],
  ['einsum("ij,jk->ik", x, W)', ({ x, W }) => tf.einsum('ij,jk->ik', x, W)],
];

describe('a formula builds the nodes of the calls', () => {
  test.each(FORMULAS)('%s', (text, build) => {
    expect(graphOf((all) => expr(text, { ...all }))).toEqual(graphOf(build));
  });

  test('and names in a scope come before constants and functions keep their names', () => {
    tf.with(new tf.Graph().as_default(), () => {
      const e = tf.constant(3, { name: 'mine' });
      expect(expr('e', { e })).toBe(e);
      expect(expr('e + 1', { e }).op.inputs[0]).toBe(e);
      const value = expr('2 + 3 * 4').op.get_attr('value');
      expect(value).toMatchObject({ dtype: 1, float_val: [14] });
    });
  });
});

describe('a formula that means nothing', () => {
  const x = tf.placeholder(tf.float32, [2], { name: 'x' });
  const refused = (text: string): Error => {
    try {
      expr(text, { x, width: 2 });
    } catch (error) {
      return error as Error;
    }
    throw new Error(`"${text}" was taken.`);
  };

  test('by an unknown name says which are known, and the nearest', () => {
    const error = refused('x * widht');
    expect(error).toBeInstanceOf(tf.KeyError);
    expect(error.message).toBe(
      "name 'widht' is not defined\n\nIn \"x * widht\". Did you mean 'width'? Known names: x, width.",
    );
    expect(refused('toString + x').message).toMatch(/^name 'toString' is not defined/);
  });

  test('by an unknown function says so, and the nearest', () => {
    const error = refused('reduce_men(x)');
    expect(error).toBeInstanceOf(tf.KeyError);
    expect(error.message).toMatch(/^name 'reduce_men' is not defined\n\n.*'reduce_mean'\?$/);
    expect(refused('constructor(x)').message).toMatch(/^name 'constructor' is not defined/);
    expect(refused('nn.nope(x)').message).toMatch(/^name 'nn\.nope' is not defined/);
  });

  test.each(['x!', 'x; x', 'x = 2', 'f(a) = a', 'x to x', '{a: 1}', 'x.shape', 'x << 2'])(
    'by what tensors have not: %s',
    (text) => {
      expect(refused(text)).toBeInstanceOf(tf.ValueError);
      expect(refused(text).message).toContain(`In "${text}".`);
    },
  );

  test('by its form is a SyntaxError', () => {
    for (const text of ['x +', '(x', 'x[1', '2 **']) expect(refused(text).name).toBe('SyntaxError');
  });

  test('by a wrong call has the errors of the call', () => {
    expect(refused('reduce_sum(x, axes=0)').message).toMatch(
      /^reduce_sum\(\) got an unexpected keyword argument 'axes'/,
    );
    expect(refused('matmul(x)').message).toMatch(
      /^matmul\(\) missing 1 required positional argument: 'b'/,
    );
    expect(refused('x + "text"')).toBeInstanceOf(TypeError);
    expect(refused('reshape(x, [3])').message).toMatch(/^Cannot reshape a tensor with 2 elements/);
  });
});

describe('formulas compute', () => {
  test('in a session, with matrices of mathjs going in and out', () => {
    tf.with(new tf.Graph().as_default(), () =>
      tf.with(new tf.Session(), (sess) => {
        const x = tf.placeholder(tf.float32, [null, 2]);
        const y = expr('2 * x + 1', { x });
        const result = sess.run(y, {
          feed_dict: [
            [
              x,
              matrix([
                [1, 2],
                [3, 4],
              ]),
            ],
          ],
        });
        expect(result.tolist()).toEqual([
          [3, 5],
          [7, 9],
        ]);
        expect(toMathjs(result)).toEqual(
          matrix([
            [3, 5],
            [7, 9],
          ]),
        );
        expect(sess.run(y, [[x, sparse([[0, 1]])]]).tolist()).toEqual([[1, 3]]);
        expect(toMathjs(sess.run(expr('reduce_sum(x)', { x }), [[x, [[1, 2]]]]))).toEqual(
          matrix([3]),
        );
        expect(sess.run(tf.constant(matrix([1, 2]) as never)).tolist()).toEqual([1, 2]);
        const exact = matrix([[bignumber(1), bignumber(2)]]);
        expect(sess.run(y, [[x, exact]]).tolist()).toEqual([[3, 5]]);
      }),
    );
  });

  test('at once in eager mode, and with plain numbers in the scope', () => {
    tf.with(tf.python.eager.context.eager_mode(), () => {
      expect(expr('reduce_sum(x ^ 2) / n', { x: [1, 2, 3], n: 2 }).numpy()).toBe(7);
      expect(
        expr('x > 1 ? x : 0 * x', { x: tf.constant([1, 2]) })
          .numpy()
          .tolist(),
      ).toEqual([0, 2]);
      expect(expr('3 > 2').numpy()).toBe(true);
    });
  });

  test('with variables, which train', () => {
    tf.with(new tf.Graph().as_default(), () =>
      tf.with(new tf.Session(), (sess) => {
        const W = new tf.Variable([1, 1], { name: 'W' });
        const loss = expr('sum((W - [3, -1])^2)', { W });
        const train = new tf.train.GradientDescentOptimizer(0.25).minimize(loss);
        sess.run(tf.global_variables_initializer());
        for (let i = 0; i < 30; i++) sess.run(train);
        const [w0, w1] = sess.run(W).tolist() as unknown as [number, number];
        expect(w0).toBeCloseTo(3, 5);
        expect(w1).toBeCloseTo(-1, 5);
      }),
    );
  });
});

testDerivatives();
