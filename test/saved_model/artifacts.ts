/** Goldens of shared artifacts: what TensorFlow computed with the files of others. */

import { existsSync, readFileSync } from 'node:fs';
import * as tf from 'tf1';
import { asArray } from '../../src/numpy/index.ts';
import { readNpy } from '../../src/numpy/npy.ts';

/** The folder of the files, and of what TensorFlow made of them. */
export const ARTIFACTS = new URL('../../../shared/artifacts/', import.meta.url);

/** Where it is absent there is nothing to compare with. */
export const present = existsSync(ARTIFACTS);

/** A value in a golden: flat data, or a file beside it. */
export interface Recorded {
  readonly tensor?: string;
  readonly dtype: string;
  readonly shape: number[];
  readonly data?: (number | string | boolean)[];
  readonly base64?: string[];
  readonly npy?: string;
}

/** The file `name` of the goldens of `artifact`. */
export function goldenOf<T>(artifact: string, name: string): T | null {
  const url = new URL(`goldens/${artifact.replace('/', '__')}/${name}`, ARTIFACTS);
  return existsSync(url) ? (JSON.parse(readFileSync(url, 'utf8')) as T) : null;
}

/** The array that a golden records. */
export function arrayOf(recorded: Recorded, artifact: string): tf.NdArray {
  if (recorded.npy !== undefined) {
    const folder = `goldens/${artifact.replace('/', '__')}/`;
    return readNpy(readFileSync(new URL(folder + recorded.npy, ARTIFACTS)));
  }
  const dtype = tf.as_dtype(recorded.dtype);
  if (dtype === tf.string) {
    const texts = recorded.base64
      ? recorded.base64.map((text) => new Uint8Array(Buffer.from(text, 'base64')))
      : (recorded.data as string[]);
    return new tf.NdArray(dtype, recorded.shape, texts);
  }
  const numbers = recorded.data!.map((n) => Number(n));
  return asArray(numbers, dtype).reshape(recorded.shape);
}
