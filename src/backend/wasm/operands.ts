/** Values of kernels as addresses: what lies elsewhere is copied to the heap, and small results are taken from it. */

import { float32 } from '../../core/dtype.ts';
import type { KernelContext, Value } from '../../core/kernels.ts';
import { HEAP_MINIMUM, type Heap } from '../heap.ts';
import { type BackendValue, sizeOf } from '../value.ts';

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
 * Results of `shapes` that `compute` writes, given their addresses, those of `inputs`, and that of
 * `scratch` bytes to work in.
 */
export function computedAll(
  heap: Heap,
  context: KernelContext,
  shapes: readonly (readonly number[])[],
  inputs: readonly Value[],
  scratch: number,
  compute: (outs: readonly number[], inputs: readonly number[], scratch: number) => void,
): Value[] {
  const given = inputs.map((value) => onHeap(heap, value));
  const outs = shapes.map((shape) => heap.alloc(shape, sizeOf(shape)));
  const room = Math.ceil(scratch / 4);
  const work = room > 0 ? heap.alloc([room], room) : null;
  compute(outs.map(address), given.map(address), work ? address(work) : 0);
  for (const value of given) value.release();
  work?.release();
  return outs.map((out) => settled(out, context));
}

/** The same for one result. */
export function computed(
  heap: Heap,
  context: KernelContext,
  shape: readonly number[],
  inputs: readonly Value[],
  scratch: number,
  compute: (out: number, inputs: readonly number[], scratch: number) => void,
): Value {
  const results = computedAll(heap, context, [shape], inputs, scratch, (outs, given, room) =>
    compute(outs[0]!, given, room),
  );
  return results[0]!;
}
