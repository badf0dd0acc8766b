/** Transposing on the wasm heap, where tfjs's kernel walks memory in SIMD blocks, and moving rows that indices name. */

import { float32, type TypedArray } from '../../core/dtype.ts';
import type { Value } from '../../core/kernels.ts';
import { HEAP_MINIMUM, type Heap } from '../heap.ts';
import { sameShape } from '../host/numeric.ts';
import { type HeapKernel, heapKernel } from '../registry.ts';
import { VariableCell } from '../state.ts';
import { type BackendValue, sizeOf } from '../value.ts';
import { generatedKernels } from './generated.ts';
import { address, settled } from './operands.ts';

/** tfjs's kernel knows no higher rank. */
const MAX_RANK = 6;

function axesOf(perm: Value): number[] {
  const rank = perm.size;
  return Array.from(perm.data as TypedArray, (axis) => (axis < 0 ? axis + rank : axis));
}

/**
 * Whether the last dimension changes places; the host says what is wrong, passes the same on, and
 * copies whole lines where the last dimension stays.
 */
function moves(x: Value, perm: Value): boolean {
  if (perm.shape.length !== 1 || perm.size !== x.shape.length || perm.size > MAX_RANK) return false;
  const axes = axesOf(perm);
  return axes.at(-1) !== axes.length - 1 && axes.every((_, i) => axes.includes(i));
}

heapKernel('Transpose', {
  when: ([x, perm]) =>
    x!.dtype === float32 && (x as BackendValue).buffer.heap !== null && moves(x!, perm!),
  run: (heap, [x, perm]) => heap.run('Transpose', { x: x! }, { perm: axesOf(perm!) }),
});

// ---- rows by index -----------------------------------------------------------------------------

const FLOAT = 4;
const isOnHeap = (x: Value): x is BackendValue =>
  x.dtype === float32 && (x as BackendValue).buffer.heap !== null && generatedKernels() !== null;

/** Whether all indices are below `rows`, and none is negative unless that is `allowed`. */
function areBelow(indices: Value, rows: number, allowed = false): boolean {
  const at = indices.data as TypedArray;
  for (let i = 0; i < at.length; i++) if (at[i]! >= rows || (at[i]! < 0 && !allowed)) return false;
  return true;
}

/** Indices as int32 on the heap, to be released. */
function placeIndices(heap: Heap, indices: Value): BackendValue {
  const place = heap.alloc([indices.size], indices.size);
  const { buffer, byteOffset } = place.data as Float32Array;
  new Int32Array(buffer, byteOffset, indices.size).set(indices.data as TypedArray);
  return place;
}

const gather: HeapKernel = {
  when([params, indices, axis]) {
    if (!isOnHeap(params!) || params.shape.length === 0) return false;
    if (axis !== undefined && Number(axis.data[0]) !== 0) return false;
    const run = params.size / params.shape[0]!;
    return indices!.size * run >= HEAP_MINIMUM && areBelow(indices!, params.shape[0]!);
  },
  run(heap, [params, indices]) {
    const row = params!.shape.slice(1);
    const out = heap.alloc([...indices!.shape, ...row], indices!.size * sizeOf(row));
    const at = placeIndices(heap, indices!);
    const bytes = sizeOf(row) * FLOAT;
    generatedKernels()!.gather(address(out), address(params!), address(at), indices!.size, bytes);
    at.release();
    return out;
  },
};
heapKernel('Gather', gather);
heapKernel('GatherV2', gather);

heapKernel('UnsortedSegmentSum', {
  when([data, ids, num]) {
    if (!isOnHeap(data!) || data.size < HEAP_MINIMUM) return false;
    const count = Number(num!.data[0]);
    const isPrefix = sameShape(ids!.shape, data.shape.slice(0, ids!.shape.length));
    return isPrefix && count > 0 && areBelow(ids!, count, true);
  },
  run(heap, [data, ids, num], _, context) {
    const row = data!.shape.slice(ids!.shape.length);
    const out = onHeapZeros(heap, [Number(num!.data[0]), ...row]);
    const at = placeIndices(heap, ids!);
    const bytes = sizeOf(row) * FLOAT;
    generatedKernels()!.addRows(address(out), address(data!), address(at), ids!.size, bytes, 1);
    at.release();
    return settled(out, context);
  },
});

function onHeapZeros(heap: Heap, shape: readonly number[]): BackendValue {
  const value = heap.alloc(shape, sizeOf(shape));
  (value.data as Float32Array).fill(0);
  return value;
}

/** Adds rows to a variable, times `scale`. */
function scatter(scale: number, isResource: boolean): HeapKernel {
  return {
    when([handle, indices, updates]) {
      const { handle: cell } = handle!;
      const value = cell instanceof VariableCell ? cell.value : null;
      if (value === null || !isOnHeap(value) || !isOnHeap(updates!)) return false;
      if (value.shape.length === 0) return false;
      const wanted = [...indices!.shape, ...value.shape.slice(1)];
      return sameShape(wanted, updates.shape) && areBelow(indices!, value.shape[0]!);
    },
    run(heap, [handle, indices, updates], _, context) {
      const cell = context.cell(handle!);
      const at = placeIndices(heap, indices!);
      const variable = cell.writable();
      const bytes = (variable.size / variable.shape[0]!) * FLOAT;
      const places = [address(variable), address(updates!), address(at)];
      generatedKernels()!.addRows(...places, indices!.size, bytes, scale);
      at.release();
      return isResource ? [] : [context.handle(handle!.dtype, cell)];
    },
  };
}
for (const [name, scale] of [
  ['ScatterAdd', 1],
  ['ScatterSub', -1],
] as const) {
  heapKernel(name, scatter(scale, false));
  heapKernel(`Resource${name}`, scatter(scale, true));
}
