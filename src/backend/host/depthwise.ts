/** Host kernels of the depthwise convolution, where each channel has filters of its own, and of its gradients. */

import type { TypedArray } from '../../core/dtype.ts';
import type { Attrs, Value } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';
import { ints, invalid, shapeText } from './box.ts';
import { numbersOf, roundTo16, sameShape } from './numeric.ts';
import type { Windows } from './windows.ts';
import {
  channelsFirst,
  channelsLast,
  channelsLastTarget,
  channelsOf,
  checkSteps,
  eachPair,
  imageShape,
  windowsOver,
} from './windows.ts';

/** The windows of a filter [height, width, in, multiplier] over an image. */
function windowsOfFilter(
  shape: readonly number[],
  filter: readonly number[],
  attrs: Attrs,
): Windows {
  if (shape.length !== 4) invalid(`input must be 4-dimensional${shapeText(shape)}`);
  if (filter.length !== 4) invalid(`filter must be 4-dimensional: ${shapeText(filter)}`);
  checkSteps(attrs);
  const depth = channelsOf(shape, channelsFirst(attrs));
  if (depth !== filter[2]) {
    invalid(`input and filter must have the same depth: ${depth} vs ${filter[2]}`);
  }
  const g = windowsOver(shape, [1, filter[0]!, filter[1]!], attrs);
  if (g.stride[1] !== g.stride[2]) {
    invalid(
      'Current implementation only supports equal length strides in the row and column dimensions.',
    );
  }
  return g;
}

kernel('DepthwiseConv2dNative', ([input, filter], attrs, context) => {
  const g = windowsOfFilter(input!.shape, filter!.shape, attrs);
  const first = channelsFirst(attrs);
  const multiplier = filter!.shape[3]!;
  const shape = imageShape(4, first, g.batch, g.out, g.channels * multiplier);
  const out = context.zeros(input!.dtype, shape);
  const target = channelsLastTarget(out, first);
  filterImage(channelsLast(input!, first), numbersOf(filter!), target.data, g, multiplier);
  target.finish();
  roundTo16(numbersOf(out), out.dtype);
  return out;
});

function filterImage(x: TypedArray, f: TypedArray, y: TypedArray, g: Windows, times: number): void {
  const depth = g.channels * times;
  eachPair(g, (pixel, from, cell) => {
    const [yAt, xAt, fAt] = [pixel * depth, from * g.channels, cell * depth];
    for (let c = 0, m = 0; c < g.channels; c++) {
      const v = x[xAt + c]!;
      for (const end = m + times; m < end; m++) y[yAt + m] = y[yAt + m]! + v * f[fAt + m]!;
    }
  });
}

/** Checks that `dy` has the shape that the forward convolution gives. */
function checkGradient(g: Windows, multiplier: number, dy: Value, first: boolean): void {
  const expected = imageShape(4, first, g.batch, g.out, g.channels * multiplier);
  if (sameShape(expected, dy.shape)) return;
  const sizes = `${shapeText(dy.shape)} instead of ${shapeText(expected)}`;
  invalid(`input and out_backprop must have the same batch size, depth and windows: ${sizes}`);
}

kernel('DepthwiseConv2dNativeBackpropInput', ([sizes, filter, dy], attrs, context) => {
  const shape = ints(sizes!);
  const g = windowsOfFilter(shape, filter!.shape, attrs);
  const first = channelsFirst(attrs);
  const times = filter!.shape[3]!;
  checkGradient(g, times, dy!, first);
  const out = context.zeros(dy!.dtype, shape);
  const target = channelsLastTarget(out, first);
  const [dx, f, grad] = [target.data, numbersOf(filter!), channelsLast(dy!, first)];
  const depth = g.channels * times;
  eachPair(g, (pixel, from, cell) => {
    const [yAt, xAt, fAt] = [pixel * depth, from * g.channels, cell * depth];
    for (let c = 0, m = 0; c < g.channels; c++) {
      let sum = 0;
      for (const end = m + times; m < end; m++) sum += grad[yAt + m]! * f[fAt + m]!;
      dx[xAt + c] = dx[xAt + c]! + sum;
    }
  });
  target.finish();
  roundTo16(numbersOf(out), out.dtype);
  return out;
});

kernel('DepthwiseConv2dNativeBackpropFilter', ([input, sizes, dy], attrs, context) => {
  const shape = ints(sizes!);
  const g = windowsOfFilter(input!.shape, shape, attrs);
  const first = channelsFirst(attrs);
  const times = shape[3]!;
  checkGradient(g, times, dy!, first);
  const out = context.zeros(dy!.dtype, shape);
  const sums = new Float64Array(out.size);
  const [x, grad] = [channelsLast(input!, first), channelsLast(dy!, first)];
  const depth = g.channels * times;
  eachPair(g, (pixel, from, cell) => {
    const [yAt, xAt, fAt] = [pixel * depth, from * g.channels, cell * depth];
    for (let c = 0, m = 0; c < g.channels; c++) {
      const v = x[xAt + c]!;
      for (const end = m + times; m < end; m++) sums[fAt + m]! += v * grad[yAt + m]!;
    }
  });
  numbersOf(out).set(sums);
  roundTo16(numbersOf(out), out.dtype);
  return out;
});
