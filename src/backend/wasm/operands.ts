/** Values of kernels as addresses: what lies elsewhere is copied to the heap, and small results are taken from it. */

import { float32 } from '../../core/dtype.ts';
import type { KernelContext, Value } from '../../core/kernels.ts';
import { HEAP_MINIMUM, type Heap } from '../heap.ts';
import type { BackendValue } from '../value.ts';

const floats = (value: Value): Float32Array => value.data as Float32Array;

/** Where a float32 value on the heap lies. */
export const address = (value: Value): number => floats(value).byteOffset;

/** A float32 value on the heap: itself, or a copy; to be released. */
export function onHeap(heap: Heap, value: Value): BackendValue {
  const given = value as BackendValue;
  return given.buffer.heap ? given.view(value.shape) : heap.upload(value.shape, floats(value));
}

/** `value`, which goes to JavaScript's memory if it is small. */
export function settled(value: BackendValue, context: KernelContext): Value {
  if (value.size >= HEAP_MINIMUM) return value;
  const out = context.alloc(float32, value.shape);
  floats(out).set(floats(value));
  value.release();
  return out;
}

/**
 * A result of `shape` that `compute` writes, given its address, those of `inputs`, and that of `scratch`
 * bytes to work in.
 */
export function computed(
  heap: Heap,
  context: KernelContext,
  shape: readonly number[],
  inputs: readonly Value[],
  scratch: number,
  compute: (out: number, inputs: readonly number[], scratch: number) => void,
): Value {
  const given = inputs.map((value) => onHeap(heap, value));
  const size = shape.reduce((product, n) => product * n, 1);
  const out = heap.alloc(shape, size);
  const room = Math.ceil(scratch / 4);
  const work = room > 0 ? heap.alloc([room], room) : null;
  compute(address(out), given.map(address), work ? address(work) : 0);
  for (const value of given) value.release();
  work?.release();
  return settled(out, context);
}
