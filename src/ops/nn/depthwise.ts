/** Depthwise convolution, where every channel has filters of its own: the op and its gradients. */

import { op } from '../../core/op.ts';
import { fn } from '../../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../../core/tensor.ts';
import { shape } from '../shape.ts';
import type { ImageFormat } from './bias.ts';
import { depthwiseDims, type Padding, spelledDims } from './window_shapes.ts';

const FLOAT = 'T: {half, bfloat16, float, double}';
const STRIDES = 'strides: list(int)';
const PADDING = "padding: {'SAME', 'VALID'}";
const FORMAT = "data_format: {'NHWC', 'NCHW'} = 'NHWC'";
const DILATIONS = 'dilations: list(int) = [1, 1, 1, 1]';

export const DepthwiseConv2dNative = op('DepthwiseConv2dNative', {
  inputs: ['input: T', 'filter: T'],
  outputs: ['output: T'],
  attrs: [FLOAT, STRIDES, PADDING, FORMAT, DILATIONS],
  shape: ({ input, filter }, attrs) =>
    depthwiseDims('DepthwiseConv2D', input.dims, filter.dims, attrs),
}).gradient(({ input, filter }, [dy], attrs) => ({
  input: DepthwiseConv2dNativeBackpropInput(
    { input_sizes: shape(input), filter, out_backprop: dy },
    attrs,
  ),
  filter: DepthwiseConv2dNativeBackpropFilter(
    { input, filter_sizes: shape(filter), out_backprop: dy },
    attrs,
  ),
}));

/** The gradient of DepthwiseConv2dNative with respect to its input. */
export const DepthwiseConv2dNativeBackpropInput = op('DepthwiseConv2dNativeBackpropInput', {
  inputs: ['input_sizes: int32', 'filter: T', 'out_backprop: T'],
  outputs: ['output: T'],
  attrs: [FLOAT, STRIDES, PADDING, FORMAT, DILATIONS],
  shape: ({ input_sizes }) => spelledDims(input_sizes, 4),
}).gradient(({ filter, out_backprop }, [dy], attrs) => ({
  input_sizes: null,
  filter: DepthwiseConv2dNativeBackpropFilter(
    { input: dy, filter_sizes: shape(filter), out_backprop },
    attrs,
  ),
  out_backprop: DepthwiseConv2dNative({ input: dy, filter }, attrs),
}));

/** The gradient of DepthwiseConv2dNative with respect to its filter. */
export const DepthwiseConv2dNativeBackpropFilter = op('DepthwiseConv2dNativeBackpropFilter', {
  inputs: ['input: T', 'filter_sizes: int32', 'out_backprop: T'],
  outputs: ['output: T'],
  attrs: [FLOAT, STRIDES, PADDING, FORMAT, DILATIONS],
  shape: ({ filter_sizes }) => spelledDims(filter_sizes, 4),
}).gradient(({ input, out_backprop }, [dy], attrs) => ({
  input: DepthwiseConv2dNativeBackpropInput(
    { input_sizes: shape(input), filter: dy, out_backprop },
    attrs,
  ),
  filter_sizes: null,
  out_backprop: DepthwiseConv2dNative({ input, filter: dy }, attrs),
}));

const NO_DILATIONS: readonly number[] = [1, 1, 1, 1];

/**
 * Computes a 2-D depthwise convolution. Channel `q` of the input becomes the channels
 * `q * multiplier` and following of the output.
 *
 * @param filter `[height, width, in_channels, multiplier]`.
 */
export const depthwise_conv2d_native = fn(
  ['input', 'filter', 'strides', 'padding', 'data_format', 'dilations', 'name'],
  (
    input: TensorLike,
    filter: TensorLike,
    strides: readonly number[],
    padding: Padding,
    data_format: ImageFormat = 'NHWC',
    dilations: readonly number[] = NO_DILATIONS,
    name: Name = null,
  ): Tensor =>
    DepthwiseConv2dNative({ input, filter }, { strides, padding, data_format, dilations }, name),
);

/** Computes the gradients of depthwise convolution with respect to the input. */
export const depthwise_conv2d_native_backprop_input = fn(
  [
    'input_sizes',
    'filter',
    'out_backprop',
    'strides',
    'padding',
    'data_format',
    'dilations',
    'name',
  ],
  (
    input_sizes: TensorLike,
    filter: TensorLike,
    out_backprop: TensorLike,
    strides: readonly number[],
    padding: Padding,
    data_format: ImageFormat = 'NHWC',
    dilations: readonly number[] = NO_DILATIONS,
    name: Name = null,
  ): Tensor =>
    DepthwiseConv2dNativeBackpropInput(
      { input_sizes, filter, out_backprop },
      { strides, padding, data_format, dilations },
      name,
    ),
);

/** Computes the gradients of depthwise convolution with respect to the filter. */
export const depthwise_conv2d_native_backprop_filter = fn(
  [
    'input',
    'filter_sizes',
    'out_backprop',
    'strides',
    'padding',
    'data_format',
    'dilations',
    'name',
  ],
  (
    input: TensorLike,
    filter_sizes: TensorLike,
    out_backprop: TensorLike,
    strides: readonly number[],
    padding: Padding,
    data_format: ImageFormat = 'NHWC',
    dilations: readonly number[] = NO_DILATIONS,
    name: Name = null,
  ): Tensor =>
    DepthwiseConv2dNativeBackpropFilter(
      { input, filter_sizes, out_backprop },
      { strides, padding, data_format, dilations },
      name,
    ),
);
