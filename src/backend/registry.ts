/** Kernels by TensorFlow's op type. Every kernel file registers its own here when it is imported. */

import type { Attrs, Kernel, Value } from '../core/kernels.ts';
import type { RunContext } from './context.ts';
import type { Heap } from './heap.ts';

/** A second kernel of an op, for large float32 inputs on the wasm heap. It equals the first within rounding. */
export interface HeapKernel {
  /** Whether it takes this call and is worth it. */
  when(inputs: readonly Value[], attrs: Attrs): boolean;
  run(
    heap: Heap,
    inputs: readonly Value[],
    attrs: Attrs,
    context: RunContext,
  ): Value | readonly Value[];
}

const kernels = new Map<string, Kernel>();
const heapKernels = new Map<string, HeapKernel>();

/** Registers the kernel of op `type`: the meaning of the op, for all its types. */
export function kernel(type: string, body: Kernel): void {
  if (kernels.has(type)) throw new Error(`Kernel '${type}' is registered twice.`);
  kernels.set(type, body);
}

/** Registers the kernel that op `type` uses for large float32 inputs where there is a wasm heap. */
export function heapKernel(type: string, body: HeapKernel): void {
  if (heapKernels.has(type)) throw new Error(`Heap kernel '${type}' is registered twice.`);
  heapKernels.set(type, body);
}

/** The kernel of op `type`, if there is one. With a heap it chooses by the inputs of each call. */
export function kernelOf(type: string, heap: Heap | null = null): Kernel | undefined {
  const host = kernels.get(type);
  const fast = heapKernels.get(type);
  if (!host || !fast || heap === null) return host;
  return (inputs, attrs, context) =>
    fast.when(inputs, attrs)
      ? fast.run(heap, inputs, attrs, context as RunContext)
      : host(inputs, attrs, context);
}

/** Every op type that has a kernel. */
export function kernelTypes(): string[] {
  return [...kernels.keys()];
}

/** Every op type that has a kernel for values on the wasm heap. */
export function heapKernelTypes(): string[] {
  return [...heapKernels.keys()];
}
