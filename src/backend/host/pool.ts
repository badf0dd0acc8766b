/**
 * Host kernels of max and average pooling in two and three dimensions, and of their gradients. Like
 * TensorFlow's, max pooling passes a gradient to the first of equal maxima, and averages leave the
 * padding out. Three-dimensional max pooling alone splits ties differently.
 */

import type { TypedArray } from '../../core/dtype.ts';
import type { Attrs, Kernel, KernelContext, Value } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';
import { ints, invalid, shapeText } from './box.ts';
import { numbersOf, roundTo16, sameShape, unimplemented } from './numeric.ts';
import { windowCount } from './patches.ts';
import type { Windows } from './windows.ts';
import {
  channelsFirst,
  channelsLast,
  channelsLastTarget,
  channelsOf,
  eachPair,
  imageShape,
  spatial,
  windowsOver,
} from './windows.ts';

/** The windows that `ksize` and `strides` lay over an image, none of them along batch or channels. */
function windowsOfPool(shape: readonly number[], rank: number, attrs: Attrs): Windows {
  if (shape.length !== rank) {
    invalid(`tensor_in must be ${rank}-dimensional, got shape ${shapeText(shape)}`);
  }
  const first = channelsFirst(attrs);
  for (const list of [attrs.ksize as number[], attrs.strides as number[]]) {
    if (list[0] !== 1) unimplemented('Pooling is not yet supported on the batch dimension.');
    if (channelsOf(list, first) !== 1) {
      const text = 'MaxPooling supports exactly one of pooling across depth';
      unimplemented(`${text} or pooling across width/height.`);
    }
  }
  return windowsOver(shape, spatial(attrs.ksize as number[], first), attrs, null);
}

/** The attributes of a `V2` op, whose window and strides are its last two inputs. */
function withWindow(attrs: Attrs, ksize: Value, strides: Value): Attrs {
  return { ...attrs, ksize: ints(ksize), strides: ints(strides) };
}

function outputShape(g: Windows, rank: number, attrs: Attrs): number[] {
  return imageShape(rank, channelsFirst(attrs), g.batch, g.out, g.channels);
}

function checkShape(name: string, value: Value, expected: readonly number[]): void {
  if (sameShape(value.shape, expected)) return;
  const shapes = `${shapeText(expected)}, but got ${shapeText(value.shape)}`;
  invalid(`Expected ${name} shape to be ${shapes}`);
}

// ---- maximum -----------------------------------------------------------------------------------

function maxPool(input: Value, rank: number, attrs: Attrs, context: KernelContext): Value {
  const depthWindow = channelsOf(attrs.ksize as number[], channelsFirst(attrs));
  if (rank === 4 && depthWindow > 1) return maxOverDepth(input, depthWindow, attrs, context);
  const g = windowsOfPool(input.shape, rank, attrs);
  const first = channelsFirst(attrs);
  const out = context.alloc(input.dtype, outputShape(g, rank, attrs));
  const x = channelsLast(input, first);
  const target = channelsLastTarget(out, first);
  const y = target.data;
  const { channels } = g;
  y.fill(input.dtype.min);
  eachPair(g, (to, from) => {
    const [yAt, xAt] = [to * channels, from * channels];
    for (let c = 0; c < channels; c++) {
      const v = x[xAt + c]!;
      if (v > y[yAt + c]!) y[yAt + c] = v;
    }
  });
  target.finish();
  return out;
}

/** Max pooling across neighbouring channels, in windows that do not overlap. */
function maxOverDepth(input: Value, window: number, attrs: Attrs, context: KernelContext): Value {
  const [ksize, strides] = [attrs.ksize as number[], attrs.strides as number[]];
  if (ksize[1] !== 1 || ksize[2] !== 1) {
    const text = 'MaxPooling supports exactly one of pooling across depth';
    unimplemented(`${text} or pooling across width/height.`);
  }
  const text = 'Depthwise max pooling requires the depth window to';
  const depth = channelsOf(input.shape, false);
  if (depth % window !== 0) unimplemented(`${text} evenly divide the input depth.`);
  if (window !== strides[3]) unimplemented(`${text} equal the depth stride.`);
  const out = context.alloc(input.dtype, [...input.shape.slice(0, 3), depth / window]);
  const [x, y] = [numbersOf(input), numbersOf(out)];
  for (let i = 0; i < y.length; i++) {
    let max = x[i * window]!;
    for (let j = 1; j < window; j++) max = Math.max(max, x[i * window + j]!);
    y[i] = max;
  }
  return out;
}

