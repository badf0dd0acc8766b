/**
 * Random programs on variables against plain arrays: two sessions keep their own values, updates in
 * place are seen by nobody who holds an earlier value, and nothing is left when the sessions close.
 */

import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import * as tf from 'tf1';
import { heap } from '../../src/backend/backend.ts';

const SHAPES = [[], [3], [70, 80]] as const;
const ACTIONS = [
  'set',
  'add',
  'subtract',
  'double',
  'swap',
  'read',
  'before',
  'after',
  'fail',
] as const;

interface Action {
  readonly session: number;
  readonly variable: number;
  readonly kind: (typeof ACTIONS)[number];
  readonly amount: number;
}

/** A variable and everything that actions may run on it. */
function build(shape: readonly number[], i: number, use_resource: boolean) {
  const size = shape.reduce((a, b) => a * b, 1);
  const first = new tf.NdArray(
    tf.float32,
    [...shape],
    Float32Array.from({ length: size }, (_, k) => k % 7),
  );
  const v = tf.get_variable(`v${i}`, { initializer: tf.constant(first), use_resource });
  const amount = tf.placeholder(tf.float32, []);
  const whole = tf.placeholder(tf.float32, shape);
  const add = tf.assign_add(v, tf.add(tf.zeros(shape), amount));
  const after = tf.with(tf.control_dependencies([add]), () => tf.identity(v.read_value()));
  const broken = tf.with(tf.control_dependencies([add]), () =>
    tf.reshape(tf.zeros(shape), tf.cast(tf.stack([amount]), tf.int32)),
  );
  return {
    v,
    amount,
    whole,
    after,
    broken,
    add: tf.group(add),
    set: tf.group(tf.assign(v, whole)),
    subtract: tf.group(tf.assign_sub(v, tf.multiply(tf.ones(shape), amount))),
    double: tf.group(tf.assign(v, tf.multiply(v, 2))),
    held: tf.tuple([v.read_value(), tf.multiply(v.read_value(), 1)]),
  };
}

const numbersOf = (value: unknown): number[] =>
  typeof value === 'number' ? [value] : Array.from((value as tf.NdArray).data as Float32Array);

function expectEqual(actual: unknown, expected: readonly number[]): void {
  const numbers = numbersOf(actual);
  const off = numbers.findIndex((n, i) => n !== expected[i]);
  if (off >= 0 || numbers.length !== expected.length)
    throw new Error(`Element ${off} is ${numbers[off]}, expected ${expected[off]}.`);
}

function runProgram(actions: readonly Action[], use_resource: boolean): void {
  const before = heap?.blocks;
  tf.with(new tf.Graph().as_default(), () => {
    const all = SHAPES.map((shape, i) => build(shape, i, use_resource));
    const sessions = [new tf.Session(), new tf.Session()];
    const init = tf.global_variables_initializer();
    for (const session of sessions) session.run(init);
    const model = sessions.map((session) => all.map(({ v }) => numbersOf(session.run(v))));
    const kept: [value: unknown, expected: number[]][] = [];
    for (const { session: s, variable: i, kind, amount } of actions) {
      const [session, one] = [sessions[s]!, all[i]!];
      const old = model[s]![i]!;
      const update = (f: (n: number) => number) => {
        model[s]![i] = old.map(f);
      };
      const keep = (value: unknown, expected: number[]) => {
        expectEqual(value, expected);
        kept.push([value, expected]);
      };
      const feed_dict = [[one.amount, amount] as const];
      if (kind === 'set') {
        const data = Float32Array.from(old, (_, k) => (k + amount) % 5);
        session.run(one.set, [[one.whole, new tf.NdArray(tf.float32, SHAPES[i]!, data)]]);
        model[s]![i] = Array.from(data);
        data.fill(-1);
      } else if (kind === 'add' || kind === 'subtract' || kind === 'double') {
        session.run(one[kind], feed_dict);
        update((n) => (kind === 'add' ? n + amount : kind === 'double' ? n * 2 : n - amount));
      } else if (kind === 'swap') {
        const other = sessions[1 - s]!;
        const value = other.run(one.v);
        session.run(one.set, [[one.whole, value]]);
        model[s]![i] = [...model[1 - s]![i]!];
      } else if (kind === 'read') {
        for (const value of session.run(one.held)) keep(value, old);
      } else if (kind === 'before') {
        const [value] = session.run([one.v, one.add], { feed_dict });
        keep(value, old);
        update((n) => n + amount);
      } else if (kind === 'after') {
        update((n) => n + amount);
        keep(session.run(one.after, feed_dict), model[s]![i]!);
      } else {
        expect(() => session.run(one.broken, [[one.amount, 11]])).toThrow();
        update((n) => n + 11);
      }
    }
    for (const [value, expected] of kept) expectEqual(value, expected);
    sessions.forEach((session, s) => {
      all.forEach(({ v }, i) => {
        expectEqual(session.run(v), model[s]![i]!);
      });
      session.close();
    });
  });
  expect(heap?.blocks).toBe(before);
}

test.each([
  ['behind references', false],
  ['behind handles', true],
])('variables %s hold what a model of them holds', (_name, use_resource) => {
  const action = fc.record({
    session: fc.nat(1),
    variable: fc.nat(SHAPES.length - 1),
    kind: fc.constantFrom(...ACTIONS),
    amount: fc.integer({ min: -3, max: 3 }),
  });
  fc.assert(
    fc.property(fc.array(action, { maxLength: 25 }), (actions) => {
      runProgram(actions, use_resource);
    }),
    { seed: 20180427, numRuns: 40 },
  );
});
