/** Copies the part that two slices of one tensor have in common from the one's elements to the other's. */

import { type Data, type DType, elementWidth } from '../../core/dtype.ts';
import { shapeOfSlice, type TensorSlice } from '../../core/tensor_slice.ts';

/** Elements, and which slice of the whole tensor they are. */
export interface Part {
  readonly data: Data;
  readonly slice: TensorSlice;
}

/** Copies what lies in `common` of a tensor of `shape` from `source` to `target`. */
export function copySlice(
  dtype: DType,
  shape: readonly number[],
  common: TensorSlice,
  source: Part,
  target: Part,
): void {
  const sizes = shapeOfSlice(common, shape);
  const rank = sizes.length;
  const from = placeOf(common, source.slice, shape);
  const to = placeOf(common, target.slice, shape);
  const width = elementWidth(dtype);
  const run = (rank > 0 ? sizes[rank - 1]! : 1) * width;
  const counter = new Array<number>(Math.max(0, rank - 1)).fill(0);
  if (sizes.includes(0)) return;
  for (;;) {
    let at = from.start;
    let out = to.start;
    counter.forEach((index, axis) => {
      at += index * from.strides[axis]!;
      out += index * to.strides[axis]!;
    });
    copyRun(source.data, at * width, target.data, out * width, run);
    let axis = counter.length - 1;
    while (axis >= 0 && ++counter[axis]! === sizes[axis]) counter[axis--] = 0;
    if (axis < 0) return;
  }
}

/** Where `common` begins in the elements of `slice`, and how far apart its axes' neighbours are. */
function placeOf(
  common: TensorSlice,
  slice: TensorSlice,
  shape: readonly number[],
): { start: number; strides: number[] } {
  const sizes = shapeOfSlice(slice, shape);
  const strides = new Array<number>(sizes.length).fill(1);
  for (let axis = sizes.length - 2; axis >= 0; axis--) {
    strides[axis] = strides[axis + 1]! * sizes[axis + 1]!;
  }
  let start = 0;
  common.forEach((part, axis) => {
    start += ((part?.start ?? 0) - (slice[axis]?.start ?? 0)) * strides[axis]!;
  });
  return { start, strides };
}

function copyRun(source: Data, at: number, target: Data, out: number, count: number): void {
  if (Array.isArray(source) || Array.isArray(target)) {
    for (let i = 0; i < count; i++) target[out + i] = source[at + i]!;
  } else target.set(source.subarray(at, at + count), out);
}
