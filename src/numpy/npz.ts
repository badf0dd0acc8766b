/** NumPy's .npz files: arrays by name, each a .npy file in a zip archive. */

import type { NdArray } from './ndarray.ts';
import { asArray } from './nested.ts';
import { readNpy, writeNpy } from './npy.ts';
import { readZip, writeZip } from './zip.ts';

const SUFFIX = '.npy';

/**
 * The arrays of a .npz file by name. Members that are no .npy files are left out, as they are no
 * arrays. ValueError if the archive or an array is damaged.
 */
export function readNpz(bytes: Uint8Array): Record<string, NdArray> {
  const arrays: [string, NdArray][] = [];
  for (const [name, member] of readZip(bytes)) {
    if (name.endsWith(SUFFIX)) arrays.push([name.slice(0, -SUFFIX.length), readNpy(member)]);
  }
  return Object.fromEntries(arrays);
}

/**
 * The .npz file of named values, as `np.savez` writes it (`np.savez_compressed` with `compress`).
 * Values may be arrays or whatever makes one.
 */
export function writeNpz(
  values: Readonly<Record<string, unknown>>,
  options: { readonly compress?: boolean } = {},
): Uint8Array {
  const members = Object.entries(values).map(
    ([name, value]) => [`${name}${SUFFIX}`, writeNpy(asArray(value))] as const,
  );
  return writeZip(new Map(members), options.compress ?? false);
}
