/**
 * The public random functions and initializers build TF1's nodes, and their numbers are
 * TensorFlow's: golden/random_ops.json.
 */

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { eager_mode } from '../../src/eager/context.ts';

interface Row {
  readonly call: string;
  readonly graph_seed: number | null;
  readonly nodes: [name: string, op: string, inputs: string[]][];
  readonly output: string;
  readonly static_shape: number[];
  readonly dtype: string;
  readonly runs: number[][];
}

const golden = new URL('../golden/random_ops.json', import.meta.url);
const rows: Row[] = JSON.parse(readFileSync(golden, 'utf8'));

const evaluate = (call: string) => new Function('tf', `return ${call};`)(tf) as tf.Tensor;
const numbersOf = (value: unknown): number[] =>
  typeof value === 'number' ? [value] : Array.from((value as tf.NdArray).data as Float64Array);

/** Doubles may differ in the last bits of log and sin; a QR factorization in more of them. */
function expectNumbers(
  actual: number[],
  expected: number[],
  row: Pick<Row, 'dtype' | 'call'>,
): void {
  const exact = row.dtype !== 'float64' && !row.call.includes('orthogonal');
  if (exact) {
    expect(actual).toEqual(expected);
    return;
  }
  const tolerance = row.dtype === 'float64' ? 1e-13 : 2e-6;
  expect(actual.length).toBe(expected.length);
  actual.forEach((x, i) => {
    expect(Math.abs(x - expected[i]!)).toBeLessThan(tolerance * Math.max(1, Math.abs(x)));
  });
}

describe.each(rows.map((row) => [`${row.call}, graph seed ${row.graph_seed}`, row] as const))(
  '%s',
  (_title, row) => {
    test('nodes, shape and numbers', () => {
      const graph = new tf.Graph();
      tf.with(graph.as_default(), () => {
        tf.set_random_seed(row.graph_seed);
        const output = evaluate(row.call);
        const nodes = graph
          .get_operations()
          .map((operation) => [
            operation.name,
            operation.type,
            [
              ...operation.inputs.map(({ name }) => name.replace(/:0$/, '')),
              ...operation.control_inputs.map(({ name }) => `^${name}`),
            ],
          ]);
        expect(nodes).toEqual(row.nodes);
        expect([output.name, output.dtype.name]).toEqual([row.output, row.dtype]);
        expect(output.shape.as_list()).toEqual(row.static_shape);
        const session = new tf.Session();
        for (const run of row.runs) expectNumbers(numbersOf(session.run(output)), run, row);
        session.close();
      });
    });

    test('eager', () => {
      tf.with(eager_mode(), () => {
        tf.set_random_seed(row.graph_seed);
        expectNumbers(numbersOf(evaluate(row.call).numpy()), row.runs[0]!, row);
      });
    });
  },
);

// Calls of the shared goldens that are not the same text in TypeScript.
const CALLS: Readonly<Record<string, string>> = {
  'tf.random_uniform([6], maxval=10, dtype=tf.int32, seed=3)':
    'tf.random_uniform([6], { maxval: 10, dtype: tf.int32, seed: 3 })',
  'tf.random_shuffle([0..7], seed=5)': 'tf.random_shuffle([0, 1, 2, 3, 4, 5, 6, 7], { seed: 5 })',
  'tf.multinomial(log([[.1,.2,.7]]), 6, seed=9)':
    'tf.multinomial(tf.log([[0.1, 0.2, 0.7]]), 6, { seed: 9 })',
  'tf.random_normal([2,3], mean=1, stddev=2, dtype=tf.float64, seed=4)':
    'tf.random_normal([2, 3], { mean: 1, stddev: 2, dtype: tf.float64, seed: 4 })',
  'tf.truncated_normal([3], stddev=0.1, seed=13)':
    'tf.truncated_normal([3], { stddev: 0.1, seed: 13 })',
  'tf.random_normal_initializer(stddev=0.5, seed=16)([4])':
    'new tf.random_normal_initializer({ stddev: 0.5, seed: 16 })([4])',
  'tf.orthogonal_initializer(seed=17)([3,3])':
    'new tf.orthogonal_initializer({ seed: 17 })([3, 3])',
  'tf.random_gamma([4], alpha=2.0, seed=18)': 'tf.random_gamma([4], { alpha: 2, seed: 18 })',
  // Later versions divide by the deviation of the truncated distribution.
  'tf.variance_scaling_initializer(seed=15)([2,2])':
    'new tf.variance_scaling_initializer({ scale: 0.8796256610342398 ** -2, seed: 15 })([2, 2])',
};

describe('the shared goldens', () => {
  const path = new URL('../../../shared/artifacts/goldens/seeded_random.json', import.meta.url);
  if (!existsSync(path)) {
    test.skip('../shared is absent', () => {});
    return;
  }
  interface Shared {
    readonly call: string;
    readonly dtype: string;
    readonly first_run: number[];
    readonly second_run: number[];
  }
  const { cases } = JSON.parse(readFileSync(path, 'utf8')) as {
    cases: { graph_seed: number | null; values: Shared[] }[];
  };
  const calls = cases.flatMap(({ graph_seed, values }) =>
    values
      .filter(({ call }) => !call.includes('dropout'))
      .map((shared) => [shared.call, graph_seed, shared] as const),
  );
  test.each(calls)('%s, graph seed %p', (call, graph_seed, { dtype, first_run, second_run }) => {
    tf.with(new tf.Graph().as_default(), () => {
      tf.set_random_seed(graph_seed);
      const output = evaluate(CALLS[call] ?? call.replace(/seed=(\d+)/, '{ seed: $1 }'));
      const session = new tf.Session();
      for (const run of [first_run, second_run]) {
        expectNumbers(numbersOf(session.run(output)), run, { dtype, call });
      }
      session.close();
    });
  });
});
