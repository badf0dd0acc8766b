/**
 * Arithmetic of static shapes, as TensorFlow's C++ shape functions do it: `null` is an unknown size,
 * or for a whole shape an unknown rank. Errors have the bare text; whoever builds the node adds
 * which node it was and what its input shapes are.
 */

import { ValueError } from './errors.ts';
import type { Dims } from './tensor.ts';

/** A static size, `null` if unknown. */
export type Dim = number | null;
/** How a window meets the borders: padded to cover every stride, or inside the input only. */
export type WindowPadding = 'SAME' | 'VALID';

// ---- one size ----------------------------------------------------------------------------------

/** A size in the C++ form: `?` if unknown. */
export function dimText(dim: Dim): string {
  return dim === null ? '?' : String(dim);
}

/** The one size that both may be. ValueError if they are known and differ. */
export function mergeDim(a: Dim, b: Dim): Dim {
  if (a === null) return b;
  if (b === null || a === b) return a;
  throw new ValueError(`Dimensions must be equal, but are ${a} and ${b}`);
}

/** `dim`, which must be `value` if it is known. */
export function withValue(dim: Dim, value: number): number {
  if (dim === null || dim === value) return value;
  throw new ValueError(`Dimension must be ${value} but is ${dim}`);
}

/** The sum of two sizes. */
export function addDim(a: Dim, b: Dim): Dim {
  return a === null || b === null ? null : a + b;
}

/** `a - b`. ValueError if that is negative. */
export function subtractDim(a: Dim, b: Dim): Dim {
  if (b === 0) return a;
  if (a === null || b === null) return null;
  if (a >= b) return a - b;
  throw new ValueError(`Negative dimension size caused by subtracting ${b} from ${a}`);
}

/** The product of two sizes: 0 as soon as one of them is. */
export function multiplyDim(a: Dim, b: Dim): Dim {
  if (a === 0 || b === 0) return 0;
  return a === null || b === null ? null : a * b;
}

/** `dim / divisor`, rounded down. ValueError if `evenly` and it leaves a rest. */
export function divideDim(dim: Dim, divisor: number, evenly: boolean = true): Dim {
  if (divisor === 1 || dim === null) return dim;
  if (divisor <= 0) throw new ValueError(`Divisor must be positive but is ${divisor}`);
  if (evenly && dim % divisor !== 0) {
    throw new ValueError(`Dimension size must be evenly divisible by ${divisor} but is ${dim}`);
  }
  return Math.floor(dim / divisor);
}

// ---- a shape -----------------------------------------------------------------------------------

/** A shape in the C++ form: `[2,?]`, and `?` if the rank is unknown. */
export function dimsText(dims: Dims): string {
  return dims === null ? '?' : `[${dims.map(dimText).join(',')}]`;
}

/** A shape of known rank and unknown sizes. */
export function unknownDims(rank: number): Dim[] {
  return new Array<Dim>(rank).fill(null);
}

/** Whether rank and every size are known. */
export function isFullyDefined(dims: Dims): dims is readonly number[] {
  return dims !== null && !dims.includes(null);
}

/** The number of elements, `null` if it is not known. */
export function sizeOf(dims: Dims): Dim {
  return isFullyDefined(dims) ? dims.reduce((size, dim) => size * dim, 1) : null;
}

/** Whether the two say exactly the same, unknown parts included. */
export function sameDims(a: Dims, b: Dims): boolean {
  if (a === null || b === null) return a === b;
  return a.length === b.length && a.every((dim, i) => dim === b[i]);
}

/** Whether some full shape fits both. */
export function compatible(a: Dims, b: Dims): boolean {
  if (a === null || b === null) return true;
  return a.length === b.length && a.every((dim, i) => compatibleDim(dim, b[i]!));
}

function compatibleDim(a: Dim, b: Dim): boolean {
  return a === null || b === null || a === b;
}

/** What both say together. ValueError if no full shape fits both. */
export function mergeDims(a: Dims, b: Dims): Dims {
  if (a === null || a === b) return b;
  if (b === null) return a;
  if (a.length !== b.length) {
    throw new ValueError(`Shapes must be equal rank, but are ${a.length} and ${b.length}`);
  }
  return a.map((dim, i) => {
    const other = b[i]!;
    if (dim === null || other === null || dim === other) return dim ?? other;
    throw new ValueError(
      `Dimension ${i} in both shapes must be equal, but are ${dim} and ${other}. ` +
        `Shapes are ${dimsText(a)} and ${dimsText(b)}.`,
    );
  });
}

/** `dims` whose leading sizes are merged with `prefix`. ValueError if they do not fit. */
export function mergePrefix(dims: Dims, prefix: Dims): Dims {
  if (dims === null || prefix === null) return dims;
  withRankAtLeast(dims, prefix.length);
  return dims.map((dim, i) => (i < prefix.length ? mergeDim(dim, prefix[i]!) : dim));
}

