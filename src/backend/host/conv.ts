/**
 * Host kernels of convolution and of its gradients in two and three dimensions: windows are unrolled
 * into rows, block by block, and multiplied with the filter.
 */

import { newData, type TypedArray } from '../../core/dtype.ts';
import type { Attrs, Kernel, Value } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';
import { ints, invalid, shapeText } from './box.ts';
import { gemm, rowMajor, transposed } from './gemm.ts';
import { numbersOf, roundTo16 } from './numeric.ts';
import { addBack, unroll, windowCount, windowSize } from './patches.ts';
import type { Windows } from './windows.ts';
import {
  channelsFirst,
  channelsLast,
  channelsLastTarget,
  channelsOf,
  checkSteps,
  imageShape,
  triple,
  windowsOver,
} from './windows.ts';

/** Elements of the unrolled block: it should stay in the cache. */
const BLOCK = 1 << 18;

/** Calls `body` for consecutive ranges of windows whose rows fit a block. */
function eachBlock(g: Windows, body: (start: number, end: number) => void): void {
  const count = windowCount(g);
  const step = Math.max(1, Math.floor(BLOCK / Math.max(1, windowSize(g))));
  for (let start = 0; start < count; start += step) body(start, Math.min(count, start + step));
}

/** Whether each window is one pixel, so that the image is its own unrolled form. */
function isPointwise({ window, size, out }: Windows): boolean {
  return window.every((n, i) => n === 1 && size[i] === out[i]);
}

function scratch(g: Windows, like: Value): TypedArray {
  const rows = Math.min(windowCount(g), Math.ceil(BLOCK / Math.max(1, windowSize(g))));
  return newData(like.dtype, rows * windowSize(g)) as TypedArray;
}

/** The windows of a filter of shape `[...window, in, out]` over an image of shape `shape`. */
function windowsOfFilter(
  shape: readonly number[],
  filter: readonly number[],
  attrs: Attrs,
): Windows {
  return windowsOver(shape, triple(filter.slice(0, -2)), attrs);
}

function checkRanks(image: Value, filter: Value, rank: number): void {
  const [a, b] = [image.shape, filter.shape];
  if (a.length !== rank) invalid(`input must be ${rank}-dimensional${shapeText(a)}`);
  if (b.length !== rank) invalid(`filter must be ${rank}-dimensional: ${shapeText(b)}`);
}

// ---- forward -----------------------------------------------------------------------------------

function convolution(rank: number): Kernel {
  return ([input, filter], attrs, context) => {
    checkRanks(input!, filter!, rank);
    checkSteps(attrs);
    const first = channelsFirst(attrs);
    const [inDepth, outDepth] = filter!.shape.slice(-2) as [number, number];
    const depth = channelsOf(input!.shape, first);
    if (depth !== inDepth) {
      invalid(`input and filter must have the same depth: ${depth} vs ${inDepth}`);
    }
    const g = windowsOfFilter(input!.shape, filter!.shape, attrs);
    const out = context.alloc(input!.dtype, imageShape(rank, first, g.batch, g.out, outDepth));
    const x = channelsLast(input!, first);
    const target = channelsLastTarget(out, first);
    multiplyWindows(x, numbersOf(filter!), target.data, g, outDepth, input!);
    target.finish();
    roundTo16(numbersOf(out), out.dtype);
    return out;
  };
}

function multiplyWindows(
  x: TypedArray,
  filter: TypedArray,
  y: TypedArray,
  g: Windows,
  outDepth: number,
  like: Value,
): void {
  const k = windowSize(g);
  const weights = rowMajor(filter, outDepth);
  if (isPointwise(g)) {
    gemm(windowCount(g), outDepth, k, rowMajor(x, k), weights, rowMajor(y, outDepth), false);
    return;
  }
  const rows = scratch(g, like);
  eachBlock(g, (start, end) => {
    unroll(x, g, start, end, rows);
    const part = rowMajor(y, outDepth, start * outDepth);
    gemm(end - start, outDepth, k, rowMajor(rows, k), weights, part, false);
  });
}

kernel('Conv2D', convolution(4));
kernel('Conv3D', convolution(5));

// ---- gradients ---------------------------------------------------------------------------------

/** Checks that the output gradient `dy` has the shape that the forward convolution gives. */
function checkGradient(
  label: string,
  g: Windows,
  filter: readonly number[],
  dy: Value,
  first: boolean,
): void {
  const refuse = (text: string): never => invalid(`${label}: ${text}`);
  const rank = filter.length;
  if (dy.shape.length !== rank) refuse(`out_backprop must be ${rank}-dimensional`);
  if (dy.shape[0] !== g.batch) {
    const sizes = `Input batch: ${g.batch}, outbackprop batch: ${dy.shape[0]}, batch_dim: 0`;
    refuse(`input and out_backprop must have the same batch size. ${sizes}`);
  }
  if (filter[rank - 2] !== g.channels) refuse('input and filter must have the same depth');
  if (filter[rank - 1] !== channelsOf(dy.shape, first)) {
    refuse('filter and out_backprop must have the same out_depth');
  }
  const actual = first ? dy.shape.slice(2) : dy.shape.slice(1, -1);
  const computed = g.out.slice(-actual.length);
  actual.forEach((size, i) => {
    if (size === computed[i]) return;
    const sizes = `actual = ${size}, computed = ${computed[i]}`;
    refuse(`Size of out_backprop doesn't match computed: ${sizes} spatial_dim: ${i + 1}`);
  });
}

