/** Storage of small float32 values, used again: in V8 a typed array costs more to make than to fill. */

import { HEAP_MINIMUM } from './heap.ts';
import type { Pool } from './value.ts';

/** At most so many arrays of one size are kept. */
const KEPT = 64;

/** The pool of one session. */
export class SmallPool implements Pool {
  private readonly bySize: Float32Array[][] = [];

  /** An array of `size` elements whose contents are not set. */
  give(size: number): Float32Array {
    return this.bySize[size]?.pop() ?? new Float32Array(size);
  }

  take(data: Float32Array): void {
    const { length } = data;
    if (length >= HEAP_MINIMUM) return;
    this.bySize[length] ??= [];
    const list = this.bySize[length];
    if (list.length < KEPT) list.push(data);
  }
}
