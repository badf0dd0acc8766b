/**
 * What numeric host kernels share: the numbers of a value, rounding to the 16-bit float types, and
 * errors in TensorFlow's words.
 */

import type { DType, TypedArray } from '../../core/dtype.ts';
import { bfloat16, float16 } from '../../core/dtype.ts';
import { UnimplementedError } from '../../core/errors.ts';
import { roundToBfloat16, roundToHalf } from '../../core/half.ts';
import type { Value } from '../../core/kernels.ts';

/** The numbers of a value that holds no strings. Valid until the next allocation. */
export function numbersOf(value: Value): TypedArray {
  return value.data as TypedArray;
}

/** Rounds float32 numbers in place to float16 or bfloat16; other types stay as they are. */
export function roundTo16(data: TypedArray, dtype: DType): void {
  if (dtype === float16) for (let i = 0; i < data.length; i++) data[i] = roundToHalf(data[i]!);
  else if (dtype === bfloat16) {
    for (let i = 0; i < data.length; i++) data[i] = roundToBfloat16(data[i]!);
  }
}

/** Throws UnimplementedError; whoever runs the node adds the node. */
export function unimplemented(text: string): never {
  throw new UnimplementedError(null, null, text);
}

/** Whether two shapes are equal. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
