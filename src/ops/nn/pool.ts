/** Max and average pooling in two and three dimensions: the ops with their gradients. */

import { toTensor } from '../../core/convert.ts';
import { mergeDims, withRank } from '../../core/dims.ts';
import { type DType, int64 } from '../../core/dtype.ts';
import { nameScope } from '../../core/mode.ts';
import { op } from '../../core/op.ts';
import { fn } from '../../core/signature.ts';
import type { Name, Static, Tensor, TensorLike } from '../../core/tensor.ts';
import { shape, zeros_like } from '../array.ts';
import type { ImageFormat } from './bias.ts';
import type { VolumeFormat } from './conv3d.ts';
import { type Padding, poolDims, spelledDims } from './window_shapes.ts';

const FLOAT = 'T: {half, bfloat16, float, double}';
const REAL = 'T: realnumbertype';
const POOLED =
  'T: {half, bfloat16, float, double, int32, int64, uint8, int16, int8, uint16, qint8} = DT_FLOAT';
const KSIZE = 'ksize: list(int) >= 4';
const STRIDES = 'strides: list(int) >= 4';
const PADDING = "padding: {'SAME', 'VALID'}";
const FORMAT = "data_format: {'NHWC', 'NCHW'} = 'NHWC'";
const MAX_FORMAT = "data_format: {'NHWC', 'NCHW', 'NCHW_VECT_C'} = 'NHWC'";
const KSIZE3D = 'ksize: list(int) >= 5';
const STRIDES3D = 'strides: list(int) >= 5';
const FORMAT3D = "data_format: {'NDHWC', 'NCDHW'} = 'NDHWC'";
const NARROW = 'T: {half, bfloat16, float}';

// ---- max pooling -------------------------------------------------------------------------------

export const MaxPool = op('MaxPool', {
  inputs: ['input: T'],
  outputs: ['output: T'],
  attrs: [POOLED, KSIZE, STRIDES, PADDING, MAX_FORMAT],
  shape: ({ input }, attrs) => poolDims('MaxPool', input.dims, attrs, 4),
}).gradient(({ input }, [dy], attrs, { output }) => ({
  input: MaxPoolGrad(
    { orig_input: input, orig_output: output, grad: dy },
    { ...attrs, data_format: attrs.data_format as ImageFormat },
  ),
}));

/** The gradient of MaxPool with respect to its input. */
export const MaxPoolGrad = op('MaxPoolGrad', {
  inputs: ['orig_input: T', 'orig_output: T', 'grad: T'],
  outputs: ['output: T'],
  attrs: [KSIZE, STRIDES, PADDING, FORMAT, 'T: realnumbertype = DT_FLOAT'],
  shape: ({ orig_input }) => withRank(orig_input.dims, 4),
}).gradient(({ orig_input, orig_output }, [dy], attrs) => ({
  orig_input: zeros_like(orig_input),
  orig_output: zeros_like(orig_output),
  grad: MaxPoolGradGrad({ orig_input, orig_output, grad: dy }, attrs),
}));

/** The gradient of MaxPoolGrad with respect to the gradient that it takes. */
export const MaxPoolGradGrad = op('MaxPoolGradGrad', {
  inputs: ['orig_input: T', 'orig_output: T', 'grad: T'],
  outputs: ['output: T'],
  attrs: [KSIZE, STRIDES, PADDING, FORMAT, REAL],
  shape: ({ orig_input, orig_output, grad }, attrs) =>
    pooledTwice(orig_input, orig_output, grad, poolDims('MaxPool', orig_input.dims, attrs, 4)),
}).gradient(({ orig_input, orig_output }, [dy], attrs) => ({
  orig_input: zeros_like(orig_input),
  orig_output: zeros_like(orig_output),
  grad: MaxPoolGrad({ orig_input, orig_output, grad: dy }, attrs),
}));

