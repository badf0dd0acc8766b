/**
 * Numbers that TF1's Python would see as integers, and what is known of a tensor that stands for a
 * shape, an axis or a size.
 */

import { unknownDims, withRank } from '../core/dims.ts';
import { int32 } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { Operand } from '../core/operand.ts';
import { Dimension } from '../core/shape.ts';
import type { Dims, Static, TensorLike } from '../core/tensor.ts';

/** A plain number, or a list of nothing but numbers, as int32; anything else as it is. */
export function integers(value: TensorLike): TensorLike {
  return isPlain(value) ? int32(value) : value;
}

function isPlain(value: unknown): boolean {
  return typeof value === 'number' || (Array.isArray(value) && value.every(isPlain));
}

/** Whether a value, or a member of a list, is a tensor or stands for one. */
export function holdsTensor(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsTensor);
  return value instanceof Operand || value instanceof Dimension;
}

/** The numbers of an integer tensor whose value is known. */
export function intsOf({ constant }: Static): number[] | undefined {
  return constant && Array.from(constant.data as ArrayLike<number>);
}

/** The number of a scalar integer tensor whose value is known. */
export function intOf(value: Static): number | undefined {
  return value.constant && (value.constant.data as ArrayLike<number>)[0];
}

/** The static shape that the value of `tensor`, a vector of sizes, stands for; -1 is unknown. */
export function shapeOf(tensor: Static): Dims {
  const [length] = withRank(tensor.dims, 1);
  const { known } = tensor;
  if (known) return known.map(sizeFrom);
  return length === null || length === undefined ? null : unknownDims(length);
}

function sizeFrom(size: number | null): number | null {
  if (size === null || size === -1) return null;
  if (size < -1) throw new ValueError(`Dimension ${size} must be >= 0`);
  return size;
}

/** `axis` counted from the front of `rank` dimensions; `undefined` outside of them. */
export function frontAxis(axis: number, rank: number): number | undefined {
  const front = axis < 0 ? axis + rank : axis;
  return front >= 0 && front < rank ? front : undefined;
}
