/** Gradient tapes: what they watch, what they give, how often they may be asked. */

import { beforeAll, describe, expect, test } from '@jest/globals';
import { expectTypeOf } from 'expect-type';
import * as tf from 'tf1';
import { namedtuple } from '../../src/core/namedtuple.ts';
import { numbers } from './numbers.ts';

const { Variable } = tf.contrib.eager;
type Tensor = tf.Tensor;
/** The gradient of `f` at `x`, by a tape that watches `x`. */
const slope = (f: (x: Tensor) => Tensor, x: Tensor): Tensor => {
  const tape = new tf.GradientTape();
  const y = tf.with(tape, () => {
    tape.watch(x);
    return f(x);
  });
  return tape.gradient(y, x)!;
};

beforeAll(() => tf.enable_eager_execution());

describe('a tape', () => {
  test('gives the gradient of what was computed from a watched tensor', () => {
    const x = tf.constant([1, 2, 3]);
    expect(numbers(slope((t) => tf.reduce_sum(t.multiply(t)), x))).toEqual([2, 4, 6]);
    expect(numbers(slope((t) => t.pow(3), tf.constant(2)))).toBe(12);
  });

  test('sums over the elements of its target, and over several targets', () => {
    const x = tf.constant([1, 2]);
    const tape = new tf.GradientTape({ persistent: true });
    const [y, z] = tf.with(tape, () => {
      tape.watch(x);
      return [tf.square(x), tf.multiply(x, 10)];
    });
    expect(numbers(tape.gradient(y!, x))).toEqual([2, 4]);
    expect(numbers(tape.gradient([y!, z!], x))).toEqual([12, 14]);
    expect(numbers(tape.gradient(y!, x, [100, 1000]))).toEqual([200, 4000]);
    expect(numbers(tape.gradient(y!, x, { output_gradients: [100, 1000] }))).toEqual([200, 4000]);
    expect(numbers(tape.gradient([y!, z!], x, [null, [1, 2]]))).toEqual([12, 24]);
    expect(numbers(tape.gradient({ target: y!, sources: x }))).toEqual([2, 4]);
  });

  test('gives null for what was not watched or takes no part', () => {
    const [x, y, z] = [tf.constant(1), tf.constant(2), tf.constant(3)];
    const tape = new tf.GradientTape({ persistent: true });
    const target = tf.with(tape, () => {
      tape.watch([x, z]);
      return x.multiply(y);
    });
    expect(tape.gradient(target, [x, y, z]).map(numbers)).toEqual([2, null, null]);
    expect(tape.gradient(z, x)).toBeNull();
    expect(numbers(tape.gradient(z, z))).toBe(1);
    const before = tf.square(x);
    expect(tape.gradient(before, x)).toBeNull();
  });

  test('keeps the structure of the sources', () => {
    const Pair = namedtuple('Pair', ['w', 'b']);
    const [w, b] = [tf.constant(2), tf.constant(3)];
    const tape = new tf.GradientTape({ persistent: true });
    const y = tf.with(tape, () => {
      tape.watch([w, b]);
      return w.multiply(5).add(b);
    });
    const object = tape.gradient(y, { w, list: [b, [w]] });
    expectTypeOf(object.w).toEqualTypeOf<Tensor | null>();
    expectTypeOf(object.list[1][0]).toEqualTypeOf<Tensor | null>();
    expect([object.w, object.list[0], object.list[1][0]].map(numbers)).toEqual([5, 1, 5]);
    const map = tape.gradient(y, new Map([['b', b]]));
    expect(numbers(map.get('b'))).toBe(1);
    const pair = tape.gradient(y, new Pair(w, b) as unknown as Tensor[]) as unknown as {
      w: Tensor;
      b: Tensor;
    };
    expect(pair).toBeInstanceOf(Pair);
    expect([pair.w, pair.b].map(numbers)).toEqual([5, 1]);
    expect(tape.gradient(y, [])).toEqual([]);
  });

  test('can be asked once, a persistent one again and again', () => {
    const x = tf.constant(3);
    for (const persistent of [false, true]) {
      const tape = new tf.GradientTape(persistent);
      const y = tf.with(tape, () => {
        tape.watch(x);
        return tf.square(x);
      });
      expect(numbers(tape.gradient(y, x))).toBe(6);
      if (persistent) expect(numbers(tape.gradient(y, x))).toBe(6);
      else {
        expect(() => tape.gradient(y, x)).toThrow(tf.RuntimeError);
        expect(() => tape.gradient(y, x)).toThrow(
          'GradientTape.gradient can only be called once on non-persistent tapes.',
        );
      }
    }
  });

  test('records only while it is entered, and not while it is stopped', () => {
    const x = tf.constant(3);
    const tape = new tf.GradientTape({ persistent: true });
    const [y, hidden] = tf.with(tape, () => {
      tape.watch(x);
      return [tf.square(x), tf.with(tape.stop_recording(), () => tf.square(x))];
    });
    const after = tf.square(x);
    expect([y!, hidden!, after].map((t) => numbers(tape.gradient(t, x)))).toEqual([6, null, null]);
  });

  test('forgets after reset', () => {
    const x = tf.constant(3);
    const tape = new tf.GradientTape();
    const [y, z] = tf.with(tape, () => {
      tape.watch(x);
      const first = tf.square(x);
      tape.reset();
      tape.watch(x);
      return [first, tf.multiply(x, 4)];
    });
    expect(tape.gradient([y!, z!], x)).not.toBeNull();
    expect(numbers(slope((t) => tf.multiply(t, 4), x))).toBe(4);
  });

  test('leaves when its body throws', () => {
    const x = tf.constant(3);
    const tape = new tf.GradientTape({ persistent: true });
    expect(() =>
      tf.with(tape, () => {
        tape.watch(x);
        throw new tf.ValueError('no');
      }),
    ).toThrow('no');
    const y = tf.square(x);
    expect(tape.gradient(y, x)).toBeNull();
  });

  test('adds what flows along several ways', () => {
    const f = (x: Tensor) => {
      const y = tf.sin(x);
      return tf.add_n([y.multiply(y), y, x.multiply(y)]);
    };
    const x = tf.constant(0.7, tf.float64);
    const expected =
      2 * Math.sin(0.7) * Math.cos(0.7) + Math.cos(0.7) + Math.sin(0.7) + 0.7 * Math.cos(0.7);
    expect(numbers(slope(f, x))).toBeCloseTo(expected, 12);
  });

  test('stops at stop_gradient and at integers', () => {
    expect(tf.constant(1)).toBeDefined();
    const x = tf.constant(3);
    expect(numbers(slope((t) => t.multiply(tf.stop_gradient(t)), x))).toBe(3);
    expect(slope((t) => tf.cast(tf.cast(t, tf.int32), tf.float32), x)).toBeNull();
  });
});

