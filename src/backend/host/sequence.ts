/** Sequences of numbers, and counts of how often numbers occur. */

import { type DType, float32, type TypedArray } from '../../core/dtype.ts';
import type { Value } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';
import { invalid, scalar, shapeText } from './box.ts';
import { laneOf, type Numbers, settle } from './lanes.ts';

// ---- sequences -------------------------------------------------------------------------------

kernel('Range', ([start, limit, delta], _attrs, context) => {
  for (const [name, value] of [
    ['start', start!],
    ['limit', limit!],
    ['delta', delta!],
  ] as const) {
    if (value.shape.length > 0) {
      invalid(`${name} must be a scalar, not shape ${shapeText(value.shape)}`);
    }
  }
  const [from, to, step] = [scalar(start!), scalar(limit!), scalar(delta!)];
  if (step === 0) invalid(`Requires delta != 0: ${step}`);
  if (step > 0 && from > to) invalid(`Requires start <= limit when delta > 0: ${from}/${to}`);
  if (step < 0 && from < to) invalid(`Requires start >= limit when delta < 0: ${from}/${to}`);
  const y = context.alloc(start!.dtype, [Math.ceil(Math.abs((to - from) / step))]);
  const data = y.data as Numbers;
  for (let i = 0; i < data.length; i++) data[i] = from + i * step;
  settle(laneOf(y.dtype), data, data);
  return y;
});

kernel('LinSpace', ([start, stop, num], _attrs, context) => {
  const count = scalar(num!);
  if (count <= 0) invalid(`Requires num > 0: ${count}`);
  const [from, to] = [scalar(start!), scalar(stop!)];
  const y = context.alloc(start!.dtype, [count]);
  const round = start!.dtype === float32 ? Math.fround : (x: number) => x;
  const step = count > 1 ? round(round(to - from) / (count - 1)) : 0;
  const data = y.data as Numbers;
  for (let i = 0; i < count - 1; i++) data[i] = from + round(step * i);
  data[count - 1] = count > 1 ? to : from;
  settle(laneOf(y.dtype), data, data);
  return y;
});

// ---- counts ----------------------------------------------------------------------------------

kernel('Bincount', ([arr, size, weights], _attrs, context) => {
  const count = scalar(size!);
  if (count < 0) invalid(`size (${count}) must be non-negative`);
  const bins = context.zeros(weights!.dtype, [count]);
  const values = arr!.data as TypedArray;
  const amounts = weights!.data as TypedArray;
  if (amounts.length > 0 && amounts.length !== values.length) {
    invalid('Input indices and weights must have the same size.');
  }
  const data = bins.data as TypedArray;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < 0) invalid('Input arr must be non-negative!');
    if (value < count) data[value]! += amounts.length > 0 ? amounts[i]! : 1;
  }
  return bins;
});

kernel('HistogramFixedWidth', ([values, range, nbins], attrs, context) => {
  const count = scalar(nbins!);
  const [low, high] = rangeOf(range!);
  if (count <= 0) invalid(`nbins should be a positive number, but got '${count}'`);
  const y = context.zeros(attrs.dtype as DType, [count]);
  const counts = y.data as TypedArray;
  const data = values!.data as TypedArray;
  const step = (high - low) / count;
  for (let i = 0; i < data.length; i++) {
    const bin = Math.floor((data[i]! - low) / step);
    if (Number.isNaN(bin)) invalid('Histogram values must not contain NaN');
    counts[Math.min(Math.max(bin, 0), count - 1)]!++;
  }
  return y;
});

function rangeOf(range: Value): [low: number, high: number] {
  if (range.shape.length !== 1 || range.size !== 2) {
    const text = shapeText(range.shape);
    invalid(`value_range should be a vector of 2 elements, but got shape ${text}`);
  }
  const [low = 0, high = 0] = range.data as TypedArray;
  if (!(low < high)) {
    invalid(
      `value_range should satisfy value_range[0] < value_range[1], but got '[${low}, ${high}]'`,
    );
  }
  return [low, high];
}
