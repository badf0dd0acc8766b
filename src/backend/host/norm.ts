/** Host kernels of batch normalization and of local response normalization, with their gradients. */

import type { TypedArray } from '../../core/dtype.ts';
import type { Attrs, Kernel, Value } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';
import { invalid, shapeText } from './box.ts';
import { numbersOf, roundTo16 } from './numeric.ts';
import { channelsFirst, channelsLast, channelsLastTarget, channelsOf } from './windows.ts';

// ---- fused batch normalization -----------------------------------------------------------------

function checkChannels(name: string, value: Value, channels: number): void {
  if (value.shape.length !== 1) {
    invalid(`${name} must be 1-dimensional${shapeText(value.shape)}`);
  }
  if (value.size !== channels) {
    const sizes = `got ${value.size} and ${channels}`;
    invalid(`${name} must have the same number of elements as the channels of x, ${sizes}`);
  }
}

/** The number of channels, after checking that `x` is an image. */
function imageChannels(name: string, x: Value, attrs: Attrs): number {
  if (x.shape.length !== 4 && x.shape.length !== 5) {
    invalid(`${name} must be 4-dimensional${shapeText(x.shape)}`);
  }
  return channelsOf(x.shape, channelsFirst(attrs));
}

/** The sum of each channel over all pixels. */
function channelSums(x: TypedArray, channels: number): Float64Array {
  const sums = new Float64Array(channels);
  for (let i = 0; i < x.length; ) {
    for (let c = 0; c < channels; c++, i++) sums[c] = sums[c]! + x[i]!;
  }
  return sums;
}

/** The sum of `(y - shift) * (x - mean)` of each channel over all pixels. */
function channelDots(
  y: TypedArray,
  shift: ArrayLike<number>,
  x: TypedArray,
  mean: ArrayLike<number>,
): Float64Array {
  const sums = new Float64Array(mean.length);
  for (let i = 0; i < x.length; ) {
    for (let c = 0; c < sums.length; c++, i++) {
      sums[c] = sums[c]! + (y[i]! - shift[c]!) * (x[i]! - mean[c]!);
    }
  }
  return sums;
}

interface Statistics {
  readonly mean: ArrayLike<number>;
  readonly variance: ArrayLike<number>;
}

/** Mean and (biased) variance of each channel, in double precision. */
function momentsOf(x: TypedArray, channels: number): Statistics {
  const rest = x.length / channels;
  const mean = channelSums(x, channels).map((sum) => sum / rest);
  const squares = channelDots(x, mean, x, mean);
  return { mean, variance: squares.map((sum) => sum / rest) };
}

const fusedBatchNorm: Kernel = ([x, scale, offset, mean, variance], attrs, context) => {
  const channels = imageChannels('input', x!, attrs);
  checkChannels('scale', scale!, channels);
  checkChannels('offset', offset!, channels);
  const training = attrs.is_training as boolean;
  if (!training) {
    checkChannels('When is_training=false, mean', mean!, channels);
    checkChannels('When is_training=false, variance', variance!, channels);
  }
  const y = context.alloc(x!.dtype, x!.shape);
  const perChannel = () => context.alloc(scale!.dtype, [channels]);
  const outputs = [perChannel(), perChannel(), perChannel(), perChannel()] as const;
  const first = channelsFirst(attrs);
  const data = channelsLast(x!, first);
  const used: Statistics = training
    ? momentsOf(data, channels)
    : { mean: numbersOf(mean!), variance: numbersOf(variance!) };
  const target = channelsLastTarget(y, first);
  const [gamma, beta] = [numbersOf(scale!), numbersOf(offset!)];
  normalize(data, used, gamma, beta, attrs.epsilon as number, target.data);
  target.finish();
  roundTo16(numbersOf(y), y.dtype);
  const rest = data.length / channels;
  // What is reported is the unbiased estimate; what the gradient needs is the biased one.
  const unbiased = training && rest > 1 ? rest / (rest - 1) : 1;
  for (let c = 0; c < channels; c++) {
    numbersOf(outputs[0])[c] = used.mean[c]!;
    numbersOf(outputs[1])[c] = used.variance[c]! * unbiased;
    numbersOf(outputs[2])[c] = used.mean[c]!;
    numbersOf(outputs[3])[c] = used.variance[c]!;
  }
  return [y, ...outputs];
};
kernel('FusedBatchNorm', fusedBatchNorm);
kernel('FusedBatchNormV2', fusedBatchNorm);
kernel('FusedBatchNormV3', (inputs, attrs, context) => {
  const outputs = fusedBatchNorm(inputs, attrs, context) as readonly Value[];
  const factor = attrs.exponential_avg_factor as number;
  if (attrs.is_training && factor !== 1) {
    blend(outputs[1]!, inputs[3]!, factor);
    blend(outputs[2]!, inputs[4]!, factor);
  }
  return [...outputs, context.zeros(inputs[1]!.dtype, [])];
});

