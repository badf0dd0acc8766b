/** Functions of a graph and lists of tensors against TensorFlow (test/golden/record_functions.py). */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { heap } from '../../src/backend/backend.ts';
import { MORE, PROGRAMS } from './function_programs.ts';

type Row = readonly [name: string, inputs: number, outputs: number, ops: readonly string[]];
interface Recorded {
  readonly values: readonly { readonly data: readonly unknown[] }[];
  readonly functions: readonly Row[];
}

const file = new URL('../golden/functions.json', import.meta.url);
const golden = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Recorded>;

/** A fetched value as flat data. */
function flat(value: unknown): unknown[] {
  const whole = value as { tolist?: () => unknown };
  return [typeof whole?.tolist === 'function' ? whole.tolist() : value].flat(9);
}

function functionsOf(graph: tf.Graph): Row[] {
  const rows = graph
    .as_graph_def()
    .library.function.map(
      ({ signature, node_def }): Row => [
        signature.name,
        signature.input_arg.length,
        signature.output_arg.length,
        node_def.map((node) => node.op).sort(),
      ],
    );
  return rows.sort((a, b) => (a[0] < b[0] ? -1 : 1));
}

describe('as recorded', () => {
  test.each(Object.keys(golden))('%s', (name) => {
    const expected = golden[name]!;
    const before = heap?.blocks ?? 0;
    const graph = new tf.Graph();
    tf.with(graph.as_default(), () => {
      const fetches = PROGRAMS[name]!() as tf.Tensor[];
      expect(functionsOf(graph)).toEqual(expected.functions);
      const values = tf.with(new tf.Session(), (sess) => sess.run(fetches)) as unknown[];
      expect(values.map(flat)).toEqual(expected.values.map(({ data }) => data));
    });
    expect(heap?.blocks ?? 0).toBe(before);
  });
});

test.each(Object.keys(MORE))('%s', (name) => {
  tf.with(new tf.Graph().as_default(), () => {
    const [fetch, expected] = MORE[name]!();
    tf.with(new tf.Session(), (sess) => {
      expect(flat(sess.run(fetch as tf.Tensor))).toEqual(expected);
      expect(flat(sess.run(fetch as tf.Tensor))).toEqual(expected);
    });
  });
});

test('functions keep large values on the heap no longer than they run', () => {
  const before = heap?.blocks ?? 0;
  tf.with(new tf.Graph().as_default(), () => {
    const { Defun } = tf.python.framework.function;
    const f = Defun(tf.float32)((a) => tf.exp(a).add(tf.ones([100, 100])));
    const x = tf.placeholder(tf.float32, [100, 100]);
    const dx = tf.gradients(f(f(x)), x)[0] as tf.Tensor;
    tf.with(new tf.Session(), (sess) => {
      const feeds = new Map([[x, tf.float32(new Array(100).fill(new Array(100).fill(0)))]]);
      for (let i = 0; i < 3; i++) sess.run(tf.reduce_sum(dx), { feed_dict: feeds });
    });
  });
  expect(heap?.blocks ?? 0).toBe(before);
});

test('a function that is there already, or an op of its name, is refused', () => {
  tf.with(new tf.Graph().as_default(), () => {
    const { Defun } = tf.python.framework.function;
    const make = (func_name: string) => Defun(tf.float32, { func_name })((a) => a.multiply(2));
    make('Double')(1);
    expect(() => make('Double')(1)).toThrow(
      "Cannot add function 'Double' because a different function with the same name already exists.",
    );
    expect(() => make('Mul')(1)).toThrow(
      "Cannot add function 'Mul' because an op with the same name already exists.",
    );
  });
});
