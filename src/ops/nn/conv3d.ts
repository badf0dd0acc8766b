/** Three-dimensional convolution: the ops with their gradients, to any order. */

import { withRank } from '../../core/dims.ts';
import { op } from '../../core/op.ts';
import { fn } from '../../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../../core/tensor.ts';
import { shape } from '../shape.ts';
import { convolutionDims, type Padding, spelledDims } from './window_shapes.ts';

const FLOAT = 'T: {half, bfloat16, float, double}';
const STRIDES = 'strides: list(int) >= 5';
const PADDING = "padding: {'SAME', 'VALID'}";
const FORMAT = "data_format: {'NDHWC', 'NCDHW'} = 'NDHWC'";
const DILATIONS = 'dilations: list(int) = [1, 1, 1, 1, 1]';

/** Where the channels of a volume are. */
export type VolumeFormat = 'NDHWC' | 'NCDHW';

export const Conv3D = op('Conv3D', {
  inputs: ['input: T', 'filter: T'],
  outputs: ['output: T'],
  attrs: [FLOAT, STRIDES, PADDING, FORMAT, DILATIONS],
  shape: ({ input, filter }, attrs) => convolutionDims('Conv3D', input.dims, filter.dims, attrs),
}).gradient(({ input, filter }, [dy], attrs) => ({
  input: Conv3DBackpropInputV2({ input_sizes: shape(input), filter, out_backprop: dy }, attrs),
  filter: Conv3DBackpropFilterV2({ input, filter_sizes: shape(filter), out_backprop: dy }, attrs),
}));

/** The gradient of Conv3D with respect to its input. */
export const Conv3DBackpropInputV2 = op('Conv3DBackpropInputV2', {
  inputs: ['input_sizes: Tshape', 'filter: T', 'out_backprop: T'],
  outputs: ['output: T'],
  attrs: [FLOAT, STRIDES, PADDING, FORMAT, DILATIONS, 'Tshape: {int32, int64} = DT_INT32'],
  shape: ({ input_sizes }) => spelledDims(input_sizes, 5),
}).gradient(({ filter, out_backprop }, [dy], attrs) => ({
  input_sizes: null,
  filter: Conv3DBackpropFilterV2({ input: dy, filter_sizes: shape(filter), out_backprop }, attrs),
  out_backprop: Conv3D({ input: dy, filter }, attrs),
}));

/** The gradient of Conv3D with respect to its filter. */
export const Conv3DBackpropFilterV2 = op('Conv3DBackpropFilterV2', {
  inputs: ['input: T', 'filter_sizes: int32', 'out_backprop: T'],
  outputs: ['output: T'],
  attrs: [FLOAT, STRIDES, PADDING, FORMAT, DILATIONS],
  shape: ({ filter_sizes }) => spelledDims(filter_sizes, 5),
}).gradient(({ input, out_backprop }, [dy], attrs) => ({
  input: Conv3DBackpropInputV2({ input_sizes: shape(input), filter: dy, out_backprop }, attrs),
  filter_sizes: null,
  out_backprop: Conv3D({ input, filter: dy }, attrs),
}));

/** The gradient of Conv3D with respect to its input, whose shape `input` shows, as older graphs have it. */
export const Conv3DBackpropInput = op('Conv3DBackpropInput', {
  inputs: ['input: T', 'filter: T', 'out_backprop: T'],
  outputs: ['output: T'],
  attrs: ['T: {half, float, double}', STRIDES, PADDING, DILATIONS],
  shape: ({ input }) => withRank(input.dims, 5),
});

/** The gradient of Conv3D with respect to its filter, whose shape `filter` shows, as older graphs have it. */
export const Conv3DBackpropFilter = op('Conv3DBackpropFilter', {
  inputs: ['input: T', 'filter: T', 'out_backprop: T'],
  outputs: ['output: T'],
  attrs: ['T: {half, float, double}', STRIDES, PADDING, DILATIONS],
  shape: ({ filter }) => withRank(filter.dims, 5),
});

const NO_DILATIONS: readonly number[] = [1, 1, 1, 1, 1];

/**
 * Computes a 3-D convolution given 5-D `input` and `filter` tensors.
 *
 * @param filter `[depth, height, width, in_channels, out_channels]`.
 */
export const conv3d = fn(
  ['input', 'filter', 'strides', 'padding', 'data_format', 'dilations', 'name'],
  (
    input: TensorLike,
    filter: TensorLike,
    strides: readonly number[],
    padding: Padding,
    data_format: VolumeFormat = 'NDHWC',
    dilations: readonly number[] = NO_DILATIONS,
    name: Name = null,
  ): Tensor => Conv3D({ input, filter }, { strides, padding, data_format, dilations }, name),
);

/** Computes the gradients of 3-D convolution with respect to the filter. */
export const conv3d_backprop_filter_v2 = fn(
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
    data_format: VolumeFormat = 'NDHWC',
    dilations: readonly number[] = NO_DILATIONS,
    name: Name = null,
  ): Tensor =>
    Conv3DBackpropFilterV2(
      { input, filter_sizes, out_backprop },
      { strides, padding, data_format, dilations },
      name,
    ),
);
