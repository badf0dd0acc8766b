/** Whether stored slices of a tensor are all of what is asked for, and none of it twice. */

import { InternalError } from '../../core/errors.ts';
import {
  intersection,
  shapeOfSlice,
  sliceText,
  type TensorSlice,
} from '../../core/tensor_slice.ts';
import { sizeOf } from './checkpoint.ts';

/** More slices than this of one tensor are not compared with each other: no program writes so many. */
const MOST_COMPARED = 10_000;

/** Whether `parts` of a tensor of `shape` have as many elements as `wanted`. InternalError where two overlap. */
export function covers(
  parts: readonly TensorSlice[],
  wanted: readonly number[],
  shape: readonly number[],
): boolean {
  const sizes = parts.map((part) => sizeOf(shapeOfSlice(part, shape)));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (parts.length <= MOST_COMPARED) {
    for (const [i, part] of parts.entries()) checkApart(part, parts, i);
  }
  return total === sizeOf(wanted);
}

function checkApart(part: TensorSlice, parts: readonly TensorSlice[], i: number): void {
  for (let j = 0; j < i; j++) {
    if (intersection(part, parts[j]!) === null) continue;
    throw new InternalError(
      null,
      null,
      `Overlapping slices: existing slice = ${sliceText(parts[j]!)}, new slice = ${sliceText(part)}`,
    );
  }
}