function pooledTwice(input: Static, output: Static, grad: Static, dims: Static['dims']) {
  mergeDims(input.dims, grad.dims);
  return mergeDims(dims, output.dims);
}

/** MaxPool whose window and strides are tensors. */
export const MaxPoolV2 = op('MaxPoolV2', {
  inputs: ['input: T', 'ksize: int32', 'strides: int32'],
  outputs: ['output: T'],
  attrs: [POOLED, PADDING, MAX_FORMAT],
  shape: ({ input, ksize, strides }, { padding, data_format }) => {
    const [windows, steps] = [ksize.known, strides.known];
    if (!windows || !steps || windows.includes(null) || steps.includes(null)) {
      return withRank(null, 4);
    }
    const attrs = { ksize: windows as number[], strides: steps as number[], padding, data_format };
    return poolDims('MaxPool', input.dims, attrs, 4);
  },
}).gradient(({ input, ksize, strides }, [dy], { padding, data_format }, { output }) => ({
  input: MaxPoolGradV2(
    { orig_input: input, orig_output: output, grad: dy, ksize, strides },
    { padding, data_format: data_format as ImageFormat },
  ),
  ksize: null,
  strides: null,
}));

/** The gradient of MaxPoolV2 with respect to its input. */
export const MaxPoolGradV2 = op('MaxPoolGradV2', {
  inputs: ['orig_input: T', 'orig_output: T', 'grad: T', 'ksize: int32', 'strides: int32'],
  outputs: ['output: T'],
  attrs: [PADDING, FORMAT, 'T: realnumbertype = DT_FLOAT'],
  shape: ({ orig_input }) => withRank(orig_input.dims, 4),
}).gradient(({ orig_input, orig_output, ksize, strides }, [dy], attrs) => ({
  orig_input: zeros_like(orig_input),
  orig_output: zeros_like(orig_output),
  grad: MaxPoolGradGradV2({ orig_input, orig_output, grad: dy, ksize, strides }, attrs),
  ksize: null,
  strides: null,
}));

/** The gradient of MaxPoolGradV2 with respect to the gradient that it takes. */
export const MaxPoolGradGradV2 = op('MaxPoolGradGradV2', {
  inputs: ['orig_input: T', 'orig_output: T', 'grad: T', 'ksize: int32', 'strides: int32'],
  outputs: ['output: T'],
  attrs: [PADDING, FORMAT, REAL],
  shape: ({ orig_output }) => withRank(orig_output.dims, 4),
}).gradient(({ orig_input, orig_output, ksize, strides }, [dy], attrs) => ({
  orig_input: zeros_like(orig_input),
  orig_output: zeros_like(orig_output),
  grad: MaxPoolGradV2({ orig_input, orig_output, grad: dy, ksize, strides }, attrs),
  ksize: null,
  strides: null,
}));

export const MaxPoolWithArgmax = op('MaxPoolWithArgmax', {
  inputs: ['input: T'],
  outputs: ['output: T', 'argmax: Targmax'],
  attrs: [KSIZE, STRIDES, 'Targmax: {int32, int64} = DT_INT64', PADDING, REAL],
  shape: ({ input }, attrs) => {
    const dims = poolDims('MaxPool', input.dims, attrs, 4);
    return [dims, dims];
  },
}).gradient(({ input }, [dy], attrs, { argmax }) => ({
  input: MaxPoolGradWithArgmax({ input, grad: dy, argmax }, attrs),
}));

/** The gradient of MaxPoolWithArgmax with respect to its input. */
export const MaxPoolGradWithArgmax = op('MaxPoolGradWithArgmax', {
  inputs: ['input: T', 'grad: T', 'argmax: Targmax'],
  outputs: ['output: T'],
  attrs: [KSIZE, STRIDES, PADDING, 'Targmax: {int32, int64}', REAL],
  shape: ({ input }) => withRank(input.dims, 4),
}).gradient(({ input, argmax }, [dy], attrs) => ({
  input: zeros_like(input),
  grad: MaxPoolGradGradWithArgmax({ input, grad: dy, argmax }, attrs),
  argmax: null,
}));