/** The shape that a `sizes` input spells out. */
function sizesOf(sizes: Value, rank: number, type: string, name: string): number[] {
  if (sizes.shape.length !== 1 || sizes.size !== rank) {
    invalid(`${type}: ${name} input must be 1-dim and have ${rank} elements, not ${sizes.size}`);
  }
  return ints(sizes);
}

/** Whose shape says what is computed: a list of sizes, or a tensor of that shape. */
type ShapeOf = (value: Value, rank: number, type: string, name: string) => number[];
const shapeOfTensor: ShapeOf = (value) => [...value.shape];

function inputGradient(
  type: string,
  label: string,
  rank: number,
  shapeOf: ShapeOf = sizesOf,
): void {
  kernel(type, ([sizes, filter, dy], attrs, context) => {
    const shape = shapeOf(sizes!, rank, type, 'input_sizes');
    checkSteps(attrs);
    const first = channelsFirst(attrs);
    const g = windowsOfFilter(shape, filter!.shape, attrs);
    checkGradient(label, g, filter!.shape, dy!, first);
    const out = context.zeros(dy!.dtype, shape);
    const target = channelsLastTarget(out, first);
    spreadWindows(channelsLast(dy!, first), numbersOf(filter!), target.data, g, dy!);
    target.finish();
    roundTo16(numbersOf(out), out.dtype);
    return out;
  });
}

/** Adds each output gradient, times the filter, to the window that it came from. */
function spreadWindows(
  dy: TypedArray,
  filter: TypedArray,
  dx: TypedArray,
  g: Windows,
  like: Value,
): void {
  const k = windowSize(g);
  const outDepth = windowCount(g) && dy.length / windowCount(g);
  const weights = transposed(rowMajor(filter, outDepth));
  if (isPointwise(g)) {
    gemm(windowCount(g), k, outDepth, rowMajor(dy, outDepth), weights, rowMajor(dx, k), false);
    return;
  }
  const rows = scratch(g, like);
  eachBlock(g, (start, end) => {
    const part = rowMajor(dy, outDepth, start * outDepth);
    gemm(end - start, k, outDepth, part, weights, rowMajor(rows, k), false);
    addBack(dx, g, start, end, rows);
  });
}

inputGradient('Conv2DBackpropInput', 'Conv2DCustomBackpropInput', 4);
inputGradient('Conv3DBackpropInputV2', 'Conv3DBackpropInputOp', 5);
inputGradient('Conv3DBackpropInput', 'Conv3DBackpropInputOp', 5, shapeOfTensor);

function filterGradient(
  type: string,
  label: string,
  rank: number,
  shapeOf: ShapeOf = sizesOf,
): void {
  kernel(type, ([input, sizes, dy], attrs, context) => {
    const shape = shapeOf(sizes!, rank, type, 'filter_sizes');
    checkSteps(attrs);
    const first = channelsFirst(attrs);
    const g = windowsOfFilter(input!.shape, shape, attrs);
    checkGradient(label, g, shape, dy!, first);
    const out = context.zeros(dy!.dtype, shape);
    const x = channelsLast(input!, first);
    correlate(x, channelsLast(dy!, first), numbersOf(out), g, shape[rank - 1]!, dy!);
    roundTo16(numbersOf(out), out.dtype);
    return out;
  });
}

/** The filter's gradient: the unrolled windows, transposed, times the output gradient. */
function correlate(
  x: TypedArray,
  dy: TypedArray,
  df: TypedArray,
  g: Windows,
  outDepth: number,
  like: Value,
): void {
  const k = windowSize(g);
  const result = rowMajor(df, outDepth);
  if (isPointwise(g)) {
    const windows = transposed(rowMajor(x, k));
    gemm(k, outDepth, windowCount(g), windows, rowMajor(dy, outDepth), result, true);
    return;
  }
  const rows = scratch(g, like);
  const windows = transposed(rowMajor(rows, k));
  eachBlock(g, (start, end) => {
    unroll(x, g, start, end, rows);
    const part = rowMajor(dy, outDepth, start * outDepth);
    gemm(k, outDepth, end - start, windows, part, result, true);
  });
}

filterGradient('Conv2DBackpropFilter', 'Conv2DCustomBackpropFilter', 4);
filterGradient('Conv3DBackpropFilterV2', 'Conv3DBackpropFilterOp', 5);
filterGradient('Conv3DBackpropFilter', 'Conv3DBackpropFilterOp', 5, shapeOfTensor);
