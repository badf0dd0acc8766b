/**
 * 751 small frozen graphs of TF1 with the numbers that TensorFlow gave for them: every one whose ops
 * are declared here is imported, run and compared.
 */

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { registry } from '../../src/core/op.ts';
import { skipWithout } from '../conformance/shared.ts';

interface Place {
  readonly dtype: string;
  readonly shape: number[];
  readonly file: string;
}
interface Case {
  readonly case: string;
  readonly status: string;
  readonly ops: Readonly<Record<string, number>>;
  readonly inputs: Readonly<Record<string, Place>>;
  readonly outputs: Readonly<Record<string, Place>>;
}

const ROOT = new URL('../../../shared/artifacts/dl4j_tf_graphs/', import.meta.url);
const RTOL = 1e-4;
const ATOL = 1e-5;
/** Results that are 64-bit patterns, not numbers that JavaScript holds: an error here, never a wrong number. */
const BEYOND =
  /^bitcast\/from_(float32_to_uint64|(rank2_)?float64_to_int64|half_to_u?int64|rank2_half_to_int64|rank3_float32_to_int64)$/;

/** Asks for the best elements in no order, and TensorFlow promises none. */
const UNORDERED = 'topk/rank2_k5';

function readNumbers(url: URL, dtype: string): (number | string)[] {
  const lines = readFileSync(url, 'utf8')
    .trim()
    .split(/\r?\n/)
    .filter((line) => line !== '');
  if (dtype === 'string') return lines.map((line) => line.replace(/^"(.*)"$/, '$1'));
  return lines.flatMap((line) =>
    line
      .split(',')
      .filter((cell) => cell !== '')
      .map(readNumber),
  );
}

function readNumber(cell: string): number {
  const text = cell.trim().toLowerCase();
  const words: Record<string, number> = {
    true: 1,
    false: 0,
    nan: Number.NaN,
    inf: Number.POSITIVE_INFINITY,
    '-inf': Number.NEGATIVE_INFINITY,
  };
  return words[text] ?? Number(text);
}

const tensorName = (name: string) => (name.includes(':') ? name : `${name}:0`);
const isClose = (actual: number, expected: number) =>
  Object.is(actual, expected) ||
  actual === expected ||
  Math.abs(actual - expected) <= RTOL * Math.abs(expected) + ATOL;

function run(row: Case): void {
  const folder = new URL(`${row.case}/`, ROOT);
  const graph = new tf.Graph();
  const graphDef = tf.GraphDef.FromString(readFileSync(new URL('frozen_model.pb', folder)));
  tf.with(graph.as_default(), () => tf.import_graph_def(graphDef, { name: '' }));
  const feed_dict = Object.entries(row.inputs).map(([name, { dtype, shape, file }]) => {
    const values = readNumbers(new URL(file, folder), dtype);
    return [
      graph.get_tensor_by_name(tensorName(name)),
      tf.as_dtype(dtype)(values).reshape(shape),
    ] as const;
  });
  const fetches = Object.keys(row.outputs).map((name) =>
    graph.get_tensor_by_name(tensorName(name)),
  );
  using session = new tf.Session('', graph);
  const values: unknown[] = session.run(fetches, { feed_dict });
  Object.values(row.outputs).forEach(({ dtype, file }, i) => {
    const expected = readNumbers(new URL(file, folder), dtype);
    const value = values[i];
    const actual = value instanceof tf.NdArray ? Array.from<unknown>(value.data) : [value];
    expect(actual.length).toBe(expected.length);
    if (row.case === UNORDERED) for (const list of [actual, expected]) list.sort();
    const different = expected.filter((want, k) =>
      typeof want === 'string' ? String(actual[k]) !== want : !isClose(Number(actual[k]), want),
    );
    expect(different).toEqual([]);
  });
}

if (!existsSync(ROOT)) skipWithout('artifacts/dl4j_tf_graphs');
else {
  const rows: Case[] = readFileSync(new URL('INDEX.jsonl', ROOT), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Case);
  const ok = rows.filter(({ status }) => status === 'ok');
  const declared = ok.filter(({ ops }) => Object.keys(ops).every((op) => registry.has(op)));

  describe('frozen graphs of TF1', () => {
    test.each(declared.map((row) => [row.case, row] as const))('%s', (name, row) => {
      if (BEYOND.test(name)) expect(() => run(row)).toThrow(tf.errors.OutOfRangeError);
      else run(row);
    });
  });

  test('all of them have only declared ops', () => {
    const missing = ok.flatMap(({ ops }) => Object.keys(ops).filter((op) => !registry.has(op)));
    expect(missing).toEqual([]);
    expect(declared).toHaveLength(751);
  });
}