kernel('MaxPool', ([input], attrs, context) => maxPool(input!, 4, attrs, context));
kernel('MaxPool3D', ([input], attrs, context) => maxPool(input!, 5, attrs, context));
kernel('MaxPoolV2', ([input, ksize, strides], attrs, context) =>
  maxPool(input!, 4, withWindow(attrs, ksize!, strides!), context),
);

/** For each output element, the position of its maximum in the image with channels last. */
function positions(x: TypedArray, g: Windows): Int32Array {
  const { channels } = g;
  const best = new Int32Array(windowCount(g) * channels).fill(-1);
  eachPair(g, (to, from) => {
    const [yAt, xAt] = [to * channels, from * channels];
    for (let c = 0; c < channels; c++) {
      const at = best[yAt + c]!;
      if (at < 0 || x[xAt + c]! > x[at]!) best[yAt + c] = xAt + c;
    }
  });
  return best;
}

type Gradient = (
  image: Value,
  gradient: Value,
  rank: number,
  attrs: Attrs,
  context: KernelContext,
) => Value;

const maxPoolGradient: Gradient = (image, gradient, rank, attrs, context) => {
  const g = windowsOfPool(image.shape, rank, attrs);
  checkShape('grad', gradient, outputShape(g, rank, attrs));
  const first = channelsFirst(attrs);
  const out = context.zeros(gradient.dtype, image.shape);
  const best = positions(channelsLast(image, first), g);
  const dy = channelsLast(gradient, first);
  const target = channelsLastTarget(out, first);
  const dx = target.data;
  for (let i = 0; i < dy.length; i++) dx[best[i]!] = dx[best[i]!]! + dy[i]!;
  target.finish();
  roundTo16(numbersOf(out), out.dtype);
  return out;
};

/** The gradient of the gradient picks what stands where the maxima were. */
const maxPoolSecondGradient: Gradient = (image, gradient, rank, attrs, context) => {
  const g = windowsOfPool(image.shape, rank, attrs);
  checkShape('grad', gradient, image.shape);
  const first = channelsFirst(attrs);
  const out = context.alloc(gradient.dtype, outputShape(g, rank, attrs));
  const best = positions(channelsLast(image, first), g);
  const ddx = channelsLast(gradient, first);
  const target = channelsLastTarget(out, first);
  for (let i = 0; i < best.length; i++) target.data[i] = ddx[best[i]!]!;
  target.finish();
  return out;
};

function maxGradients(type: string, gradient: Gradient, rank: number): void {
  kernel(type, ([image, , dy], attrs, context) => gradient(image!, dy!, rank, attrs, context));
}
maxGradients('MaxPoolGrad', maxPoolGradient, 4);
maxGradients('MaxPoolGradGrad', maxPoolSecondGradient, 4);
maxGradients('MaxPool3DGradGrad', maxPoolSecondGradient, 5);

/** In three dimensions TensorFlow passes the gradient to every element that equals the maximum. */
kernel('MaxPool3DGrad', ([image, output, gradient], attrs, context) => {
  const g = windowsOfPool(image!.shape, 5, attrs);
  checkShape('grad', gradient!, outputShape(g, 5, attrs));
  const first = channelsFirst(attrs);
  const out = context.zeros(gradient!.dtype, image!.shape);
  const [x, y] = [channelsLast(image!, first), channelsLast(output!, first)];
  const dy = channelsLast(gradient!, first);
  const target = channelsLastTarget(out, first);
  const dx = target.data;
  const { channels } = g;
  eachPair(g, (to, from) => {
    const [yAt, xAt] = [to * channels, from * channels];
    for (let c = 0; c < channels; c++) {
      if (x[xAt + c] === y[yAt + c]) dx[xAt + c] = dx[xAt + c]! + dy[yAt + c]!;
    }
  });
  target.finish();
  roundTo16(numbersOf(out), out.dtype);
  return out;
});

function maxGradientsV2(type: string, gradient: Gradient): void {
  kernel(type, ([image, , dy, ksize, strides], attrs, context) =>
    gradient(image!, dy!, 4, withWindow(attrs, ksize!, strides!), context),
  );
}
maxGradientsV2('MaxPoolGradV2', maxPoolGradient);
maxGradientsV2('MaxPoolGradGradV2', maxPoolSecondGradient);

