/** Kernels by TensorFlow's op type. Every kernel file registers its own here when it is imported. */

import type { Kernel } from '../core/kernels.ts';

const kernels = new Map<string, Kernel>();

/** Registers the kernel of op `type`. */
export function kernel(type: string, body: Kernel): void {
  if (kernels.has(type)) throw new Error(`Kernel '${type}' is registered twice.`);
  kernels.set(type, body);
}

/** The kernel of op `type`, if there is one. */
export function kernelOf(type: string): Kernel | undefined {
  return kernels.get(type);
}
