/**
 * onnxruntime-node as a contender, on one thread. Its `run` gives a promise, which each step waits for;
 * that turn of the event loop is part of its time, as it is for its users.
 */

import * as tf from 'tf1';
import type { Contenders } from '../workload.ts';
import { onnxModel } from './onnx.ts';
import { checkAgainstSession, type Program } from './program.ts';

const ort = await import('onnxruntime-node').catch(() => {
  console.error('onnxruntime-node does not load here: it is left out.');
  return null;
});

/** The program that `build` makes of constants and one fetch, under `name`; none where there is no onnxruntime. */
export function onnxruntime(build: () => Program, name = 'onnxruntime'): Contenders {
  return ort ? { [name]: () => start(ort, build) } : {};
}

async function start({ InferenceSession, Tensor }: NonNullable<typeof ort>, build: () => Program) {
  const graph = new tf.Graph();
  const program = tf.with(graph.as_default(), build);
  const { bytes, inputs, output } = onnxModel(graph, program);
  const session = await InferenceSession.create(bytes, {
    executionProviders: ['cpu'],
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    interOpNumThreads: 1,
    intraOpNumThreads: 1,
  });
  const arrays = (program.feed_dict ?? []).map(([, array]) => array);
  const step = async () => {
    const feeds = arrays.map(({ data, shape }, i) => [
      inputs[i]!,
      new Tensor('float32', data as Float32Array, shape),
    ]);
    const results = await session.run(Object.fromEntries(feeds));
    return results[output]!.data as Float32Array;
  };
  checkAgainstSession('onnxruntime', graph, program, await step());
  return { step, close: () => void session.release() };
}