// ---- maximum with positions --------------------------------------------------------------------

kernel('MaxPoolWithArgmax', ([input], attrs, context) => {
  const g = windowsOfPool(input!.shape, 4, attrs);
  const shape = outputShape(g, 4, attrs);
  const out = context.alloc(input!.dtype, shape);
  const argmax = context.alloc(attrs.Targmax as Value['dtype'], shape);
  const [x, y, at] = [numbersOf(input!), numbersOf(out), numbersOf(argmax)];
  const best = positions(x, g);
  for (let i = 0; i < best.length; i++) {
    y[i] = x[best[i]!]!;
    at[i] = best[i]!;
  }
  return [out, argmax];
});

kernel('MaxPoolGradWithArgmax', ([input, gradient, argmax], _, context) => {
  const out = context.zeros(gradient!.dtype, input!.shape);
  const [dx, dy, at] = [numbersOf(out), numbersOf(gradient!), numbersOf(argmax!)];
  for (let i = 0; i < dy.length; i++) {
    const to = at[i]!;
    if (!(to >= 0 && to < dx.length)) {
      invalid(`Invalid output index: ${to}, the output has ${dx.length} elements`);
    }
    dx[to] = dx[to]! + dy[i]!;
  }
  roundTo16(dx, out.dtype);
  return out;
});

kernel('MaxPoolGradGradWithArgmax', ([, gradient, argmax], _, context) => {
  const out = context.alloc(gradient!.dtype, argmax!.shape);
  const [y, ddx, at] = [numbersOf(out), numbersOf(gradient!), numbersOf(argmax!)];
  for (let i = 0; i < y.length; i++) y[i] = ddx[at[i]!] ?? 0;
  return out;
});

// ---- average -----------------------------------------------------------------------------------

/** How many pixels of the image each window holds. */
function windowCounts(g: Windows): Int32Array {
  const counts = new Int32Array(windowCount(g));
  eachPair(g, (to) => {
    counts[to]!++;
  });
  return counts;
}

function averagePool(rank: number): Kernel {
  return ([input], attrs, context) => {
    const g = windowsOfPool(input!.shape, rank, attrs);
    const first = channelsFirst(attrs);
    const out = context.zeros(input!.dtype, outputShape(g, rank, attrs));
    const x = channelsLast(input!, first);
    const target = channelsLastTarget(out, first);
    const y = target.data;
    const { channels } = g;
    const counts = windowCounts(g);
    eachPair(g, (to, from) => {
      const [yAt, xAt] = [to * channels, from * channels];
      for (let c = 0; c < channels; c++) y[yAt + c] = y[yAt + c]! + x[xAt + c]!;
    });
    for (let i = 0, at = 0; i < counts.length; i++) {
      for (let c = 0; c < channels; c++, at++) y[at] = y[at]! / counts[i]!;
    }
    target.finish();
    roundTo16(numbersOf(out), out.dtype);
    return out;
  };
}
kernel('AvgPool', averagePool(4));
kernel('AvgPool3D', averagePool(5));

function averagePoolGradient(type: string, rank: number): void {
  kernel(type, ([sizes, gradient], attrs, context) => {
    if (sizes!.shape.length !== 1 || sizes!.size !== rank) {
      invalid(`out_backprop must be 1-dimensional and ${rank} elements`);
    }
    const shape = ints(sizes!);
    const g = windowsOfPool(shape, rank, attrs);
    checkShape('grad', gradient!, outputShape(g, rank, attrs));
    const first = channelsFirst(attrs);
    const out = context.zeros(gradient!.dtype, shape);
    const dy = channelsLast(gradient!, first);
    const target = channelsLastTarget(out, first);
    const dx = target.data;
    const { channels } = g;
    const counts = windowCounts(g);
    eachPair(g, (to, from) => {
      const [yAt, xAt, scale] = [to * channels, from * channels, 1 / counts[to]!];
      for (let c = 0; c < channels; c++) dx[xAt + c] = dx[xAt + c]! + dy[yAt + c]! * scale;
    });
    target.finish();
    roundTo16(numbersOf(out), out.dtype);
    return out;
  });
}
averagePoolGradient('AvgPoolGrad', 4);
averagePoolGradient('AvgPool3DGrad', 5);
