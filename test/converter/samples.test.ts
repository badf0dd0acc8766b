/** Every sample of every op that tfjs knows: what is written as a model gives the same numbers there, or is refused. */

import { expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { graph_model, type ModelArtifacts } from 'tf1/converter';
import type { Sample } from '../ops/sample.ts';
import { call, tensorsOf } from '../ops/sample_calls.ts';
import { arithmetic } from '../ops/samples/arithmetic.ts';
import { array } from '../ops/samples/array.ts';
import { linear } from '../ops/samples/linear.ts';
import { math } from '../ops/samples/math.ts';
import { nn } from '../ops/samples/nn.ts';
import { reduce } from '../ops/samples/reduce.ts';
import { distance, judged } from './judge.ts';

const RTOL = 1e-4;
const FAMILIES = { arithmetic, array, linear, math, nn, reduce };
/** tfjs finds `all` of no elements false. */
const KNOWN = ['is_non_decreasing', 'is_strictly_increasing'];

type Table = Readonly<Record<string, readonly Sample[]>>;
type Tensors = Readonly<Record<string, tf.Tensor>>;
type Feed = readonly [tf.Tensor, tf.NdArray];

const IN_TFJS: readonly tf.DType[] = [tf.float32, tf.int32, tf.bool];
const has = ({ dtype }: { readonly dtype: tf.DType }) => IN_TFJS.includes(dtype);

/** `null` for samples in types that tfjs lacks or that it cannot execute, else how far apart the numbers are. */
async function compare(sample: Sample): Promise<number | null> {
  const feeds: Feed[] = [];
  const graph = new tf.Graph();
  const outputs = tf.with(graph.as_default(), () =>
    tensorsOf(
      call(sample, (given) => {
        const tensor = tf.placeholder(given.dtype, [...given.shape]);
        feeds.push([tensor, given]);
        return tensor;
      }),
    ),
  );
  if (![...outputs, ...feeds.map(([, given]) => given)].every(has)) return null;
  using session = new tf.Session('', graph);
  const wanted: unknown[] = session.run(outputs, { feed_dict: feeds });
  const inputs = Object.fromEntries(feeds.map(([tensor], i) => [`in${i}`, tensor]));
  const named = Object.fromEntries(outputs.map((tensor, i) => [`out${i}`, tensor]));
  const model = written(session, inputs, named);
  if (model === null) return null;
  const given = Object.fromEntries(feeds.map(([, value], i) => [`in${i}`, value]));
  const got = await judged(model, given, Object.keys(named));
  return Math.max(...got.map((value, i) => distance(value, wanted[i])));
}

function written(session: tf.Session, inputs: Tensors, outputs: Tensors): ModelArtifacts | null {
  try {
    return graph_model(session, inputs, outputs);
  } catch (error) {
    if (error instanceof tf.errors.UnimplementedError) return null;
    throw error;
  }
}

test.each(Object.entries(FAMILIES as unknown as Record<string, Table>))(
  '%s',
  async (_family, table) => {
    let count = 0;
    const off: string[] = [];
    for (const sample of Object.values(table).flat()) {
      if (KNOWN.includes(sample.fn)) continue;
      const apart = await compare(sample);
      if (apart === null) continue;
      count++;
      if (!(apart <= RTOL)) off.push(`${sample.fn}: ${apart}`);
    }
    expect(off).toEqual([]);
    expect(count).toBeGreaterThan(10);
  },
  60000,
);