/** Moves the statistics of the batch towards the given ones: a moving average, in one op. */
function blend(batch: Value, given: Value, factor: number): void {
  const [to, from] = [numbersOf(batch), numbersOf(given)];
  for (let c = 0; c < to.length; c++) to[c] = factor * to[c]! + (1 - factor) * from[c]!;
}

function normalize(
  x: TypedArray,
  { mean, variance }: Statistics,
  scale: TypedArray,
  offset: TypedArray,
  epsilon: number,
  y: TypedArray,
): void {
  const channels = scale.length;
  const factor = new Float64Array(channels);
  for (let c = 0; c < channels; c++) factor[c] = scale[c]! / Math.sqrt(variance[c]! + epsilon);
  for (let i = 0; i < x.length; ) {
    for (let c = 0; c < channels; c++, i++) y[i] = (x[i]! - mean[c]!) * factor[c]! + offset[c]!;
  }
}

/** Per channel: `dx = factor * (dy - shift - (x - mean) * slope)`. */
interface Line {
  readonly factor: Float64Array;
  readonly shift: Float64Array;
  readonly slope: Float64Array;
}

function centered(
  dy: TypedArray,
  x: TypedArray,
  mean: TypedArray,
  { factor, shift, slope }: Line,
  dx: TypedArray,
): void {
  for (let i = 0; i < dy.length; ) {
    for (let c = 0; c < factor.length; c++, i++) {
      dx[i] = factor[c]! * (dy[i]! - shift[c]! - (x[i]! - mean[c]!) * slope[c]!);
    }
  }
}

const fusedBatchNormGradient: Kernel = (inputs, attrs, context) => {
  const [gradient, x, scale, mean, variance] = inputs as [Value, Value, Value, Value, Value];
  imageChannels('y_backprop', gradient, attrs);
  const channels = imageChannels('input', x, attrs);
  checkChannels('scale', scale, channels);
  checkChannels('saved mean', mean, channels);
  checkChannels('saved variance', variance, channels);
  const dx = context.alloc(x.dtype, x.shape);
  const dScale = context.alloc(scale.dtype, [channels]);
  const dOffset = context.alloc(scale.dtype, [channels]);
  const empty = [context.alloc(scale.dtype, [0]), context.alloc(scale.dtype, [0])];
  const first = channelsFirst(attrs);
  const [dy, data] = [channelsLast(gradient, first), channelsLast(x, first)];
  const [mu, sigma2, gamma] = [numbersOf(mean), numbersOf(variance), numbersOf(scale)];
  const sum = channelSums(dy, channels);
  const dot = channelDots(dy, new Float64Array(channels), data, mu);
  const target = channelsLastTarget(dx, first);
  // Fixed statistics are constants: nothing flows through them, as if they came from endless data.
  const rest = attrs.is_training ? data.length / channels : Number.POSITIVE_INFINITY;
  const zeros = () => new Float64Array(channels);
  const line: Line = { factor: zeros(), shift: zeros(), slope: zeros() };
  for (let c = 0; c < channels; c++) {
    const inner = sigma2[c]! + (attrs.epsilon as number);
    const inverse = 1 / Math.sqrt(inner);
    numbersOf(dScale)[c] = dot[c]! * inverse;
    numbersOf(dOffset)[c] = sum[c]!;
    line.factor[c] = gamma[c]! * inverse;
    line.shift[c] = sum[c]! / rest;
    line.slope[c] = dot[c]! / rest / inner;
  }
  centered(dy, data, mu, line, target.data);
  target.finish();
  roundTo16(numbersOf(dx), dx.dtype);
  return [dx, dScale, dOffset, ...empty];
};
kernel('FusedBatchNormGrad', fusedBatchNormGradient);
kernel('FusedBatchNormGradV2', fusedBatchNormGradient);
kernel('FusedBatchNormGradV3', fusedBatchNormGradient);

