/**
 * Which part of a tensor a slice is: for each axis all of it, or a start and a length; and how a
 * slice is written where tensors are saved and restored (`'4 3 0,2:-'`).
 */

import { InvalidArgumentError } from './errors.ts';

/** The part of an axis; `null` is all of it. */
export type Extent = { readonly start: number; readonly length: number } | null;
/** One extent per axis. */
export type TensorSlice = readonly Extent[];

/** A slice, the shape of the whole, and its own. */
export interface ShapeAndSlice {
  readonly shape: readonly number[];
  readonly slice: TensorSlice;
  readonly sliceShape: readonly number[];
}

function invalid(message: string): InvalidArgumentError {
  return new InvalidArgumentError(null, null, message);
}

/** The slice that is all of a tensor of this rank. */
export function fullSlice(rank: number): TensorSlice {
  return new Array<Extent>(rank).fill(null);
}

/** `-` for all of an axis, `start,length` for a part, axes between colons. */
export function sliceText(slice: TensorSlice): string {
  return slice.map((part) => (part ? `${part.start},${part.length}` : '-')).join(':');
}

/** `[4,3]`, as kernels print shapes. */
export function shapeText(shape: readonly number[]): string {
  return `[${shape.join(',')}]`;
}

/** The shape of `slice` of a tensor of `shape`. InvalidArgumentError where it does not fit. */
export function shapeOfSlice(slice: TensorSlice, shape: readonly number[]): number[] {
  if (slice.length !== shape.length) {
    throw invalid(`Mismatching ranks: shape = ${shapeText(shape)}, slice = ${sliceText(slice)}`);
  }
  return slice.map((part, axis) => {
    if (part === null) return shape[axis]!;
    if (part.start + part.length > shape[axis]!) {
      throw invalid(
        `Extent in dimension ${axis} out of bounds: shape = ${shapeText(shape)}, slice = ${sliceText(slice)}`,
      );
    }
    return part.length;
  });
}

/** Whether `slice` is all of a tensor of `shape`. */
export function isFullSlice(slice: TensorSlice, shape: readonly number[]): boolean {
  return slice.every((part, axis) => part === null || part.length === shape[axis]);
}

/** Reads `'4 3 0,2:-'`: the whole shape, then the slice. InvalidArgumentError for anything else. */
export function parseShapeAndSlice(text: string): ShapeAndSlice {
  const words = text.trim() === '' ? [''] : text.split(' ');
  if (words.length < 2 && words[0] !== '') {
    throw invalid(`Need least two elements in shape_and_slice specification: ${text}`);
  }
  const shape = words.slice(0, -1).map((word) => {
    if (!/^\d{1,15}$/.test(word)) {
      throw invalid(`Non numerical dimension in shape_and_slice: ${text}`);
    }
    return Number(word);
  });
  const slice = parseSlice(words.at(-1)!);
  return { shape, slice, sliceShape: shapeOfSlice(slice, shape) };
}

function parseSlice(text: string): TensorSlice {
  if (text === '') return [];
  return text.split(':').map((part) => {
    if (part === '-') return null;
    const pair = /^(-?\d{1,15}),(-?\d{1,15})$/.exec(part);
    if (!pair) {
      throw invalid(`Expected a pair of numbers or '-' but got '${part}': string = ${text}`);
    }
    const [start, length] = [Number(pair[1]), Number(pair[2])];
    if (start < 0 || length <= 0) {
      throw invalid(
        `Expected non-negative start and positive length but got start = ${start}, length = ${length}: string = ${text}`,
      );
    }
    return { start, length };
  });
}

/** Where two slices of one tensor overlap; `null` where they do not. */
export function intersection(a: TensorSlice, b: TensorSlice): TensorSlice | null {
  const common: Extent[] = [];
  for (const [axis, one] of a.entries()) {
    const other = b[axis] ?? null;
    if (one === null || other === null) {
      common.push(one ?? other);
      continue;
    }
    const start = Math.max(one.start, other.start);
    const length = Math.min(one.start + one.length, other.start + other.length) - start;
    if (length <= 0) return null;
    common.push({ start, length });
  }
  return common;
}
