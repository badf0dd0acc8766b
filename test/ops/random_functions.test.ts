/**
 * The public random functions and initializers build TF1's nodes, and their numbers are
 * TensorFlow's: golden/random_ops.json.
 */

import { readFileSync } from 'node:fs';
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
function expectNumbers(actual: number[], expected: number[], row: Row): void {
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