kernel('BatchNormWithGlobalNormalization', ([t, m, v, beta, gamma], attrs, context) => {
  if (t!.shape.length !== 4) invalid(`input must be 4-dimensional${shapeText(t!.shape)}`);
  const channels = channelsOf(t!.shape, false);
  for (const [name, value] of Object.entries({ mean: m!, var: v!, beta: beta!, gamma: gamma! })) {
    if (value.shape.length !== 1) {
      invalid(`${name} must be 1-dimensional${shapeText(value.shape)}`);
    }
  }
  const out = context.alloc(t!.dtype, t!.shape);
  const statistics = { mean: numbersOf(m!), variance: numbersOf(v!) };
  const scales = attrs.scale_after_normalization as boolean;
  const scale = scales ? numbersOf(gamma!) : numbersOf(gamma!).slice(0, channels).fill(1);
  const epsilon = attrs.variance_epsilon as number;
  normalize(numbersOf(t!), statistics, scale, numbersOf(beta!), epsilon, numbersOf(out));
  roundTo16(numbersOf(out), out.dtype);
  return out;
});

// ---- local response normalization --------------------------------------------------------------

interface Response {
  readonly radius: number;
  readonly bias: number;
  readonly alpha: number;
  readonly beta: number;
}

function responseOf(attrs: Attrs): Response {
  const { depth_radius, bias, alpha, beta } = attrs as Record<string, number>;
  return { radius: depth_radius!, bias: bias!, alpha: alpha!, beta: beta! };
}

/** `bias + alpha * (sum of squares of the channels within the radius)`, per element. */
function responseNorms(
  x: TypedArray,
  depth: number,
  { radius, bias, alpha }: Response,
): Float64Array {
  const norms = new Float64Array(x.length);
  for (let start = 0; start < x.length; start += depth) {
    for (let c = 0; c < depth; c++) {
      const end = Math.min(depth, c + radius + 1);
      let sum = 0;
      for (let i = Math.max(0, c - radius); i < end; i++) sum += x[start + i]! ** 2;
      norms[start + c] = bias + alpha * sum;
    }
  }
  return norms;
}

kernel('LRN', ([input], attrs, context) => {
  if (input!.shape.length !== 4) invalid('in must be 4-dimensional');
  const out = context.alloc(input!.dtype, input!.shape);
  const [x, y] = [numbersOf(input!), numbersOf(out)];
  const response = responseOf(attrs);
  const norms = responseNorms(x, channelsOf(input!.shape, false), response);
  for (let i = 0; i < y.length; i++) y[i] = x[i]! * norms[i]! ** -response.beta;
  roundTo16(y, out.dtype);
  return out;
});

kernel('LRNGrad', ([gradient, image, normalized], attrs, context) => {
  for (const value of [gradient!, image!, normalized!]) {
    if (value.shape.length !== 4) invalid('inputs must be 4-dimensional');
  }
  const out = context.zeros(gradient!.dtype, gradient!.shape);
  const [dy, x, y, dx] = [gradient!, image!, normalized!, out].map(numbersOf) as TypedArray[] &
    [TypedArray, TypedArray, TypedArray, TypedArray];
  const depth = channelsOf(image!.shape, false);
  const response = responseOf(attrs);
  const norms = responseNorms(x, depth, response);
  const { radius, alpha, beta } = response;
  for (let start = 0; start < x.length; start += depth) {
    for (let c = 0; c < depth; c++) {
      const at = start + c;
      // The output at `at` depends on every input within the radius through the norm.
      const shared = (-2 * alpha * beta * y[at]! * dy[at]!) / norms[at]!;
      const end = Math.min(depth, c + radius + 1);
      for (let i = Math.max(0, c - radius); i < end; i++) {
        dx[start + i] = dx[start + i]! + shared * x[start + i]!;
      }
      dx[at] = dx[at]! + dy[at]! * norms[at]! ** -beta;
    }
  }
  roundTo16(dx, out.dtype);
  return out;
});
