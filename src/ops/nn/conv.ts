/** Two-dimensional convolution: the ops with their gradients, to any order, and what is one op of them. */

import { op } from '../../core/op.ts';
import { fn } from '../../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../../core/tensor.ts';
import { shape } from '../shape.ts';
import type { ImageFormat } from './bias.ts';
import { convolutionDims, type Padding, spelledDims } from './window_shapes.ts';

const FLOAT = 'T: {half, bfloat16, float, double}';
const STRIDES = 'strides: list(int)';
const CUDNN = 'use_cudnn_on_gpu: bool = true';
const PADDING = "padding: {'SAME', 'VALID'}";
const FORMAT = "data_format: {'NHWC', 'NCHW'} = 'NHWC'";
const DILATIONS = 'dilations: list(int) = [1, 1, 1, 1]';

export const Conv2D = op('Conv2D', {
  inputs: ['input: T', 'filter: T'],
  outputs: ['output: T'],
  attrs: [FLOAT, STRIDES, CUDNN, PADDING, FORMAT, DILATIONS],
  shape: ({ input, filter }, attrs) => convolutionDims('Conv2D', input.dims, filter.dims, attrs),
}).gradient(({ input, filter }, [dy], attrs) => ({
  input: Conv2DBackpropInput({ input_sizes: shape(input), filter, out_backprop: dy }, attrs),
  filter: Conv2DBackpropFilter({ input, filter_sizes: shape(filter), out_backprop: dy }, attrs),
}));

/** The gradient of Conv2D with respect to its input. */
export const Conv2DBackpropInput = op('Conv2DBackpropInput', {
  inputs: ['input_sizes: int32', 'filter: T', 'out_backprop: T'],
  outputs: ['output: T'],
  attrs: [FLOAT, STRIDES, CUDNN, PADDING, FORMAT, DILATIONS],
  shape: ({ input_sizes }) => spelledDims(input_sizes, 4),
}).gradient(({ filter, out_backprop }, [dy], attrs) => ({
  input_sizes: null,
  filter: Conv2DBackpropFilter({ input: dy, filter_sizes: shape(filter), out_backprop }, attrs),
  out_backprop: Conv2D({ input: dy, filter }, attrs),
}));

/** The gradient of Conv2D with respect to its filter. */
export const Conv2DBackpropFilter = op('Conv2DBackpropFilter', {
  inputs: ['input: T', 'filter_sizes: int32', 'out_backprop: T'],
  outputs: ['output: T'],
  attrs: [FLOAT, STRIDES, CUDNN, PADDING, FORMAT, DILATIONS],
  shape: ({ filter_sizes }) => spelledDims(filter_sizes, 4),
}).gradient(({ input, out_backprop }, [dy], attrs) => ({
  input: Conv2DBackpropInput({ input_sizes: shape(input), filter: dy, out_backprop }, attrs),
  filter_sizes: null,
  out_backprop: Conv2D({ input, filter: dy }, attrs),
}));

/** The dilation rates where none are given. */
const NO_DILATIONS: readonly number[] = [1, 1, 1, 1];

/**
 * Computes a 2-D convolution given 4-D `input` and `filter` tensors.
 *
 * @param filter `[height, width, in_channels, out_channels]`.
 * @param strides One per dimension of `input`; 1 for batch and channels.
 * @param dilations One per dimension of `input`; 1 for batch and channels.
 */
export const conv2d = fn(
  ['input', 'filter', 'strides', 'padding', 'use_cudnn_on_gpu', 'data_format', 'dilations', 'name'],
  (
    input: TensorLike,
    filter: TensorLike,
    strides: readonly number[],
    padding: Padding,
    use_cudnn_on_gpu: boolean = true,
    data_format: ImageFormat = 'NHWC',
    dilations: readonly number[] = NO_DILATIONS,
    name: Name = null,
  ): Tensor =>
    Conv2D({ input, filter }, { strides, padding, use_cudnn_on_gpu, data_format, dilations }, name),
);

/** Computes the gradients of convolution with respect to the input. */
export const conv2d_backprop_input = fn(
  [
    'input_sizes',
    'filter',
    'out_backprop',
    'strides',
    'padding',
    'use_cudnn_on_gpu',
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
    use_cudnn_on_gpu: boolean = true,
    data_format: ImageFormat = 'NHWC',
    dilations: readonly number[] = NO_DILATIONS,
    name: Name = null,
  ): Tensor =>
    Conv2DBackpropInput(
      { input_sizes, filter, out_backprop },
      { strides, padding, use_cudnn_on_gpu, data_format, dilations },
      name,
    ),
);

/** Computes the gradients of convolution with respect to the filter. */
export const conv2d_backprop_filter = fn(
  [
    'input',
    'filter_sizes',
    'out_backprop',
    'strides',
    'padding',
    'use_cudnn_on_gpu',
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
    use_cudnn_on_gpu: boolean = true,
    data_format: ImageFormat = 'NHWC',
    dilations: readonly number[] = NO_DILATIONS,
    name: Name = null,
  ): Tensor =>
    Conv2DBackpropFilter(
      { input, filter_sizes, out_backprop },
      { strides, padding, use_cudnn_on_gpu, data_format, dilations },
      name,
    ),
);
