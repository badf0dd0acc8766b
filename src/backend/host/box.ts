/**
 * One strided copy carries the whole array family: a slice, a transpose, a tile, a pad, a concat or
 * a block rearrangement is a box of elements walked with one set of strides where it is read and
 * another where it is written. Runs that lie together in both are copied as blocks.
 */

import type { Data, DType, Text, TypedArray } from '../../core/dtype.ts';
import { elementWidth } from '../../core/dtype.ts';
import { InvalidArgumentError } from '../../core/errors.ts';
import type { KernelContext, Value } from '../../core/kernels.ts';

/** Below this length a loop beats the call of `TypedArray.set`. */
const SHORT_RUN = 48;

/** Throws the InvalidArgumentError that kernels raise for unusable values. */
export function invalid(message: string): never {
  throw new InvalidArgumentError(null, null, message);
}

/** A shape as TensorFlow's kernels print it: `[2,3]`. */
export function shapeText(shape: readonly number[]): string {
  return `[${shape.join(',')}]`;
}

/** The number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const dim of shape) size *= dim;
  return size;
}

/** The product of `shape[from:to]`. */
export function product(shape: readonly number[], from: number, to: number): number {
  let size = 1;
  for (let i = from; i < to; i++) size *= shape[i]!;
  return size;
}

/** `shape` with another size at `axis`. */
export function withDim(shape: readonly number[], axis: number, dim: number): number[] {
  const result = shape.slice();
  result[axis] = dim;
  return result;
}

/** `shape` with a dimension inserted before `axis`. */
export function withAxis(shape: readonly number[], axis: number, dim: number): number[] {
  return [...shape.slice(0, axis), dim, ...shape.slice(axis)];
}

/** `shape` without the dimension `axis`. */
export function withoutAxis(shape: readonly number[], axis: number): number[] {
  return [...shape.slice(0, axis), ...shape.slice(axis + 1)];
}

/** Row-major strides, in elements. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = stride;
    stride *= shape[i]!;
  }
  return strides;
}

/** The numbers of an integer input. */
export function ints(value: Value): number[] {
  return Array.from(value.data as TypedArray);
}

/** The only number of an input that holds one. */
export function scalar(value: Value): number {
  return (value.data as TypedArray)[0]!;
}

/** A new value of a numeric type that holds `values`; rank 1 if no shape is given. */
export function numbers(
  context: KernelContext,
  dtype: DType,
  values: ArrayLike<number>,
  shape: readonly number[] = [values.length],
): Value {
  const result = context.alloc(dtype, shape);
  (result.data as TypedArray).set(values);
  return result;
}

/** An input passed on as an output. */
export function same(context: KernelContext, value: Value): Value {
  return context.view(value, value.shape);
}

/** Copies `count` storage elements that lie together. */
export function copyRun(to: Data, at: number, from: Data, start: number, count: number): void {
  if (count >= SHORT_RUN && !Array.isArray(to)) {
    to.set((from as TypedArray).subarray(start, start + count), at);
  } else if (to instanceof Float32Array) {
    // The commonest type on its own keeps this loop fast.
    const source = from as Float32Array;
    for (let i = 0; i < count; i++) to[at + i] = source[start + i]!;
  } else {
    // Indexing is the same for both kinds of storage; the type only has to be one of them.
    const target = to as Text[];
    const source = from as Text[];
    for (let i = 0; i < count; i++) target[at + i] = source[start + i]!;
  }
}

/** Sets `count` elements, from element `at` on, to the first element of `value`. */
export function fillRun(to: Data, at: number, count: number, value: Data, width: number): void {
  if (width === 1) {
    (to as Text[]).fill((value as Text[])[0]!, at, at + count);
    return;
  }
  const [real = 0, imaginary = 0] = value as TypedArray;
  const target = to as TypedArray;
  for (let i = 2 * at; i < 2 * (at + count); i += 2) {
    target[i] = real;
    target[i + 1] = imaginary;
  }
}

/** Where a box lies in some storage: its first element and the step along each of its dimensions. */
export interface Place {
  readonly offset: number;
  readonly strides: readonly number[];
}

/** The place of a whole row-major array. */
export function wholeOf(shape: readonly number[]): Place {
  return { offset: 0, strides: stridesOf(shape) };
}

/** A copy of floats: sizes and steps of its dimensions, which do not repeat each other's walk. */
export interface CopyWalk {
  readonly counts: readonly number[];
  readonly to: Float32Array;
  readonly from: Float32Array;
  readonly target: { readonly at: number; readonly steps: readonly number[] };
  readonly source: { readonly at: number; readonly steps: readonly number[] };
}

let faster: ((walk: CopyWalk) => boolean) | null = null;

/** Lets `copy` take the copies of floats that it can; it answers whether it did. */
export function useBoxCopy(copy: (walk: CopyWalk) => boolean): void {
  faster = copy;
}