/** The gradient of MaxPoolGradWithArgmax with respect to the gradient that it takes. */
export const MaxPoolGradGradWithArgmax = op('MaxPoolGradGradWithArgmax', {
  inputs: ['input: T', 'grad: T', 'argmax: Targmax'],
  outputs: ['output: T'],
  attrs: [KSIZE, STRIDES, PADDING, 'Targmax: {int32, int64}', REAL],
  shape: ({ argmax }) => withRank(argmax.dims, 4),
});

/** Performs max pooling: the maximum in each window of size `ksize`, one size per dimension. */
export const max_pool = fn(
  ['value', 'ksize', 'strides', 'padding', 'data_format', 'name'],
  (
    value: TensorLike,
    ksize: readonly number[],
    strides: readonly number[],
    padding: Padding,
    data_format: ImageFormat = 'NHWC',
    name: Name = null,
  ): Tensor =>
    nameScope(name, 'MaxPool', (scope) =>
      MaxPool(
        { input: toTensor(value, null, 'input') },
        { ksize, strides, padding, data_format },
        scope,
      ),
    ),
);

/**
 * Performs max pooling and says where the maxima are: `((b * height + y) * width + x) * channels + c`.
 *
 * @returns `[output, argmax]`
 */
export const max_pool_with_argmax = fn(
  ['input', 'ksize', 'strides', 'padding', 'Targmax', 'name'],
  (
    input: TensorLike,
    ksize: readonly number[],
    strides: readonly number[],
    padding: Padding,
    Targmax: DType = int64,
    name: Name = null,
  ): readonly [Tensor, Tensor] =>
    MaxPoolWithArgmax({ input }, { ksize, strides, padding, Targmax }, name),
);

// ---- average pooling ---------------------------------------------------------------------------

export const AvgPool = op('AvgPool', {
  inputs: ['value: T'],
  outputs: ['output: T'],
  attrs: [KSIZE, STRIDES, PADDING, FORMAT, FLOAT],
  shape: ({ value }, attrs) => poolDims('AvgPool', value.dims, attrs, 4),
}).gradient(({ value }, [dy], attrs) => ({
  value: AvgPoolGrad({ orig_input_shape: shape(value), grad: dy }, attrs),
}));

/** The gradient of AvgPool with respect to its input. */
export const AvgPoolGrad = op('AvgPoolGrad', {
  inputs: ['orig_input_shape: int32', 'grad: T'],
  outputs: ['output: T'],
  attrs: [KSIZE, STRIDES, PADDING, FORMAT, FLOAT],
  shape: ({ orig_input_shape }) => spelledDims(orig_input_shape, 4),
}).gradient((_, [dy], attrs) => ({
  orig_input_shape: null,
  grad: AvgPool({ value: dy }, attrs),
}));

/** Performs average pooling: the mean of each window of size `ksize`, padding left out. */
export const avg_pool = fn(
  ['value', 'ksize', 'strides', 'padding', 'data_format', 'name'],
  (
    value: TensorLike,
    ksize: readonly number[],
    strides: readonly number[],
    padding: Padding,
    data_format: ImageFormat = 'NHWC',
    name: Name = null,
  ): Tensor =>
    nameScope(name, 'AvgPool', (scope) =>
      AvgPool(
        { value: toTensor(value, null, 'input') },
        { ksize, strides, padding, data_format },
        scope,
      ),
    ),
);

// ---- three dimensions --------------------------------------------------------------------------

export const MaxPool3D = op('MaxPool3D', {
  inputs: ['input: T'],
  outputs: ['output: T'],
  attrs: [KSIZE3D, STRIDES3D, PADDING, FORMAT3D, NARROW],
  shape: ({ input }, attrs) => poolDims('MaxPool3D', input.dims, attrs, 5),
}).gradient(({ input }, [dy], attrs, { output }) => ({
  input: MaxPool3DGrad({ orig_input: input, orig_output: output, grad: dy }, attrs),
}));

