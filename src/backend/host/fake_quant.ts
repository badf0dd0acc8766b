/**
 * Fake quantization: numbers are rounded to the steps that an integer type would have between a
 * minimum and a maximum, moved a little so that zero is one of the steps. All in float32.
 */

import type { TypedArray } from '../../core/dtype.ts';
import { float32 } from '../../core/dtype.ts';
import type { Attrs, KernelContext, Value } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';
import { invalid, scalar } from './box.ts';

const { fround } = Math;

interface Steps {
  readonly low: number;
  readonly high: number;
  readonly scale: number;
}

/** The range that has zero among its steps; `null` if both ends are zero. */
function stepsOf(min: number, max: number, attrs: Attrs): Steps | null {
  if (min === 0 && max === 0) return null;
  if (min > max) invalid(`min has to be smaller than max, was: ${min} >= ${max}`);
  const first = attrs.narrow_range ? 1 : 0;
  const last = 2 ** (attrs.num_bits as number) - 1;
  const scale = fround(fround(max - min) / (last - first));
  const zero = fround(first - fround(min / scale));
  const nudged = zero < first ? first : zero > last ? last : Math.round(zero);
  return { low: fround((first - nudged) * scale), high: fround((last - nudged) * scale), scale };
}

function quantize(x: number, steps: Steps | null): number {
  if (steps === null) return 0;
  const { low, high, scale } = steps;
  const shifted = fround(Math.min(Math.max(x, low), high) - low);
  const inverse = fround(1 / scale);
  const step = Math.floor(fround(fround(shifted * inverse) + 0.5));
  return fround(fround(step * scale) + low);
}

/** Quantizes `inputs`, whose i-th element along the last dimension has the i-th of `all` steps. */
function quantized(context: KernelContext, inputs: Value, all: readonly (Steps | null)[]): Value {
  const result = context.alloc(float32, inputs.shape);
  const to = result.data as TypedArray;
  const from = inputs.data as TypedArray;
  for (let i = 0; i < to.length; i++) to[i] = quantize(from[i]!, all[i % all.length]!);
  return result;
}

/** What flows to the inputs, and what belongs to the minimum and maximum of each channel. */
function backward(
  context: KernelContext,
  gradients: Value,
  inputs: Value,
  all: readonly (Steps | null)[],
  limits: readonly number[],
): [Value, Value, Value] {
  const inner = context.alloc(float32, inputs.shape);
  const lower = context.zeros(float32, limits);
  const upper = context.zeros(float32, limits);
  const [dx, dmin, dmax] = [inner, lower, upper].map(({ data }) => data as TypedArray) as [
    TypedArray,
    TypedArray,
    TypedArray,
  ];
  const [dy, x] = [gradients.data as TypedArray, inputs.data as TypedArray];
  for (let i = 0; i < dx.length; i++) {
    const channel = i % all.length;
    const steps = all[channel]!;
    const below = steps !== null && x[i]! < steps.low;
    const above = steps !== null && x[i]! > steps.high;
    dx[i] = below || above ? 0 : dy[i]!;
    if (below) dmin[channel]! += dy[i]!;
    if (above) dmax[channel]! += dy[i]!;
  }
  return [inner, lower, upper];
}

const given = (attrs: Attrs): [Steps | null] => [
  stepsOf(fround(attrs.min as number), fround(attrs.max as number), attrs),
];

kernel('FakeQuantWithMinMaxArgs', ([inputs], attrs, context) =>
  quantized(context, inputs!, given(attrs)),
);

kernel('FakeQuantWithMinMaxArgsGradient', ([gradients, inputs], attrs, context) => {
  const [inner] = backward(context, gradients!, inputs!, given(attrs), []);
  return inner;
});

kernel('FakeQuantWithMinMaxVars', ([inputs, min, max], attrs, context) =>
  quantized(context, inputs!, [stepsOf(scalar(min!), scalar(max!), attrs)]),
);

kernel('FakeQuantWithMinMaxVarsGradient', ([gradients, inputs, min, max], attrs, context) => {
  const steps = [stepsOf(scalar(min!), scalar(max!), attrs)];
  return backward(context, gradients!, inputs!, steps, []);
});

function channelSteps(inputs: Value, min: Value, max: Value, attrs: Attrs): (Steps | null)[] {
  const channels = inputs.shape.at(-1) ?? 1;
  if (min.size !== channels)
    invalid(`min has incorrect size, expected ${channels} was ${min.size}`);
  if (max.size !== channels)
    invalid(`max has incorrect size, expected ${channels} was ${max.size}`);
  const [low, high] = [min.data as TypedArray, max.data as TypedArray];
  return Array.from({ length: channels }, (_, i) => stepsOf(low[i]!, high[i]!, attrs));
}

kernel('FakeQuantWithMinMaxVarsPerChannel', ([inputs, min, max], attrs, context) =>
  quantized(context, inputs!, channelSteps(inputs!, min!, max!, attrs)),
);

kernel(
  'FakeQuantWithMinMaxVarsPerChannelGradient',
  ([gradients, inputs, min, max], attrs, context) => {
    const steps = channelSteps(inputs!, min!, max!, attrs);
    return backward(context, gradients!, inputs!, steps, min!.shape);
  },
);
