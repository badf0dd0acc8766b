/** Host kernels that add one number per channel, and of their gradient. */

import type { TypedArray } from '../../core/dtype.ts';
import { elementWidth } from '../../core/dtype.ts';
import type { Kernel, Value } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';
import { invalid, shapeText } from './box.ts';
import { numbersOf, roundTo16 } from './numeric.ts';

/** Where the channels of a value are: `outer` x `channels` x `inner` elements. */
interface Layout {
  readonly outer: number;
  readonly channels: number;
  readonly inner: number;
}

function layoutOf(value: Value, format: unknown): Layout {
  const { shape, size } = value;
  if (shape.length < 2) invalid(`Input tensor must be at least 2D: ${shapeText(shape)}`);
  if (format !== 'NCHW') {
    const channels = shape[shape.length - 1]!;
    return { outer: channels && size / channels, channels, inner: 1 };
  }
  const [outer, channels] = shape as [number, number];
  const count = outer * channels;
  return { outer, channels, inner: count && size / count };
}

const biasAdd: Kernel = ([value, bias], attrs, context) => {
  const layout = layoutOf(value!, attrs.data_format);
  if (bias!.shape.length !== 1) invalid(`Biases must be 1D: ${shapeText(bias!.shape)}`);
  if (bias!.size !== layout.channels) {
    const which = attrs.data_format === 'NCHW' ? 'channel' : 'last';
    const shapes = `${shapeText(bias!.shape)} vs. ${shapeText(value!.shape)}`;
    invalid(`Must provide as many biases as the ${which} dimension of the input tensor: ${shapes}`);
  }
  const out = context.alloc(value!.dtype, value!.shape);
  const y = numbersOf(out);
  addPerChannel(numbersOf(value!), numbersOf(bias!), y, layout, elementWidth(out.dtype));
  roundTo16(y, out.dtype);
  return out;
};
kernel('BiasAdd', biasAdd);
kernel('BiasAddV1', biasAdd);

/** Complex numbers are `width` 2: their parts are added like neighbouring channels. */
function addPerChannel(
  x: TypedArray,
  bias: TypedArray,
  y: TypedArray,
  { channels, inner }: Layout,
  width: number,
): void {
  const period = channels * width;
  if (inner === 1) {
    for (let start = 0; start < y.length; start += period) {
      for (let j = 0; j < period; j++) y[start + j] = x[start + j]! + bias[j]!;
    }
    return;
  }
  const run = inner * width;
  for (let start = 0, c = 0; start < y.length; start += run, c = (c + 1) % channels) {
    for (let i = 0; i < run; i++) y[start + i] = x[start + i]! + bias[c * width + (i % width)]!;
  }
}

kernel('BiasAddGrad', ([gradient], attrs, context) => {
  const { channels, inner } = layoutOf(gradient!, attrs.data_format);
  const out = context.zeros(gradient!.dtype, [channels]);
  const width = elementWidth(out.dtype);
  const dy = numbersOf(gradient!);
  // float32 sums would lose digits over large batches
  const sums = new Float64Array(channels * width);
  const period = channels * width;
  if (inner === 1) {
    for (let start = 0; start < dy.length; start += period) {
      for (let j = 0; j < period; j++) sums[j]! += dy[start + j]!;
    }
  } else {
    const run = inner * width;
    for (let start = 0, c = 0; start < dy.length; start += run, c = (c + 1) % channels) {
      for (let i = 0; i < run; i++) sums[c * width + (i % width)]! += dy[start + i]!;
    }
  }
  const data = numbersOf(out);
  data.set(sums);
  roundTo16(data, out.dtype);
  return out;
});
