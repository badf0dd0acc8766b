/** What happens between and within specialised runs: other shapes, failures, kept arrays, variables that change. */

import { expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { heap } from '../../src/backend/backend.ts';

const inGraph = (body: () => void) => tf.with(new tf.Graph().as_default(), body);
const list = (value: unknown) => (value as tf.NdArray).tolist();
const numbersOf = (value: unknown) => (value as tf.NdArray).data as Float32Array;

/** An array of which every number is `n`. */
const filled = (shape: readonly number[], n: number) =>
  new tf.NdArray(
    tf.float32,
    [...shape],
    new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(n),
  );

test('feeds of other shapes run general, and are specialised on their own', () => {
  inGraph(() => {
    const x = tf.placeholder(tf.float32, [null, 2], 'x');
    const y = tf.reduce_sum(tf.multiply(tf.add(x, 1), tf.exp(tf.zeros_like(x))), 0);
    tf.with(new tf.Session(), (sess) => {
      for (let run = 0; run < 5; run++) {
        for (const rows of [1, 3, 2]) {
          const value = Array.from({ length: rows }, (_, i) => [i + run, 2 * i]);
          const sums = [0, 1].map((c) => value.reduce((sum, row) => sum + row[c]! + 1, 0));
          expect(list(sess.run(y, [[x, value]]))).toEqual(sums);
        }
      }
      for (const rows of [1, 1, 1, 2, 2, 2, 1]) {
        const value = Array.from({ length: rows }, () => [1, 2]);
        expect(list(sess.run(y, [[x, value]]))).toEqual([2 * rows, 3 * rows]);
      }
    });
  });
});

test('the environment keeps runs general', () => {
  inGraph(() => {
    const x = tf.placeholder(tf.float32, [2], 'x');
    const y = tf.multiply(tf.add(x, 1), 2);
    for (const isGeneral of [true, false]) {
      if (isGeneral) process.env.TF1_GENERAL_RUNS = '1';
      tf.with(new tf.Session(), (sess) => {
        delete process.env.TF1_GENERAL_RUNS;
        for (let i = 0; i < 4; i++)
          expect(list(sess.run(y, [[x, [i, 0]]]))).toEqual([2 * i + 2, 2]);
        expect(sess.explain(y, [[x, [0, 0]]]).specialised).toBe(!isGeneral);
      });
    }
  });
});

test('a kernel that throws leaves what was done, and the session usable', () => {
  inGraph(() => {
    const v = new tf.Variable(tf.zeros([3]), { name: 'v' });
    const d = tf.placeholder(tf.int32, [], 'd');
    const add = tf.assign_add(v, tf.ones([3]));
    const quotient = tf.with(tf.control_dependencies([add]), () =>
      tf.floordiv(tf.constant(6, tf.int32), d),
    );
    tf.with(new tf.Session(), (sess) => {
      sess.run(tf.global_variables_initializer());
      for (let i = 0; i < 4; i++) expect(sess.run(quotient, [[d, 2]])).toBe(3);
      for (let i = 0; i < 3; i++) {
        expect(() => sess.run(quotient, [[d, 0]])).toThrow('Integer division by zero');
      }
      expect(sess.run(quotient, [[d, 3]])).toBe(2);
      expect(list(sess.run(v))).toEqual([8, 8, 8]);
    });
  });
});

test.each([
  [[3], false],
  [[3], true],
  [[70, 80], false],
  [[70, 80], true],
])(
  'variables of shape %p that change before a kernel throws have changed, those after have not (resource: %s)',
  (shape, use_resource) => {
    inGraph(() => {
      const initializer = tf.zeros(shape);
      const [a, b, c] = ['a', 'b', 'c'].map((name) =>
        tf.get_variable(name, { initializer, use_resource }),
      ) as [tf.Variable, tf.Variable, tf.Variable];
      const x = tf.placeholder(tf.float32, shape, 'x');
      const d = tf.placeholder(tf.int32, [], 'd');
      const first = tf.assign_add(a, tf.multiply(x, 2));
      const middle = tf.with(tf.control_dependencies([first]), () =>
        tf.cast(tf.floordiv(tf.constant(6, tf.int32), d), tf.float32),
      );
      const second = tf.with(tf.control_dependencies([middle]), () => tf.assign_sub(b, x));
      const third = tf.assign(c, tf.add(tf.tanh(x), middle));
      const sum = tf.add(tf.add(first, second), third);
      const read = [a, b, c].map((v) => v.read_value());
      tf.with(new tf.Session(), (sess) => {
        sess.run(tf.global_variables_initializer());
        const one = filled(shape, 1);
        let [before, after] = [0, 0];
        const kept: [value: unknown, expected: number][] = [];
        for (const [i, divisor] of [2, 2, 2, 0, 2, 0, 0, 3, 6, 0, 1].entries()) {
          const feed_dict = [
            [x, one],
            [d, divisor],
          ] as const;
          before += 2;
          if (divisor === 0) {
            expect(() => sess.run(sum, { feed_dict })).toThrow('Integer division by zero');
          } else {
            after -= 1;
            const value = sess.run(sum, { feed_dict });
            kept.push([value, before + after + Math.fround(Math.tanh(1)) + 6 / divisor]);
          }
          const values = sess.run(read).map((value) => new Set(numbersOf(value)));
          expect([...values[0]!]).toEqual([before]);
          expect([...values[1]!]).toEqual([after]);
          expect(sess.explain(sum, { feed_dict }).specialised).toBe(i >= 2);
        }
        for (const [value, expected] of kept) {
          for (const n of new Set(numbersOf(value))) expect(n).toBeCloseTo(expected, 5);
        }
      });
    });
  },
);

test.each([
  [[2], false],
  [[2], true],
  [[70, 80], false],
  [[70, 80], true],
])(
  'a variable of shape %p is fed, assigned and read in one run (resource: %s)',
  (shape, use_resource) => {
    inGraph(() => {
      const v = tf.get_variable('v', { initializer: tf.ones(shape), use_resource });
      const x = tf.placeholder(tf.float32, shape, 'x');
      const before = tf.multiply(v.read_value(), 10);
      const change = tf.with(tf.control_dependencies([before]), () => tf.assign(v, x));
      const after = tf.with(tf.control_dependencies([change]), () => tf.add(v.read_value(), x));
      const again = tf.with(tf.control_dependencies([after]), () =>
        tf.assign_add(v, tf.multiply(x, 2)),
      );
      const last = tf.with(tf.control_dependencies([again]), () => tf.identity(v.read_value()));
      const fetches = [before, after, last, v.read_value()] as const;
      const fed = v.value();
      const twice = tf.multiply(fed, 2);
      tf.with(new tf.Session(), (sess) => {
        sess.run(tf.global_variables_initializer());
        let value = 1;
        const kept: [value: unknown, expected: number][] = [];
        for (let i = 0; i < 8; i++) {
          const given = filled(shape, i);
          // What the variable holds is fed: reads of it see that, its changes do not.
          const feed_dict = [
            [x, given],
            ...(i % 2 === 0 ? [] : [[fed, filled(shape, 100)] as const]),
          ] as const;
          const results = sess.run([...fetches.slice(0, 3), twice], { feed_dict });
          [10 * value, 2 * i, 3 * i, i % 2 === 0 ? null : 200].forEach((expected, at) => {
            if (expected !== null) kept.push([results[at], expected]);
          });
          value = 3 * i;
        }
        for (const [array, expected] of kept) {
          expect([...new Set(numbersOf(array))]).toEqual([expected]);
        }
      });
    });
  },
);

test.each([false, true])(
  'a variable is added to itself in another order (resource: %s)',
  (use_resource) => {
    inGraph(() => {
      const v = tf.get_variable('v', { initializer: tf.constant([1, 2, 3]), use_resource });
      const updates = [
        tf.scatter_add(v, [2, 1, 0], v),
        tf.scatter_sub(v, [2, 1, 0], tf.identity(v)),
        tf.assign(v, tf.reverse(v, [0])),
        tf.assign_add(v, v),
      ];
      const set = tf.assign(v, [1, 2, 3]);
      const expected = [
        [4, 4, 4],
        [-2, 0, 2],
        [3, 2, 1],
        [2, 4, 6],
      ];
      tf.with(new tf.Session(), (sess) => {
        updates.forEach((update, at) => {
          for (let i = 0; i < 4; i++) {
            sess.run(set);
            expect(list(sess.run(update))).toEqual(expected[at]);
          }
        });
      });
    });
  },
);

test('fetched arrays keep their numbers over later runs', () => {
  inGraph(() => {
    const x = tf.placeholder(tf.float32, [3], 'x');
    const v = new tf.Variable(tf.zeros([3]), { name: 'v' });
    const next = tf.assign_add(v, x);
    const fetches = [next, v.read_value(), tf.multiply(x, 2), x] as const;
    tf.with(new tf.Session(), (sess) => {
      sess.run(tf.global_variables_initializer());
      const kept = Array.from({ length: 6 }, (_, i) => sess.run(fetches, [[x, [i, i, i]]]));
      let sum = 0;
      kept.forEach(([total, , twice, fed], i) => {
        sum += i;
        expect(list(total)).toEqual([sum, sum, sum]);
        expect(list(twice)).toEqual([2 * i, 2 * i, 2 * i]);
        expect(list(fed)).toEqual([i, i, i]);
      });
      numbersOf(kept[5]![2]).fill(-1);
      expect(list(sess.run(tf.add(v, 0)))).toEqual([15, 15, 15]);
    });
  });
});

test.each([false, true])(
  'a variable is read before and after it changes, and fed (resource: %s)',
  (use_resource) => {
    inGraph(() => {
      const v = tf.get_variable('v', { initializer: tf.ones([2]), use_resource });
      const before = tf.multiply(v.read_value(), 10);
      const change = tf.with(tf.control_dependencies([before]), () =>
        tf.assign_add(v, tf.constant([1, 2])),
      );
      const after = tf.with(tf.control_dependencies([change]), () => tf.identity(v.read_value()));
      const both = tf.add(before, after);
      tf.with(new tf.Session(), (sess) => {
        sess.run(tf.global_variables_initializer());
        for (let i = 0; i < 6; i++) {
          const [a, b, c] = sess.run([before, after, both]);
          expect(list(a)).toEqual([10 * (1 + i), 10 * (1 + 2 * i)]);
          expect(list(b)).toEqual([2 + i, 3 + 2 * i]);
          expect(list(c)).toEqual([10 * (1 + i) + 2 + i, 10 * (1 + 2 * i) + 3 + 2 * i]);
        }
        for (let i = 0; i < 4; i++) {
          expect(list(sess.run(both, [[before, [100, 100 + i]]]))).toEqual([108 + i, 115 + 3 * i]);
        }
      });
    });
  },
);

test('a variable that is initialized again, or restored by another graph part, is found again', () => {
  inGraph(() => {
    const v = new tf.Variable(tf.fill([2], 5), { name: 'v' });
    const twice = tf.multiply(v, 2);
    const init = tf.global_variables_initializer();
    const set = tf.assign(v, tf.constant([1, 2]));
    tf.with(new tf.Session(), (sess) => {
      expect(() => sess.run(twice)).toThrow(tf.errors.FailedPreconditionError);
      for (let i = 0; i < 3; i++) {
        sess.run(init);
        for (let k = 0; k < 4; k++) expect(list(sess.run(twice))).toEqual([10, 10]);
        sess.run(set);
        for (let k = 0; k < 4; k++) expect(list(sess.run(twice))).toEqual([2, 4]);
      }
    });
  });
});

test('a chain of 100,000 operations runs, and many runs leave the heap as it was', () => {
  inGraph(() => {
    const x = tf.placeholder(tf.float32, [2], 'x');
    let y: tf.Tensor = x;
    for (let i = 0; i < 100_000; i++) y = tf.negative(y);
    let z: tf.Tensor = x;
    for (let i = 0; i < 10; i++) z = tf.tanh(z);
    tf.with(new tf.Session(), (sess) => {
      for (let i = 0; i < 4; i++) expect(list(sess.run(y, [[x, [1, i]]]))).toEqual([1, i]);
      for (let i = 0; i < 10; i++) sess.run(z, [[x, [1, 2]]]);
      const blocks = heap?.blocks;
      const bytes = heap?.numbers.length;
      for (let i = 0; i < 20_000; i++) sess.run(z, [[x, [1, 2]]]);
      expect(heap?.blocks).toBe(blocks);
      expect(heap?.numbers.length).toBe(bytes);
    });
  });
});

test('loops that are specialised exchange their variables, and read what they are given', () => {
  inGraph(() => {
    const n = tf.placeholder(tf.int32, [], 'n');
    const x = tf.placeholder(tf.float32, [2], 'x');
    const [, a, b] = tf.while_loop(
      (i: tf.Tensor, _a: tf.Tensor, _b: tf.Tensor) => tf.less(i, n),
      (i: tf.Tensor, a: tf.Tensor, b: tf.Tensor) => [tf.add(i, 1), b, tf.add(a, x)] as const,
      [tf.constant(0, tf.int32), tf.zeros([2]), tf.ones([2])] as const,
    );
    tf.with(new tf.Session(), (sess) => {
      for (const [rounds, step] of [
        [3, 1],
        [30, 2],
        [31, 3],
        [200, 0.5],
        [0, 1],
        [7, 4],
      ] as const) {
        let [p, q] = [0, 1];
        for (let i = 0; i < rounds; i++) [p, q] = [q, p + step];
        const feed_dict = [
          [n, rounds],
          [x, [step, step]],
        ] as const;
        const [first, second] = sess.run([a, b], { feed_dict });
        expect([list(first), list(second)]).toEqual([
          [p, p],
          [q, q],
        ]);
      }
    });
  });
});