describe('variables', () => {
  test('that are trainable are watched by themselves', () => {
    const [a, b] = [new Variable(2, { name: 'a' }), new Variable(5, { trainable: false })];
    const tape = new tf.GradientTape({ persistent: true });
    const y = tf.with(tape, () => a.multiply(a).multiply(b));
    expect(tape.gradient(y, [a, b]).map(numbers)).toEqual([20, null]);
    expect(tape.watched_variables()).toEqual([a]);
  });

  test('get the gradient at the value that was read', () => {
    const v = new Variable(3);
    const tape = new tf.GradientTape();
    const y = tf.with(tape, () => {
      const square = v.multiply(v);
      v.assign(100);
      return square.multiply(v);
    });
    expect(y.numpy()).toBe(900);
    expect(numbers(tape.gradient(y, v))).toBe(6 * 100 + 9);
  });

  test('that are looked up get IndexedSlices', () => {
    const table = new Variable(
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      { name: 'table' },
    );
    const tape = new tf.GradientTape();
    const y = tf.with(tape, () =>
      tf.reduce_sum(tf.square(tf.nn.embedding_lookup(table, tf.constant([2, 0, 2], tf.int32)))),
    );
    const slices = tape.gradient(y, table) as unknown as tf.IndexedSlices;
    expect(slices).toBeInstanceOf(tf.IndexedSlices);
    expect(numbers(slices.indices)).toEqual([2, 0, 2]);
    expect(numbers(slices)).toEqual([
      [2, 4],
      [0, 0],
      [20, 24],
    ]);
  });
});

describe('higher orders', () => {
  test('by nested tapes', () => {
    const cube = (x: Tensor) => x.multiply(x).multiply(x);
    const first = (x: Tensor) => slope(cube, x);
    const second = (x: Tensor) => slope(first, x);
    const x = tf.constant(2);
    expect([cube(x), first(x), second(x), slope(second, x)].map(numbers)).toEqual([8, 12, 12, 6]);
  });

  test('by asking inside an outer tape, also through variables', () => {
    const v = new Variable(0.5, { dtype: tf.float64 });
    const outer = new tf.GradientTape();
    const first = tf.with(outer, () => {
      const inner = new tf.GradientTape();
      const y = tf.with(inner, () => tf.sin(v));
      return inner.gradient(y, v)!;
    });
    expect(numbers(first)).toBeCloseTo(Math.cos(0.5), 12);
    expect(numbers(outer.gradient(first, v))).toBeCloseTo(-Math.sin(0.5), 12);
  });

  test('by a persistent tape that records its own gradient', () => {
    const x = tf.constant(3);
    const tape = new tf.GradientTape({ persistent: true });
    const first = tf.with(tape, () => {
      tape.watch(x);
      const y = x.multiply(x).multiply(x);
      return tape.gradient(y, x)!;
    });
    expect(numbers(first)).toBe(27);
    expect(numbers(tape.gradient(first, x))).toBe(18);
  });
});

test('a tape also records a graph', () => {
  tf.with(new tf.Graph().as_default(), () => {
    const x = tf.placeholder(tf.float32, [null]);
    const tape = new tf.GradientTape();
    const y = tf.with(tape, () => {
      tape.watch(x);
      return tf.square(x);
    });
    const gradient = tape.gradient(y, x)!;
    tf.with(new tf.Session(), (sess) => {
      expect(sess.run(gradient, [[x, [1, 2]]]).tolist()).toEqual([2, 4]);
    });
  });
});
