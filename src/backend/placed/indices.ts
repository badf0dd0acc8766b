/** Indices that a run has to look at: they may be wrong, and then the op's kernel says so. */

import { float32, int32 } from '../../core/dtype.ts';
import type { Attrs, Value } from '../../core/kernels.ts';
import { EagerContext } from '../context.ts';
import type { Heap } from '../heap.ts';
import { kernelOf } from '../registry.ts';
import { hostValue, sizeOf } from '../value.ts';
import type { Place } from './registry.ts';

const FLOAT = 4;
/** No int32 is below it. */
export const LOWEST_INDEX = -(2 ** 31);

/** Whether all indices at `at` are below `rows`, and none is below `least`. */
export function areWithin(
  heap: Heap,
  at: number,
  count: number,
  least: number,
  rows: number,
): boolean {
  const { words } = heap;
  const first = at / FLOAT;
  for (let i = first; i < first + count; i++) {
    const index = words[i]!;
    if (index >= rows || index < least) return false;
  }
  return true;
}

/** A copy of the integers at a place. */
export function integersAt({ home, size, shape }: Place, { words }: Heap): Value {
  const first = home.at / FLOAT;
  return hostValue(int32, shape, words.slice(first, first + size));
}

/** Zeros that stand for numbers which do not matter. */
export const zeros = (shape: readonly number[]): Value =>
  hostValue(float32, shape, new Float32Array(sizeOf(shape)));

/** Raises what the kernel of `type` says of inputs that are wrong. */
export function refuse(type: string, inputs: readonly Value[], attrs: Attrs = {}): never {
  kernelOf(type)!(inputs, attrs, new EagerContext());
  throw new Error(`${type} took indices that name no rows.`);
}
