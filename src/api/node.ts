/** `tf1/node`: what needs files. NumPy's own files, by NumPy's names. */

import type { Listed } from '../core/fetched.ts';
import type { NdArray } from '../numpy/index.ts';
import { asArray } from '../numpy/index.ts';
import { readNpy, writeNpy } from '../numpy/npy.ts';
import { readNpz, writeNpz } from '../numpy/npz.ts';
import { readBytes, writeBytes } from '../platform/files.ts';

/** What can be saved: an array, or what becomes one. */
type ArrayLike = NdArray | Listed | readonly unknown[] | object | number;

const ZIP = [0x50, 0x4b];

/** Reads a `.npy` file as an array, or a `.npz` file as its arrays by name. ValueError for a damaged file. */
export function load(file: string): NdArray | Record<string, NdArray> {
  const bytes = readBytes(file);
  return ZIP.every((byte, i) => bytes[i] === byte) ? readNpz(bytes) : readNpy(bytes);
}

/** Writes `arr` as a `.npy` file; the ending is added where it is missing. */
export function save(file: string, arr: ArrayLike): void {
  writeBytes(file.endsWith('.npy') ? file : `${file}.npy`, writeNpy(asArray(arr)));
}

/** Writes arrays by name as a `.npz` file. */
export function savez(file: string, arrays: Readonly<Record<string, ArrayLike>>): void {
  writeArrays(file, arrays, false);
}

/** Writes arrays by name as a compressed `.npz` file. */
export function savez_compressed(file: string, arrays: Readonly<Record<string, ArrayLike>>): void {
  writeArrays(file, arrays, true);
}

function writeArrays(
  file: string,
  arrays: Readonly<Record<string, ArrayLike>>,
  compress: boolean,
): void {
  const entries = Object.entries(arrays).map(([name, value]) => [name, asArray(value)] as const);
  writeBytes(
    file.endsWith('.npz') ? file : `${file}.npz`,
    writeNpz(Object.fromEntries(entries), { compress }),
  );
}
