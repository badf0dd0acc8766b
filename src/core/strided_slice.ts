/**
 * What `t[...]` means: the sparse specification of a StridedSlice (one entry per index written,
 * with masks for ellipsis, new axes and shrunk ones) made dense (one range per dimension of the
 * input). Kernels, shape functions and arrays share it, so dimensions may be unknown.
 */

import { InvalidArgumentError } from './errors.ts';

/** The mask attributes of StridedSlice: bit i speaks of the i-th index written. */
export interface SliceMasks {
  readonly begin_mask: number;
  readonly end_mask: number;
  readonly ellipsis_mask: number;
  readonly new_axis_mask: number;
  readonly shrink_axis_mask: number;
}

/** A slice with a begin, an end and a stride per axis. */
export interface DenseSlice {
  /** First index taken of each input dimension; unspecified where the size is unknown. */
  readonly begin: number[];
  readonly strides: number[];
  /** How many indices are taken of each input dimension. */
  readonly sizes: (number | null)[];
  /** The result's shape: without shrunk dimensions, with new axes. */
  readonly shape: (number | null)[];
}

const NEW_AXIS = -2;
const SHRUNK = -1;

interface Range {
  begin: number;
  end: number;
  stride: number;
  openBegin: boolean;
  openEnd: boolean;
  shrink: boolean;
}

function refuse(message: string): never {
  throw new InvalidArgumentError(null, null, message);
}

/**
 * Resolves a slice specification for an input of shape `dims`. `begin` and `end` are `null` where
 * their numbers are not known yet. InvalidArgumentError for an index out of bounds, too many
 * indices, a stride of zero.
 */
export function denseSlice(
  dims: readonly (number | null)[],
  begin: readonly number[] | null,
  end: readonly number[] | null,
  strides: readonly number[],
  masks: SliceMasks,
): DenseSlice {
  const { ellipsis_mask: ellipsis } = masks;
  if ((ellipsis & (ellipsis - 1)) !== 0) refuse('Multiple ellipses in slice spec not allowed');
  const ranges: Range[] = [];
  const sources = expand(dims.length, begin, end, strides, masks, ranges);
  const known = begin !== null && end !== null;
  const sizes = ranges.map((range, axis) => resolve(range, axis, dims[axis]!, known));
  const shape: (number | null)[] = [];
  for (const source of sources) {
    if (source >= 0) shape.push(sizes[source]!);
    else if (source === NEW_AXIS) shape.push(1);
  }
  return {
    begin: ranges.map((range) => range.begin),
    strides: ranges.map((range) => range.stride),
    sizes,
    shape,
  };
}

/** One range per input dimension into `ranges`; returns what each index written becomes. */
function expand(
  rank: number,
  begin: readonly number[] | null,
  end: readonly number[] | null,
  strides: readonly number[],
  masks: SliceMasks,
  ranges: Range[],
): number[] {
  let { ellipsis_mask: ellipsis } = masks;
  let count = strides.length;
  if (ellipsis === 0) {
    ellipsis = 1 << count;
    count++;
  }
  const sources: number[] = [];
  const at = 31 - Math.clz32(ellipsis);
  for (let i = 0; i < count; i++) {
    const bit = 1 << i;
    if (i === at) {
      const after = countAxes(masks.new_axis_mask, i + 1, count);
      const next = Math.min(rank - (count - i) + 1 + after, rank);
      while (ranges.length < next) {
        sources.push(ranges.length);
        ranges.push({ begin: 0, end: 0, stride: 1, openBegin: true, openEnd: true, shrink: false });
      }
    } else if (masks.new_axis_mask & bit) {
      sources.push(NEW_AXIS);
    } else {
      if (ranges.length === rank) {
        refuse(`Index out of range using input dim ${rank}; input has only ${rank} dims`);
      }
      const shrink = (masks.shrink_axis_mask & bit) !== 0;
      sources.push(shrink ? SHRUNK : ranges.length);
      ranges.push({
        begin: begin?.[i] ?? 0,
        end: end?.[i] ?? 0,
        stride: strides[i]!,
        openBegin: (masks.begin_mask & bit) !== 0,
        openEnd: (masks.end_mask & bit) !== 0,
        shrink,
      });
    }
  }
  return sources;
}

function countAxes(mask: number, from: number, to: number): number {
  let count = 0;
  for (let i = from; i < to; i++) if (mask & (1 << i)) count++;
  return count;
}

/** Makes a range canonical for a dimension of size `dim`, and returns how many indices it takes. */
function resolve(range: Range, axis: number, dim: number | null, known: boolean): number | null {
  const { stride, shrink } = range;
  if (stride === 0) refuse(`strides[${axis}] must be non-zero`);
  if (dim === null) return shrink ? 1 : null;
  if (shrink && stride <= 0) refuse('only stride 1 allowed on non-range indexing.');
  if (!known) {
    if (shrink) return 1;
    return range.openBegin && range.openEnd && dim > 0 ? Math.ceil(dim / Math.abs(stride)) : null;
  }
  if (shrink) {
    const index = range.begin < 0 ? range.begin + dim : range.begin;
    if (index < 0 || index >= dim) {
      refuse(`slice index ${index} of dimension ${axis} out of bounds.`);
    }
    range.begin = index;
    return 1;
  }
  const low = stride > 0 ? 0 : -1;
  const high = stride > 0 ? dim : dim - 1;
  const clamp = (index: number) => Math.min(Math.max(index < 0 ? index + dim : index, low), high);
  const first = stride > 0 ? low : high;
  const last = stride > 0 ? high : low;
  range.begin = range.openBegin ? first : clamp(range.begin);
  const end = range.openEnd ? last : clamp(range.end);
  return Math.max(0, Math.ceil((end - range.begin) / stride));
}
