/** tfjs-converter's GraphModel as the judge of what was written: an executor that nobody here wrote. */

import { loadGraphModelSync } from '@tensorflow/tfjs-converter';
// The union package is the only bundle for Node that registers tfjs's gradients.
import '@tensorflow/tfjs';
import * as tfjs from '@tensorflow/tfjs-core';
import * as tf from 'tf1';
import type { ModelArtifacts } from 'tf1/converter';

tfjs.env().set('PROD', true);

/** The numbers of one output. */
export interface Judged {
  readonly dtype: string;
  readonly shape: number[];
  readonly data: ArrayLike<number | string>;
}

type TensorMap = Record<string, tfjs.Tensor>;

/** What GraphModel computes of `outputs` for `feeds`, on tfjs's cpu backend, and leaves nothing behind. */
export async function judged(
  model: ModelArtifacts,
  feeds: Readonly<Record<string, tf.NdArray>>,
  outputs: readonly string[],
): Promise<Judged[]> {
  tfjs.setBackend('cpu');
  const loaded = loadGraphModelSync({ load: () => model } as Parameters<
    typeof loadGraphModelSync
  >[0]);
  const fed: TensorMap = Object.fromEntries(
    Object.entries(feeds).map(([name, array]) => [name, tensorOf(array)]),
  );
  const warn = console.warn;
  console.warn = () => {};
  try {
    const results = await loaded.executeAsync(fed, [...outputs]);
    const list = Array.isArray(results) ? results : [results];
    const values = list.map((t) => ({ dtype: t.dtype, shape: [...t.shape], data: t.dataSync() }));
    tfjs.dispose(list);
    return values as unknown[] as Judged[];
  } finally {
    console.warn = warn;
    tfjs.dispose(Object.values(fed));
    loaded.dispose();
  }
}

function tensorOf({ dtype, shape, data }: tf.NdArray): tfjs.Tensor {
  const type =
    dtype.is_bool || dtype.name === 'string' ? dtype.name : dtype.is_integer ? 'int32' : 'float32';
  const values = type === 'int32' ? Int32Array.from(data as Float64Array) : data;
  return tfjs.tensor(values as Float32Array, [...shape], type as 'float32');
}

/** The numbers of what a session gave. */
export function plain(value: unknown): { shape: number[]; data: (number | string)[] } {
  if (value instanceof tf.NdArray)
    return { shape: [...value.shape], data: Array.from(value.data as ArrayLike<number | string>) };
  return { shape: [], data: [typeof value === 'boolean' ? Number(value) : (value as number)] };
}

/** How far apart the numbers are, over the largest of `wanted`, 1 at least; infinite where shapes differ. */
export function distance(got: Judged, wanted: unknown): number {
  const { shape, data } = plain(wanted);
  if (got.shape.join() !== shape.join()) return Number.POSITIVE_INFINITY;
  let most = 0;
  let scale = 1;
  data.forEach((want, i) => {
    const value = got.data[i];
    if (typeof want === 'number' && Number.isFinite(want)) {
      scale = Math.max(scale, Math.abs(want));
      most = Math.max(most, Math.abs((value as number) - want));
      if (!Number.isFinite(value)) most = Number.POSITIVE_INFINITY;
    } else if (!Object.is(value, want)) most = Number.POSITIVE_INFINITY;
  });
  return most / scale;
}
