/** Convolutions of several ops: of one or any number of dimensions, transposed, with gaps, separable. */

import { toTensor } from '../../core/convert.ts';
import { int32 } from '../../core/dtype.ts';
import { ValueError } from '../../core/errors.ts';
import { nameScope } from '../../core/mode.ts';
import { as_dimension } from '../../core/shape.ts';
import { fn } from '../../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../../core/tensor.ts';
import { expand_dims, shape, squeeze } from '../array.ts';
import { integers } from '../literals.ts';
import type { ImageFormat } from './bias.ts';
import { Conv2D, Conv2DBackpropInput, conv2d } from './conv.ts';
import { Conv3DBackpropInputV2, conv3d, type VolumeFormat } from './conv3d.ts';
import { depthwise_conv2d_native } from './depthwise.ts';
import { with_space_to_batch } from './space_to_batch.ts';
import type { Padding } from './window_shapes.ts';

// ---- one dimension -----------------------------------------------------------------------------

/** Where the channels of a sequence are. */
export type SequenceFormat = 'NWC' | 'NCW' | 'NHWC' | 'NCHW';

/**
 * Computes a 1-D convolution given 3-D `value` and `filters` tensors.
 *
 * @param filters `[width, in_channels, out_channels]`.
 */
export const conv1d = fn(
  ['value', 'filters', 'stride', 'padding', 'use_cudnn_on_gpu', 'data_format', 'name'],
  (
    value: TensorLike,
    filters: TensorLike,
    stride: number,
    padding: Padding,
    use_cudnn_on_gpu: boolean | null = null,
    data_format: SequenceFormat | null = null,
    name: Name = null,
  ): Tensor =>
    nameScope(name, 'conv1d', (scope) => {
      const first = data_format === 'NCHW' || data_format === 'NCW';
      const axis = first ? 2 : 1;
      const attrs = {
        strides: first ? [1, 1, 1, stride] : [1, 1, stride, 1],
        padding,
        use_cudnn_on_gpu: use_cudnn_on_gpu ?? true,
        data_format: first ? ('NCHW' as const) : ('NHWC' as const),
      };
      const input = expand_dims(value, axis);
      const filter = expand_dims(filters, 0);
      const result = Conv2D({ input, filter }, attrs, scope);
      return squeeze(result, [axis]);
    }),
);

// ---- any dimensions ----------------------------------------------------------------------------

/** `list`, or ones; positive and of the right length. */
function stepsOf(list: readonly number[] | null, count: number, name: string): readonly number[] {
  const steps = list ?? new Array<number>(count).fill(1);
  if (steps.length !== count) {
    const but = name === 'strides' ? 'but should be' : 'but should be';
    throw new ValueError(`len(${name})=${steps.length} ${but} ${count}`);
  }
  if (steps.some((step) => step < 1)) {
    throw new ValueError(`all values of ${name} must be positive`);
  }
  return steps;
}

/** The strides and rates of a window op, which cannot have both. */
export function stridesAndRates(
  count: number,
  strides: readonly number[] | null,
  dilation_rate: readonly number[] | null,
): readonly [readonly number[], readonly number[]] {
  const rates = stepsOf(dilation_rate, count, 'dilation_rate');
  const steps = stepsOf(strides, count, 'strides');
  if (steps.some((step) => step > 1) && rates.some((rate) => rate > 1)) {
    throw new ValueError('strides > 1 not supported in conjunction with dilation_rate > 1');
  }
  return [steps, rates];
}

function plainConvolution(
  input: Tensor,
  filter: Tensor,
  padding: Padding,
  data_format: string | null,
  strides: readonly number[],
  name: string,
): Tensor {
  const first = data_format?.startsWith('NC') ?? false;
  const steps = first ? [1, 1, ...strides] : [1, ...strides, 1];
  const refuse = (formats: string): never => {
    throw new ValueError(`data_format must be ${formats}.`);
  };
  const allow = (formats: readonly string[]) => {
    if (data_format !== null && !formats.includes(data_format)) {
      refuse(
        formats
          .slice(0, 2)
          .map((f) => `"${f}"`)
          .join(' or '),
      );
    }
  };
  switch (strides.length) {
    case 1:
      allow(['NWC', 'NCW', 'NCHW', 'NHWC']);
      return conv1d(
        input,
        filter,
        strides[0]!,
        padding,
        null,
        (data_format ?? 'NWC') as SequenceFormat,
        name,
      );
    case 2:
      allow(['NHWC', 'NCHW']);
      return conv2d(input, filter, steps, padding, {
        data_format: (data_format ?? 'NHWC') as ImageFormat,
        name,
      });
    default:
      allow(['NDHWC', 'NCDHW']);
      return conv3d(input, filter, steps, padding, {
        data_format: (data_format ?? 'NDHWC') as VolumeFormat,
        name,
      });
  }
}

/**
 * Computes sums of N-D convolutions, N from 1 to 3, with strides or with gaps.
 *
 * @param filter `[...window, in_channels, out_channels]`.
 * @param strides One per spatial dimension.
 * @param dilation_rate One per spatial dimension; the distance of the filter's cells.
 * @param data_format `NC...` where channels come before the spatial dimensions.
 */
