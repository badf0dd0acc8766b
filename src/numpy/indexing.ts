/** What Python's `a[1:3, ..., None]` takes out of an array. */

import { type Data, type DType, elementWidth, newData } from '../core/dtype.ts';
import { IndexError } from '../core/errors.ts';
import { type IndexItem, type SliceRange, sliceRange } from '../core/index_spec.ts';
import type { Literal } from '../core/tensor.ts';
import { sizeOf } from './shapes.ts';

/** One axis of the result, or one that an integer took: where it goes in the source. */
interface Axis extends SliceRange {
  /** The axis of the source, or -1 for a new one. */
  readonly source: number;
  readonly dropped: boolean;
}

function axesOf(items: readonly IndexItem[], shape: readonly number[]): Axis[] {
  const used = items.filter(({ kind }) => kind === 'index' || kind === 'slice').length;
  if (used > shape.length) {
    throw new IndexError(
      `too many indices for array: array is ${shape.length}-dimensional, but ${used} were indexed`,
    );
  }
  const axes: Axis[] = [];
  let source = 0;
  const rest = (count: number): void => {
    for (const end = source + count; source < end; source++) {
      axes.push({ source, start: 0, step: 1, count: shape[source]!, dropped: false });
    }
  };
  for (const item of items) {
    if (item.kind === 'newaxis') {
      axes.push({ source: -1, start: 0, step: 0, count: 1, dropped: false });
    } else if (item.kind === 'ellipsis') rest(shape.length - used);
    else if (item.kind === 'slice') {
      axes.push({ source, dropped: false, ...sliceRange(item, shape[source]!) });
      source++;
    } else {
      axes.push(indexAxis(item.index, source, shape[source]!));
      source++;
    }
  }
  rest(shape.length - source);
  return axes;
}

function indexAxis(index: number, source: number, size: number): Axis {
  const start = index < 0 ? index + size : index;
  if (start < 0 || start >= size) {
    throw new IndexError(`index ${index} is out of bounds for axis ${source} with size ${size}`);
  }
  return { source, start, step: 1, count: 1, dropped: true };
}

/** What the indices choose of an array: its shape and a copy of the elements. */
export function take(
  { dtype, shape, data }: Literal,
  items: readonly IndexItem[],
): { shape: number[]; data: Data } {
  const axes = axesOf(items, shape);
  const taken = axes.flatMap((axis) => (axis.dropped ? [] : [axis.count]));
  return { shape: taken, data: copyRuns(dtype, data, axes, shape) };
}

/** The elements in the order of the result, copied in runs of what lies together. */
function copyRuns(dtype: DType, data: Data, axes: readonly Axis[], shape: readonly number[]): Data {
  const width = elementWidth(dtype);
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  let outer = axes.length;
  let run = 1;
  // Whole axes at the end lie together, and so does one range of neighbours before them.
  while (outer > 0 && run === (strides[axes[outer - 1]!.source] ?? run)) {
    const { step, count } = axes[outer - 1]!;
    if (step > 1 || step < 0) break;
    run *= count;
    outer--;
  }
  const first = axes.slice(outer).reduce((at, axis) => at + offset(axis, 0, strides), 0);
  const starts = startsOf(axes.slice(0, outer), strides, first);
  if (starts.length === 1) return data.slice(starts[0]! * width, (starts[0]! + run) * width);
  const out = newData(dtype, starts.length * run);
  for (let i = 0, to = 0; i < starts.length; i++) {
    const from = starts[i]! * width;
    for (let part = 0; part < run * width; part++) out[to++] = data[from + part]!;
  }
  return out;
}

function offset({ source, start, step }: Axis, i: number, strides: readonly number[]): number {
  return source < 0 ? 0 : (start + i * step) * strides[source]!;
}

/** The flat positions where the runs start. */
function startsOf(axes: readonly Axis[], strides: readonly number[], first: number): number[] {
  let starts = [first];
  for (const axis of axes) {
    const steps = Array.from({ length: axis.count }, (_, i) => offset(axis, i, strides));
    const next: number[] = [];
    for (const base of starts) for (const step of steps) next.push(base + step);
    starts = next;
  }
  return starts;
}