/** Copies a box of size `dims` of elements of `dtype`. Strides may be negative; 0 repeats. */
export function copyBox(
  dtype: DType,
  dims: readonly number[],
  to: Data,
  target: Place,
  from: Data,
  source: Place,
): void {
  const width = elementWidth(dtype);
  const walk = new Walk();
  for (let i = 0; i < dims.length; i++) {
    if (dims[i] === 0) return;
    walk.add(dims[i]!, target.strides[i]! * width, source.strides[i]! * width);
  }
  if (width > 1) walk.add(width, 1, 1);
  walk.start(to, target.offset * width, from, source.offset * width);
}

/** Elements in a line of the cache, about. */
const FAR = 8;

/** The dimensions of a box, merged where both sides walk over them in one stride. */
class Walk {
  readonly #counts: number[] = [];
  readonly #targetSteps: number[] = [];
  readonly #sourceSteps: number[] = [];

  add(count: number, targetStep: number, sourceStep: number): void {
    if (count === 1) return;
    const last = this.#counts.length - 1;
    const joins =
      last >= 0 &&
      this.#targetSteps[last] === targetStep * count &&
      this.#sourceSteps[last] === sourceStep * count;
    if (joins) {
      this.#counts[last]! *= count;
      this.#targetSteps[last] = targetStep;
      this.#sourceSteps[last] = sourceStep;
      return;
    }
    this.#counts.push(count);
    this.#targetSteps.push(targetStep);
    this.#sourceSteps.push(sourceStep);
  }

  /** Copies all, from element `start` on to element `at` on. */
  start(to: Data, at: number, from: Data, start: number): void {
    if (faster !== null && to instanceof Float32Array && !this.#isTransposed()) {
      const target = { at, steps: this.#targetSteps };
      const source = { at: start, steps: this.#sourceSteps };
      const counts = this.#counts;
      if (faster({ counts, to, from: from as Float32Array, target, source })) return;
    }
    this.copy(0, to, at, from, start);
  }

  /** Whether lines jump so far that blocks of two dimensions are better. */
  #isTransposed(): boolean {
    const last = this.#counts.length - 1;
    if (last < 1) return false;
    const steps = [this.#targetSteps[last]!, this.#sourceSteps[last]!];
    return steps.some((step) => Math.abs(step) > FAR);
  }

  copy(level: number, to: Data, at: number, from: Data, start: number): void {
    const last = this.#counts.length - 1;
    if (last < 0) {
      copyRun(to, at, from, start, 1);
      return;
    }
    const count = this.#counts[level]!;
    const targetStep = this.#targetSteps[level]!;
    const sourceStep = this.#sourceSteps[level]!;
    if (level === last) {
      copySteps(count, to, at, targetStep, from, start, sourceStep);
      return;
    }
    if (level === last - 1 && this.#isScattered(last) && to instanceof Float32Array) {
      const target = { at, row: targetStep, column: this.#targetSteps[last]! };
      const source = { at: start, row: sourceStep, column: this.#sourceSteps[last]! };
      copyPlane(count, this.#counts[last]!, to, target, from as Float32Array, source);
      return;
    }
    for (let i = 0; i < count; i++) {
      this.copy(level + 1, to, at + i * targetStep, from, start + i * sourceStep);
    }
  }

  /** Whether the elements along `level` do not lie together on both sides. */
  #isScattered(level: number): boolean {
    return this.#targetSteps[level] !== 1 || this.#sourceSteps[level] !== 1;
  }
}

interface Plane {
  readonly at: number;
  readonly row: number;
  readonly column: number;
}

/** Rows and columns of a block that fits the cache on both sides. */
const BLOCK = 32;

/** Copies two dimensions at once, block by block, as a transpose needs it. */
function copyPlane(
  rows: number,
  columns: number,
  to: Float32Array,
  target: Plane,
  from: Float32Array,
  source: Plane,
): void {
  const { row: targetRow, column: targetColumn } = target;
  const { row: sourceRow, column: sourceColumn } = source;
  for (let top = 0; top < rows; top += BLOCK) {
    const bottom = Math.min(rows, top + BLOCK);
    for (let left = 0; left < columns; left += BLOCK) {
      const right = Math.min(columns, left + BLOCK);
      for (let i = top; i < bottom; i++) {
        let a = target.at + i * targetRow + left * targetColumn;
        let b = source.at + i * sourceRow + left * sourceColumn;
        for (let j = left; j < right; j++, a += targetColumn, b += sourceColumn) to[a] = from[b]!;
      }
    }
  }
}

function copySteps(
  count: number,
  to: Data,
  at: number,
  targetStep: number,
  from: Data,
  start: number,
  sourceStep: number,
): void {
  if (targetStep === 1 && sourceStep === 1) {
    copyRun(to, at, from, start, count);
    return;
  }
  const target = to as Text[];
  const source = from as Text[];
  if (targetStep === 1 && sourceStep === 0) {
    target.fill(source[start]!, at, at + count);
    return;
  }
  if (to instanceof Float32Array) {
    const numbers = from as Float32Array;
    for (let i = 0, a = at, b = start; i < count; i++, a += targetStep, b += sourceStep) {
      to[a] = numbers[b]!;
    }
    return;
  }
  for (let i = 0, a = at, b = start; i < count; i++, a += targetStep, b += sourceStep) {
    target[a] = source[b]!;
  }
}