export const convolution = fn(
  ['input', 'filter', 'padding', 'strides', 'dilation_rate', 'name', 'data_format'],
  (
    input: TensorLike,
    filter: TensorLike,
    padding: Padding,
    strides: readonly number[] | null = null,
    dilation_rate: readonly number[] | null = null,
    name: Name = null,
    data_format: string | null = null,
  ): Tensor =>
    nameScope(name, 'convolution', (scope) => {
      const x = toTensor(input, null, 'input');
      const f = toTensor(filter, null, 'filter');
      const rank = f.dims?.length ?? x.dims?.length;
      if (rank === undefined) throw new ValueError('rank of input or filter must be known');
      const count = rank - 2;
      const first = data_format?.startsWith('NC') ?? false;
      checkChannels(x, f, first ? 1 : count + 1, count);
      const [steps, rates] = stridesAndRates(count, strides, dilation_rate);
      return with_space_to_batch(
        x,
        toTensor(rates, int32, 'dilation_rate'),
        padding,
        (part, _, how) => plainConvolution(part, f, how, data_format, steps, scope),
        {
          filter_shape: f.shape.is_fully_defined() ? f.shape : shape(f),
          data_format,
        },
      );
    }),
);

function checkChannels(x: Tensor, f: Tensor, axis: number, filterAxis: number): void {
  for (const [name, tensor] of [
    ['input', x],
    ['filter', f],
  ] as const) {
    if (tensor.dims && tensor.dims.length !== filterAxis + 2) {
      throw new ValueError(`${name} tensor must have rank ${filterAxis + 2}`);
    }
  }
  const [channels, expected] = [x.dims?.[axis] ?? null, f.dims?.[filterAxis] ?? null];
  if (channels !== null && expected !== null && channels !== expected) {
    const sizes = `${channels} != ${expected}`;
    throw new ValueError(
      `number of input channels does not match corresponding dimension of filter, ${sizes}`,
    );
  }
}

/** Computes a 2-D convolution whose filter cells are `rate` pixels apart. */
export const atrous_conv2d = fn(
  ['value', 'filters', 'rate', 'padding', 'name'],
  (
    value: TensorLike,
    filters: TensorLike,
    rate: number,
    padding: Padding,
    name: Name = null,
  ): Tensor => convolution(value, filters, padding, null, [rate, rate], name),
);

// ---- transposed --------------------------------------------------------------------------------

function checkTransposed(
  value: Tensor,
  filter: Tensor,
  output_shape: TensorLike,
  sizes: Tensor,
  axis: number,
  rank: number,
): void {
  const [channels, expected] = [value.shape.at(axis), filter.shape.at(rank - 1)];
  if (!as_dimension(channels).is_compatible_with(expected)) {
    throw new ValueError(
      `input channels does not match filter's input channels, ${channels} != ${expected}`,
    );
  }
  if (!sizes.shape.is_compatible_with([rank])) {
    throw new ValueError(`output_shape must have shape (${rank},), got ${sizes.shape}`);
  }
  const wanted = Array.isArray(output_shape) ? output_shape[axis] : null;
  const depth = filter.shape.at(rank - 2);
  if (typeof wanted === 'number' && !as_dimension(depth).is_compatible_with(wanted)) {
    throw new ValueError(
      `output_shape does not match filter's output channels, ${wanted} != ${depth}`,
    );
  }
}

function checkPadding(padding: string): void {
  if (padding !== 'VALID' && padding !== 'SAME') {
    throw new ValueError(`padding must be either VALID or SAME: ${padding}`);
  }
}

/**
 * The transpose of `conv2d` (sometimes called deconvolution): the gradient of a convolution that
 * makes `value` of an image of shape `output_shape`.
 *
 * @param filter `[height, width, output_channels, in_channels]`.
 */
export const conv2d_transpose = fn(
  ['value', 'filter', 'output_shape', 'strides', 'padding', 'data_format', 'name'],
  (
    value: TensorLike,
    filter: TensorLike,
    output_shape: TensorLike,
    strides: readonly number[],
    padding: Padding = 'SAME',
    data_format: ImageFormat = 'NHWC',
    name: Name = null,
  ): Tensor =>
    nameScope(name, 'conv2d_transpose', (scope) => {
      if (data_format !== 'NHWC' && data_format !== 'NCHW') {
        throw new ValueError('data_format has to be either NCHW or NHWC.');
      }
      const out_backprop = toTensor(value, null, 'value');
      const f = toTensor(filter, null, 'filter');
      const input_sizes = toTensor(integers(output_shape), null, 'output_shape');
      checkTransposed(
        out_backprop,
        f,
        output_shape,
        input_sizes,
        data_format === 'NHWC' ? 3 : 1,
        4,
      );
      checkPadding(padding);
      return Conv2DBackpropInput(
        { input_sizes, filter: f, out_backprop },
        { strides, padding, data_format },
        scope,
      );
    }),
);

