/** A graph for one sample of each declared op, with what to feed and fetch. */

import * as tf from 'tf1';
import type { NdArray } from '../../src/numpy/index.ts';
import type { Sample } from '../ops/sample.ts';
import { call, tensorsOf } from '../ops/sample_calls.ts';
import { arithmetic } from '../ops/samples/arithmetic.ts';
import { array } from '../ops/samples/array.ts';
import { blockCells as block_cells } from '../ops/samples/block_cells.ts';
import { pictures as image } from '../ops/samples/image.ts';
import { linear } from '../ops/samples/linear.ts';
import { math } from '../ops/samples/math.ts';
import { nn } from '../ops/samples/nn.ts';
import { quantized } from '../ops/samples/quantized.ts';
import { random } from '../ops/samples/random.ts';
import { reduce } from '../ops/samples/reduce.ts';
import { sparse } from '../ops/samples/sparse.ts';
import { strings } from '../ops/samples/strings.ts';

type Table = Readonly<Record<string, readonly Sample[]>>;

/** The tables of samples by family. */
export const FAMILIES: Readonly<Record<string, Table>> = {
  arithmetic,
  array,
  block_cells,
  image,
  linear,
  math,
  nn,
  quantized,
  random,
  reduce,
  sparse,
  strings,
};

/** The last sample of each op of a family: the first ones are the plainest. */
export function samplesOf(family: string): [op: string, sample: Sample][] {
  return Object.entries(FAMILIES[family]!)
    .filter(([, samples]) => samples.length > 0)
    .map(([op, samples]) => [op, samples.at(-1)!]);
}

/** A graph with what it is fed and what is fetched, by name. */
export interface SampleGraph {
  readonly graph: tf.Graph;
  readonly feeds: readonly (readonly [name: string, value: NdArray])[];
  readonly fetches: readonly string[];
}

/** The graph of a sample. */
export function graphOf(sample: Sample): SampleGraph {
  const graph = new tf.Graph();
  const feeds: [string, NdArray][] = [];
  const outputs = tf.with(graph.as_default(), () => {
    graph.seed = 1;
    return tensorsOf(
      call(sample, (array) => {
        const tensor = tf.placeholder(array.dtype, [...array.shape]);
        feeds.push([tensor.name, array]);
        return tensor;
      }),
    );
  });
  return { graph, feeds, fetches: outputs.map(({ name }) => name) };
}
