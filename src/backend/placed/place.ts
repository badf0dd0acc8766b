/**
 * Places: where the numbers of a specialised plan are on the wasm heap. A plan decides its places once;
 * a run only reads and writes them.
 */

import { bool, type DType, float32, int32 } from '../../core/dtype.ts';
import type { Literal } from '../../core/tensor.ts';
import { sizeOf } from '../value.ts';

/** An address in bytes. That of a variable or of another kernel's result is set as a run goes on. */
export interface Home {
  at: number;
}

/** What is known of a value when a plan is specialised. */
export interface Described {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** The value itself, where it follows from constants and shapes. */
  readonly constant?: Literal | undefined;
}

/** Numbers of a type and shape at a home. */
export interface Place extends Described {
  readonly home: Home;
  readonly size: number;
}

/** What is `bytes` behind `home`. */
export function behind(home: Home, bytes: number): Home {
  return {
    get at() {
      return home.at + bytes;
    },
  };
}

/** A place for `described` at `home`. */
export function placeAt(home: Home, { dtype, shape, constant }: Described): Place {
  return { dtype, shape, constant, home, size: sizeOf(shape) };
}

/** Whether values of a type can have places. */
export function isPlaceable(dtype: DType): boolean {
  return dtype === float32 || dtype === int32 || dtype === bool;
}

/** The bytes that `size` elements of a type take at a place. */
export function placeBytes(dtype: DType, size: number): number {
  return dtype === bool ? size : 4 * size;
}
