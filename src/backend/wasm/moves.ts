/** Transposing on the wasm heap: tfjs's kernel walks memory in SIMD blocks. */

import { float32, type TypedArray } from '../../core/dtype.ts';
import type { Value } from '../../core/kernels.ts';
import { heapKernel } from '../registry.ts';
import type { BackendValue } from '../value.ts';

/** tfjs's kernel knows no higher rank. */
const MAX_RANK = 6;

function axesOf(perm: Value): number[] {
  const rank = perm.size;
  return Array.from(perm.data as TypedArray, (axis) => (axis < 0 ? axis + rank : axis));
}

/** Whether the dimensions really change places; the host says what is wrong, and passes the same on. */
function moves(x: Value, perm: Value): boolean {
  if (perm.shape.length !== 1 || perm.size !== x.shape.length || perm.size > MAX_RANK) return false;
  const axes = axesOf(perm);
  return axes.some((axis, i) => axis !== i) && axes.every((_, i) => axes.includes(i));
}

heapKernel('Transpose', {
  when: ([x, perm]) =>
    x!.dtype === float32 && (x as BackendValue).buffer.heap !== null && moves(x!, perm!),
  run: (heap, [x, perm]) => heap.run('Transpose', { x: x! }, { perm: axesOf(perm!) }),
});