/**
 * The transpose of `atrous_conv2d`: the gradient of a convolution with gaps that makes `value` of an
 * image of shape `output_shape`.
 *
 * @param filters `[height, width, output_channels, in_channels]`.
 * @param rate The distance of the filter's cells.
 */
export const atrous_conv2d_transpose = fn(
  ['value', 'filters', 'output_shape', 'rate', 'padding', 'name'],
  (
    value: TensorLike,
    filters: TensorLike,
    output_shape: TensorLike,
    rate: number,
    padding: Padding,
    name: Name = null,
  ): Tensor =>
    nameScope(name, 'atrous_conv2d_transpose', (scope) => {
      if (rate < 1) throw new ValueError(`rate ${rate} cannot be less than one`);
      const out_backprop = toTensor(value, null, 'value');
      const f = toTensor(filters, null, 'filters');
      const input_sizes = toTensor(integers(output_shape), null, 'output_shape');
      checkTransposed(out_backprop, f, output_shape, input_sizes, 3, 4);
      checkPadding(padding);
      const dilations = [1, rate, rate, 1];
      return Conv2DBackpropInput(
        { input_sizes, filter: f, out_backprop },
        { strides: [1, 1, 1, 1], padding, dilations },
        scope,
      );
    }),
);

/** The transpose of `conv3d`; `filter` is `[depth, height, width, output_channels, in_channels]`. */
export const conv3d_transpose = fn(
  ['value', 'filter', 'output_shape', 'strides', 'padding', 'data_format', 'name'],
  (
    value: TensorLike,
    filter: TensorLike,
    output_shape: TensorLike,
    strides: readonly number[],
    padding: Padding = 'SAME',
    data_format: VolumeFormat = 'NDHWC',
    name: Name = null,
  ): Tensor =>
    nameScope(name, 'conv3d_transpose', (scope) => {
      const out_backprop = toTensor(value, null, 'value');
      const f = toTensor(filter, null, 'filter');
      const input_sizes = toTensor(integers(output_shape), null, 'output_shape');
      const axis = data_format === 'NCDHW' ? 1 : 4;
      checkTransposed(out_backprop, f, output_shape, input_sizes, axis, 5);
      checkPadding(padding);
      return Conv3DBackpropInputV2(
        { input_sizes, filter: f, out_backprop },
        { strides, padding, data_format },
        scope,
      );
    }),
);

// ---- depthwise and separable -------------------------------------------------------------------

/**
 * Depthwise 2-D convolution: filter `[height, width, in_channels, multiplier]` is applied to each
 * channel on its own.
 *
 * @param rate The distance of the filter's cells along height and width.
 */
export const depthwise_conv2d = fn(
  ['input', 'filter', 'strides', 'padding', 'rate', 'name', 'data_format'],
  (
    input: TensorLike,
    filter: TensorLike,
    strides: readonly number[],
    padding: Padding,
    rate: readonly number[] | null = null,
    name: Name = null,
    data_format: ImageFormat | null = null,
  ): Tensor =>
    nameScope(name, 'depthwise', (scope) => {
      const x = toTensor(input, null, 'tensor_in');
      const f = toTensor(filter, null, 'filter_in');
      return depthwise(x, f, strides, padding, rate, data_format, scope);
    }),
);

function depthwise(
  input: Tensor,
  filter: Tensor,
  strides: readonly number[],
  padding: Padding,
  rate: readonly number[] | null,
  data_format: ImageFormat | null,
  name: string,
): Tensor {
  const format = data_format ?? 'NHWC';
  return with_space_to_batch(
    input,
    integers(rate ?? [1, 1]),
    padding,
    (part, _, how) =>
      depthwise_conv2d_native(part, filter, strides, how, { data_format: format, name }),
    { filter_shape: shape(filter), data_format },
  );
}

/**
 * 2-D convolution with separable filters: a depthwise one, then a pointwise one that mixes channels.
 *
 * @param pointwise_filter `[1, 1, multiplier * in_channels, out_channels]`.
 */
export const separable_conv2d = fn(
  [
    'input',
    'depthwise_filter',
    'pointwise_filter',
    'strides',
    'padding',
    'rate',
    'name',
    'data_format',
  ],
  (
    input: TensorLike,
    depthwise_filter: TensorLike,
    pointwise_filter: TensorLike,
    strides: readonly number[],
    padding: Padding,
    rate: readonly number[] | null = null,
    name: Name = null,
    data_format: ImageFormat | null = null,
  ): Tensor =>
    nameScope(name, 'separable_conv2d', (scope) => {
      const x = toTensor(input, null, 'tensor_in');
      const deep = toTensor(depthwise_filter, null, 'depthwise_filter');
      const point = toTensor(pointwise_filter, null, 'pointwise_filter');
      const pointShape = point.shape.with_rank(4);
      pointShape.at(0).assert_is_compatible_with(1);
      pointShape.at(1).assert_is_compatible_with(1);
      const channels = depthwise(x, deep, strides, padding, rate, data_format, 'depthwise');
      return conv2d(channels, point, [1, 1, 1, 1], 'VALID', {
        data_format: data_format ?? 'NHWC',
        name: scope,
      });
    }),
);