/** The shape of an elementwise operation on two shapes. ValueError if they do not broadcast. */
export function broadcastDims(a: Dims, b: Dims): Dims {
  if (a === null || b === null) return null;
  const rank = Math.max(a.length, b.length);
  const result: Dim[] = [];
  for (let i = 0; i < rank; i++) {
    const atA = i - (rank - a.length);
    const atB = i - (rank - b.length);
    result.push(broadcastDim(atA < 0 ? 1 : a[atA]!, atB < 0 ? 1 : b[atB]!));
  }
  return result;
}

/** A size above 1 wins over an unknown one: the program is taken to be right. */
function broadcastDim(a: Dim, b: Dim): Dim {
  if (a === 1) return b;
  if (b === 1) return a;
  if (a !== null && b !== null) return mergeDim(a, b);
  const known = a ?? b;
  return known !== null && known > 1 ? known : null;
}

/** One shape after the other; unknown if either rank is. */
export function concatDims(a: Dims, b: Dims): Dims {
  return a === null || b === null ? null : [...a, ...b];
}

/** The sizes from `start` up to `end`, which may be negative; unknown for an unknown rank. */
export function sliceDims(dims: Dims, start: number, end?: number): Dims {
  return dims === null ? null : dims.slice(start, end);
}

/** `dims` with another size at `index`, which may be negative. ValueError outside the rank. */
export function replaceDim(dims: Dims, index: number, dim: Dim): Dims {
  if (dims === null) return null;
  const at = index < 0 ? dims.length + index : index;
  if (at < 0 || at >= dims.length) {
    throw new ValueError(
      `Out of range dim_index ${index} for shape with ${dims.length} dimensions`,
    );
  }
  return dims.map((old, i) => (i === at ? dim : old));
}

/** `dims`, which must have the rank; of unknown rank, unknown sizes. ValueError otherwise. */
export function withRank(dims: Dims, rank: number): readonly Dim[] {
  if (dims === null) return unknownDims(rank);
  if (dims.length === rank) return dims;
  throw new ValueError(`Shape must be rank ${rank} but is rank ${dims.length}`);
}

/** `dims`, which must have the rank or more if it is known. ValueError otherwise. */
export function withRankAtLeast(dims: Dims, rank: number): Dims {
  if (dims === null || dims.length >= rank) return dims;
  throw new ValueError(`Shape must be at least rank ${rank} but is rank ${dims.length}`);
}

/** `dims`, which must have the rank or less if it is known. ValueError otherwise. */
export function withRankAtMost(dims: Dims, rank: number): Dims {
  if (dims === null || dims.length <= rank) return dims;
  throw new ValueError(`Shape must be at most rank ${rank} but is rank ${dims.length}`);
}

// ---- shapes of families of ops -----------------------------------------------------------------

/**
 * The shape of a reduction along `axes`, which may be negative, and are `undefined` if not known
 * while the graph is built. ValueError for an axis outside the rank.
 */
export function reducedDims(
  dims: Dims,
  axes: readonly number[] | undefined,
  keep: boolean = false,
): Dims {
  if (dims === null) return axes?.length === 0 ? dims : null;
  if (axes === undefined) return keep ? unknownDims(dims.length) : null;
  const rank = dims.length;
  const reduced = new Set<number>();
  for (const axis of axes) {
    if (axis < -rank || axis >= rank) {
      throw new ValueError(
        `Invalid reduction dimension ${axis} for input with ${rank} dimensions.`,
      );
    }
    reduced.add(axis < 0 ? axis + rank : axis);
  }
  if (keep) return dims.map((dim, i) => (reduced.has(i) ? 1 : dim));
  return dims.filter((_, i) => !reduced.has(i));
}

/** How many windows fit along one dimension, in steps of `stride`; `dilation` spreads a window. */
export function windowDim(
  input: Dim,
  window: Dim,
  stride: number,
  padding: WindowPadding,
  dilation: number = 1,
): Dim {
  if (stride <= 0) throw new ValueError(`Stride must be > 0, but got ${stride}`);
  if (dilation < 1) throw new ValueError(`Dilation rate must be >= 1, but got ${dilation}`);
  if (padding === 'SAME') return divideDim(addDim(input, stride - 1), stride, false);
  const extent = window === null ? null : (window - 1) * dilation + 1;
  return divideDim(addDim(subtractDim(input, extent), stride), stride, false);
}

/** The spatial sizes that a convolution or a pooling gives, one of each per spatial dimension. */
export function windowDims(
  inputs: readonly Dim[],
  windows: readonly Dim[],
  strides: readonly number[],
  padding: WindowPadding,
  dilations: readonly number[] = [],
): Dim[] {
  return inputs.map((input, i) =>
    windowDim(input, windows[i]!, strides[i]!, padding, dilations[i] ?? 1),
  );
}
