/**
 * How windows slide over images: the geometry of convolution, pooling and patches. Two-dimensional
 * images are volumes of depth 1, and channels are brought last, so that every kernel has one case.
 */

import type { DType, TypedArray } from '../../core/dtype.ts';
import { newData } from '../../core/dtype.ts';
import type { Attrs, Value } from '../../core/kernels.ts';
import { invalid } from './box.ts';
import { numbersOf, unimplemented } from './numeric.ts';

/** A triple of depth, height and width. */
export type Triple = readonly [number, number, number];

/** Where windows lie: `size` is the image's, `out` the number of windows, `pad` what is before. */
export interface Windows {
  readonly batch: number;
  readonly channels: number;
  readonly size: Triple;
  readonly out: Triple;
  readonly window: Triple;
  readonly stride: Triple;
  readonly rate: Triple;
  readonly pad: Triple;
}

/** Whether channels come before the spatial dimensions (`NCHW`, `NCDHW`). */
export function channelsFirst(attrs: Attrs): boolean {
  return attrs.data_format === 'NCHW' || attrs.data_format === 'NCDHW';
}

/** The spatial part of a shape or of a list with one number per dimension. */
export function spatial(list: readonly number[], first: boolean): Triple {
  return triple(first ? list.slice(2) : list.slice(1, -1));
}

/** Two or three sizes as a triple; an image is one deep. */
export function triple(sizes: readonly number[]): Triple {
  return sizes.length === 2 ? [1, sizes[0]!, sizes[1]!] : [sizes[0]!, sizes[1]!, sizes[2]!];
}

/** The shape `[batch, ...sizes, channels]` in the order of the data format. */
export function imageShape(
  rank: number,
  first: boolean,
  batch: number,
  sizes: Triple,
  channels: number,
): number[] {
  const inner = rank === 4 ? sizes.slice(1) : [...sizes];
  return first ? [batch, channels, ...inner] : [batch, ...inner, channels];
}

/** The number of channels in a shape. */
export function channelsOf(shape: readonly number[], first: boolean): number {
  return shape[first ? 1 : shape.length - 1]!;
}

interface Slide {
  readonly out: number;
  readonly pad: number;
}

/** How many windows fit along one dimension, and the padding before the first one. */
export function slide(
  size: number,
  window: number,
  stride: number,
  rate: number,
  padding: unknown,
): Slide {
  const span = (window - 1) * rate + 1;
  if (padding !== 'SAME') {
    const out = Math.floor((size - span + stride) / stride);
    if (out < 0) {
      const sizes = `input_size: ${size}, effective_filter_size: ${span}, stride: ${stride}`;
      invalid(`Computed output size would be negative: ${out} [${sizes}]`);
    }
    return { out, pad: 0 };
  }
  const out = Math.ceil(size / stride);
  return { out, pad: Math.max(0, (out - 1) * stride + span - size) >> 1 };
}

const ONES: Triple = [1, 1, 1];

/** The windows of size `window` over an image, as the attributes `strides`, `dilations` (or `rates`) and `padding` say. */
export function windowsOver(
  shape: readonly number[],
  window: Triple,
  attrs: Attrs,
  rates: unknown = attrs.dilations,
): Windows {
  const first = channelsFirst(attrs);
  const size = spatial(shape, first);
  const stride = spatial(attrs.strides as number[], first);
  const rate = rates ? spatial(rates as number[], first) : ONES;
  const along = (i: 0 | 1 | 2) => slide(size[i], window[i], stride[i], rate[i], attrs.padding);
  const [d, h, w] = [along(0), along(1), along(2)];
  return {
    batch: shape[0]!,
    channels: channelsOf(shape, first),
    size,
    out: [d.out, h.out, w.out],
    window,
    stride,
    rate,
    pad: [d.pad, h.pad, w.pad],
  };
}

/** Refuses strides and dilations along batch or channels. */
export function checkSteps(attrs: Attrs): void {
  const first = channelsFirst(attrs);
  const [strides, dilations] = [attrs.strides as number[], attrs.dilations as number[] | undefined];
  for (const [name, list] of Object.entries({ strides, dilations })) {
    if (list && (list[0] !== 1 || channelsOf(list, first) !== 1)) {
      unimplemented(
        `Current implementation does not yet support ${name} in the batch and depth dimensions.`,
      );
    }
  }
}

/**
 * Meets every pair of an output pixel and a pixel of its window once, windows in order and each from
 * its first pixel on. `y` and `x` number the pixels of output and image, `cell` those of the window.
 */
export function eachPair(g: Windows, visit: (y: number, x: number, cell: number) => void): void {
  let y = 0;
  for (let b = 0; b < g.batch; b++) {
    for (let d = 0; d < g.out[0]; d++) {
      for (let h = 0; h < g.out[1]; h++) {
        for (let w = 0; w < g.out[2]; w++) eachPixel(g, b, d, h, w, y++, visit);
      }
    }
  }
}

function eachPixel(
  { size, window, stride, rate, pad }: Windows,
  batch: number,
  d: number,
  h: number,
  w: number,
  y: number,
  visit: (y: number, x: number, cell: number) => void,
): void {
  const [top, left] = [h * stride[1] - pad[1], w * stride[2] - pad[2]];
  for (let i = 0; i < window[0]; i++) {
    const plane = d * stride[0] - pad[0] + i * rate[0];
    if (plane < 0 || plane >= size[0]) continue;
    for (let j = 0; j < window[1]; j++) {
      const row = top + j * rate[1];
      if (row < 0 || row >= size[1]) continue;
      const base = ((batch * size[0] + plane) * size[1] + row) * size[2];
      const cell = (i * window[1] + j) * window[2];
      for (let k = 0; k < window[2]; k++) {
        const column = left + k * rate[2];
        if (column >= 0 && column < size[2]) visit(y, base + column, cell + k);
      }
    }
  }
}

/** The numbers with channels last; the value's own where they are so already. */
export function channelsLast(value: Value, first: boolean): TypedArray {
  const data = numbersOf(value);
  if (!first) return data;
  const [batch, channels] = value.shape as [number, number];
  const inner = value.size / (batch * channels || 1);
  return swapped(data, batch, channels, inner, value.dtype);
}

/** Where a kernel writes channels last, and how the result comes into the value. */
export interface Target {
  readonly data: TypedArray;
  finish(): void;
}

/** What a kernel fills for `value`, with channels last; `finish` brings it into the value's order. */
export function channelsLastTarget(value: Value, first: boolean): Target {
  if (!first) return { data: numbersOf(value), finish: () => {} };
  const data = newData(value.dtype, value.size) as TypedArray;
  const [batch, channels] = value.shape as [number, number];
  const inner = value.size / (batch * channels || 1);
  return {
    data,
    finish: () => numbersOf(value).set(swapped(data, batch, inner, channels, value.dtype)),
  };
}

/** From [batch, rows, columns] to [batch, columns, rows]. */
function swapped(
  data: TypedArray,
  batch: number,
  rows: number,
  columns: number,
  dtype: DType,
): TypedArray {
  const result = newData(dtype, data.length) as TypedArray;
  for (let b = 0; b < batch; b++) {
    const start = b * rows * columns;
    for (let r = 0; r < rows; r++) {
      const from = start + r * columns;
      for (let c = 0; c < columns; c++) result[start + c * rows + r] = data[from + c]!;
    }
  }
  return result;
}
