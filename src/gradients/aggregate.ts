/** Sums of gradients: dense ones are added, slices of rows are put one behind the other. */

import { int32, int64 } from '../core/dtype.ts';
import { IndexedSlices } from '../core/indexed_slices.ts';
import type { Operand } from '../core/operand.ts';
import type { Tensor } from '../core/tensor.ts';
import { cast } from '../ops/cast.ts';
import { concat } from '../ops/join.ts';
import { add_n } from '../ops/math.ts';

/** The sum of `parts`. It is IndexedSlices if all of them are. */
export function aggregate(parts: readonly Operand[]): Operand {
  if (parts.length === 1) return parts[0]!;
  if (parts.every((part) => part instanceof IndexedSlices))
    return joined(parts as readonly IndexedSlices[]);
  return add_n(parts.map((part) => part._toTensor()));
}

function joined(parts: readonly IndexedSlices[]): IndexedSlices {
  const values = concat(
    parts.map((part) => part.values),
    0,
  );
  const indices = concat(alike(parts.map((part) => part.indices)), 0);
  return new IndexedSlices(
    values,
    indices,
    parts.find((part) => part.dense_shape !== null)?.dense_shape ?? null,
  );
}

/** Indices of one type: int64 where not all are int32. */
function alike(indices: readonly Tensor[]): readonly Tensor[] {
  if (indices.every(({ dtype }) => dtype === indices[0]!.dtype)) return indices;
  return indices.map((index) => (index.dtype === int32 ? cast(index, int64) : index));
}

/** The dense form of a gradient. */
export function dense(gradient: Operand): Tensor {
  return gradient._toTensor();
}
