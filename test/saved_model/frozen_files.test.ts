/** Frozen graphs of public repositories, binary and text, with loops, TensorArrays and functions: TensorFlow's numbers. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { readNpy } from '../../src/numpy/npy.ts';
import { skipWithout } from '../conformance/shared.ts';

interface Plain {
  readonly dtype: string;
  readonly shape: number[];
  readonly data?: readonly number[];
  readonly npy?: string;
}
interface Case {
  readonly file: string;
  readonly inputs: Readonly<Record<string, Plain>>;
  readonly outputs: Readonly<Record<string, Plain>>;
}
interface Golden {
  readonly artifact: string;
  readonly cases: readonly Case[];
}

const ARTIFACTS = new URL('../../../shared/artifacts/', import.meta.url);
const RTOL = 1e-4;
/**
 * The variances of this graph are small differences of large float32 sums, whose last digits, which hang
 * on the order of adding, choose the 8-bit levels of all that follows. TensorFlow's own colours, of 0 to
 * 255, move by 3.9 on average (76 at most) when its input changes by 1e-6, by 5.5 (110) at 1e-4, and by
 * 8.5 (148) with oneDNN. Ours lie 6.4 (104) from the golden; with TensorFlow's sums, 0.04 (4), which is
 * as far as TensorFlow's graph optimizer moves its own (0.05, and 4).
 */
const QUANTIZED = 'frozen/style_transfer_quantized';
const MEAN_DIFFERENCE = 8;
const MEAN_DIFFERENCE_WITH_SUMS = 0.1;

function arrayOf({ dtype, shape, data, npy }: Plain, folder: URL): tf.NdArray {
  if (npy) return readNpy(readFileSync(new URL(npy, folder)));
  return tf.as_dtype(dtype)(data).reshape(shape) as tf.NdArray;
}

function load(url: URL): tf.Graph {
  const graphDef = new tf.GraphDef();
  if (url.pathname.endsWith('txt')) tf.text_format.Merge(readFileSync(url, 'utf8'), graphDef);
  else graphDef.ParseFromString(readFileSync(url));
  const graph = new tf.Graph();
  tf.with(graph.as_default(), () => tf.import_graph_def(graphDef, { name: '' }));
  return graph;
}

function meanDifference(actual: readonly number[], expected: readonly number[]): number {
  return expected.reduce((sum, want, k) => sum + Math.abs(actual[k]! - want), 0) / expected.length;
}

/** The sums of squares and of values that TensorFlow computes in the quantized graph. */
function recordedSums(): [string, tf.NdArray][] {
  const file = new URL('../golden/quantized_sums.json', import.meta.url);
  const { sums } = JSON.parse(readFileSync(file, 'utf8')) as { sums: Record<string, number[]> };
  return Object.entries(sums).map(([name, values]) => [
    name,
    tf.float32(values).reshape([1, 1, 1, values.length]) as tf.NdArray,
  ]);
}

function check({ artifact }: Golden, { file, inputs, outputs }: Case, folder: URL): void {
  const graph = load(new URL(`${artifact}/${file}`, ARTIFACTS));
  using session = new tf.Session('', graph);
  const feed_dict = Object.entries(inputs).map(
    ([name, value]) => [name, arrayOf(value, folder)] as const,
  );
  const names = Object.keys(outputs);
  const values: unknown[] = session.run(names, { feed_dict });
  names.forEach((name, i) => {
    const expected = Array.from(arrayOf(outputs[name]!, folder).data, Number);
    const value = values[i];
    const actual = Array.from<unknown, number>(
      value instanceof tf.NdArray ? value.data : [value],
      Number,
    );
    if (artifact === QUANTIZED) {
      expect(meanDifference(actual, expected)).toBeLessThan(MEAN_DIFFERENCE);
      const fed = { feed_dict: [...feed_dict, ...recordedSums()] };
      const [exact]: unknown[] = session.run([name], fed);
      const closer = meanDifference(Array.from((exact as tf.NdArray).data, Number), expected);
      expect(closer).toBeLessThan(MEAN_DIFFERENCE_WITH_SUMS);
      return;
    }
    const scale = Math.max(...expected.map(Math.abs), 1e-6);
    expect(actual.length).toBe(expected.length);
    expect(
      expected.filter(
        (want, k) => !(Math.abs(actual[k]! - want) <= RTOL * (Math.abs(want) + 0.01 * scale)),
      ),
    ).toEqual([]);
  });
}

if (!existsSync(ARTIFACTS)) skipWithout('artifacts');
else {
  const folders = readdirSync(new URL('goldens/', ARTIFACTS))
    .filter((name) => name.startsWith('frozen__'))
    .filter((name) => existsSync(new URL(`goldens/${name}/golden.json`, ARTIFACTS)));
  const rows = folders.flatMap((name) => {
    const folder = new URL(`goldens/${name}/`, ARTIFACTS);
    const golden = JSON.parse(readFileSync(new URL('golden.json', folder), 'utf8')) as Golden;
    return golden.cases.map(
      (row) => [`${golden.artifact}/${row.file}`, golden, row, folder] as const,
    );
  });

  describe('frozen graphs', () => {
    test.each(rows)('%s', (_name, golden, row, folder) => {
      check(golden, row, folder);
    });
  });
}