/** The gradient of MaxPool3D with respect to its input. */
export const MaxPool3DGrad = op('MaxPool3DGrad', {
  inputs: ['orig_input: TInput', 'orig_output: TInput', 'grad: T'],
  outputs: ['output: T'],
  attrs: [
    KSIZE3D,
    STRIDES3D,
    PADDING,
    FORMAT3D,
    'T: {half, bfloat16, float} = DT_FLOAT',
    'TInput: {half, bfloat16, float} = DT_FLOAT',
  ],
  shape: ({ orig_input }) => withRank(orig_input.dims, 5),
}).gradient(({ orig_input, orig_output }, [dy], attrs) => ({
  orig_input: zeros_like(orig_input),
  orig_output: zeros_like(orig_output),
  grad: MaxPool3DGradGrad({ orig_input, orig_output, grad: dy }, attrs),
}));

/** The gradient of MaxPool3DGrad with respect to the gradient that it takes. */
export const MaxPool3DGradGrad = op('MaxPool3DGradGrad', {
  inputs: ['orig_input: T', 'orig_output: T', 'grad: T'],
  outputs: ['output: T'],
  attrs: [KSIZE3D, STRIDES3D, PADDING, FORMAT3D, 'T: {float}'],
  shape: ({ orig_input, orig_output, grad }, attrs) =>
    pooledTwice(orig_input, orig_output, grad, poolDims('MaxPool3D', orig_input.dims, attrs, 5)),
}).gradient(({ orig_input, orig_output }, [dy], attrs) => ({
  orig_input: zeros_like(orig_input),
  orig_output: zeros_like(orig_output),
  grad: MaxPool3DGrad({ orig_input, orig_output, grad: dy }, attrs),
}));

/** Performs 3-D max pooling on the input. */
export const max_pool3d = fn(
  ['input', 'ksize', 'strides', 'padding', 'data_format', 'name'],
  (
    input: TensorLike,
    ksize: readonly number[],
    strides: readonly number[],
    padding: Padding,
    data_format: VolumeFormat = 'NDHWC',
    name: Name = null,
  ): Tensor => MaxPool3D({ input }, { ksize, strides, padding, data_format }, name),
);

export const AvgPool3D = op('AvgPool3D', {
  inputs: ['input: T'],
  outputs: ['output: T'],
  attrs: [KSIZE3D, STRIDES3D, PADDING, FORMAT3D, FLOAT],
  shape: ({ input }, attrs) => poolDims('AvgPool3D', input.dims, attrs, 5),
}).gradient(({ input }, [dy], attrs) => ({
  input: AvgPool3DGrad({ orig_input_shape: shape(input), grad: dy }, attrs),
}));

/** The gradient of AvgPool3D with respect to its input. */
export const AvgPool3DGrad = op('AvgPool3DGrad', {
  inputs: ['orig_input_shape: int32', 'grad: T'],
  outputs: ['output: T'],
  attrs: [KSIZE3D, STRIDES3D, PADDING, FORMAT3D, FLOAT],
  shape: ({ orig_input_shape }) => spelledDims(orig_input_shape, 5),
}).gradient((_, [dy], attrs) => ({
  orig_input_shape: null,
  grad: AvgPool3D({ input: dy }, attrs),
}));

/** Performs 3-D average pooling on the input. */
export const avg_pool3d = fn(
  ['input', 'ksize', 'strides', 'padding', 'data_format', 'name'],
  (
    input: TensorLike,
    ksize: readonly number[],
    strides: readonly number[],
    padding: Padding,
    data_format: VolumeFormat = 'NDHWC',
    name: Name = null,
  ): Tensor => AvgPool3D({ input }, { ksize, strides, padding, data_format }, name),
);
