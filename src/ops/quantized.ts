/**
 * Ops on numbers of 8 to 32 bits that stand for floats between a `min` and a `max`, which go beside them
 * as scalars: how graphs of 2016 were made smaller.
 */

import { mergeDim, withRank } from '../core/dims.ts';
import { type DType, qint32 } from '../core/dtype.ts';
import { op } from '../core/op.ts';
import { fn } from '../core/signature.ts';
import type { Dims, Name, Static, Tensor, TensorLike } from '../core/tensor.ts';
import { shapeOf } from './literals.ts';
import { convolutionDims, type Padding, poolDims } from './nn/window_shapes.ts';

const MODE = "mode: {'MIN_COMBINED', 'MIN_FIRST', 'SCALED'} = 'MIN_COMBINED'";
const ROUND = "round_mode: {'HALF_AWAY_FROM_ZERO', 'HALF_TO_EVEN'} = 'HALF_AWAY_FROM_ZERO'";
const PADDING = "padding: {'SAME', 'VALID'}";

/** How numbers of a range are numbered. */
export type QuantizeMode = 'MIN_COMBINED' | 'MIN_FIRST' | 'SCALED';
/** What a half is rounded to. */
export type RoundMode = 'HALF_AWAY_FROM_ZERO' | 'HALF_TO_EVEN';

/** The shape of the numbers, and the scalars of their range. */
function withRange(dims: Dims, ...range: readonly Static[]): Dims[] {
  for (const limit of range) withRank(limit.dims, 0);
  return [dims, [], []];
}

export const QuantizeV2 = op('QuantizeV2', {
  inputs: ['input: float', 'min_range: float', 'max_range: float'],
  outputs: ['output: T', 'output_min: float', 'output_max: float'],
  attrs: ['T: quantizedtype', MODE, ROUND],
  shape: ({ input, min_range, max_range }) => withRange(input.dims, min_range, max_range),
}).gradient(null);

/** Numbers `input` between two limits, as type `T`; gives them and the limits that were used. */
export const quantize_v2 = fn(
  ['input', 'min_range', 'max_range', 'T', 'mode', 'name', 'round_mode'],
  (
    input: TensorLike,
    min_range: TensorLike,
    max_range: TensorLike,
    T: DType,
    mode: QuantizeMode = 'MIN_COMBINED',
    name: Name = null,
    round_mode: RoundMode = 'HALF_AWAY_FROM_ZERO',
  ) => QuantizeV2({ input, min_range, max_range }, { T, mode, round_mode }, name),
);
/** `quantize_v2` with the name at the end. */
export const quantize = fn(
  ['input', 'min_range', 'max_range', 'T', 'mode', 'round_mode', 'name'],
  (
    input: TensorLike,
    min_range: TensorLike,
    max_range: TensorLike,
    T: DType,
    mode: QuantizeMode = 'MIN_COMBINED',
    round_mode: RoundMode = 'HALF_AWAY_FROM_ZERO',
    name: Name = null,
  ) => quantize_v2(input, min_range, max_range, T, { mode, round_mode, name }),
);

export const Dequantize = op('Dequantize', {
  inputs: ['input: T', 'min_range: float', 'max_range: float'],
  outputs: ['output: float'],
  attrs: ['T: quantizedtype', MODE],
  shape: ({ input, min_range, max_range }) => withRange(input.dims, min_range, max_range)[0]!,
}).gradient(null);

/** The floats that quantized numbers stand for. */
export const dequantize = fn(
  ['input', 'min_range', 'max_range', 'mode', 'name'],
  (
    input: TensorLike,
    min_range: TensorLike,
    max_range: TensorLike,
    mode: QuantizeMode = 'MIN_COMBINED',
    name: Name = null,
  ): Tensor => Dequantize({ input, min_range, max_range }, { mode }, name),
);

export const QuantizedReshape = op('QuantizedReshape', {
  inputs: ['tensor: T', 'shape: Tshape', 'input_min: float', 'input_max: float'],
  outputs: ['output: T', 'output_min: float', 'output_max: float'],
  attrs: ['T: type', 'Tshape: {int32, int64} = DT_INT32'],
  shape: ({ shape, input_min, input_max }) => withRange(shapeOf(shape), input_min, input_max),
}).gradient(null);

/** The range of the values that are there, in qint32: where to requantize them to. */
export const RequantizationRange = op('RequantizationRange', {
  inputs: ['input: Tinput', 'input_min: float', 'input_max: float'],
  outputs: ['output_min: float', 'output_max: float'],
  attrs: ['Tinput: quantizedtype'],
  shape: ({ input_min, input_max }) => withRange(null, input_min, input_max).slice(1),
}).gradient(null);

/** The same numbers in another range and another type. */
export const Requantize = op('Requantize', {
  inputs: [
    'input: Tinput',
    'input_min: float',
    'input_max: float',
    'requested_output_min: float',
    'requested_output_max: float',
  ],
  outputs: ['output: out_type', 'output_min: float', 'output_max: float'],
  attrs: ['Tinput: quantizedtype', 'out_type: quantizedtype'],
  shape: ({ input, input_min, input_max, requested_output_min, requested_output_max }) =>
    withRange(input.dims, input_min, input_max, requested_output_min, requested_output_max),
}).gradient(null);

/** Requantize to the range of the values that are there. */
export const QuantizeDownAndShrinkRange = op('QuantizeDownAndShrinkRange', {
  inputs: ['input: Tinput', 'input_min: float', 'input_max: float'],
  outputs: ['output: out_type', 'output_min: float', 'output_max: float'],
  attrs: ['Tinput: quantizedtype', 'out_type: quantizedtype'],
  shape: ({ input, input_min, input_max }) => withRange(input.dims, input_min, input_max),
}).gradient(null);

// ---- layers ------------------------------------------------------------------------------------

const ACTIVATION = {
  inputs: ['features: Tinput', 'min_features: float', 'max_features: float'],
  outputs: ['activations: out_type', 'min_activations: float', 'max_activations: float'],
  attrs: ['Tinput: quantizedtype', 'out_type: quantizedtype = DT_QUINT8'],
} as const;

interface Features {
  readonly features: Static;
  readonly min_features: Static;
  readonly max_features: Static;
}

const activationDims = ({ features, min_features, max_features }: Features): Dims[] =>
  withRange(features.dims, min_features, max_features);

/** `max(x, 0)` */
export const QuantizedRelu = op('QuantizedRelu', {
  ...ACTIVATION,
  shape: activationDims,
}).gradient(null);
/** `min(max(x, 0), 6)` */
export const QuantizedRelu6 = op('QuantizedRelu6', {
  ...ACTIVATION,
  shape: activationDims,
}).gradient(null);

export const QuantizedConv2D = op('QuantizedConv2D', {
  inputs: [
    'input: Tinput',
    'filter: Tfilter',
    'min_input: float',
    'max_input: float',
    'min_filter: float',
    'max_filter: float',
  ],
  outputs: ['output: out_type', 'min_output: float', 'max_output: float'],
  attrs: [
    'Tinput: quantizedtype',
    'Tfilter: quantizedtype',
    'out_type: quantizedtype = DT_QINT32',
    'strides: list(int)',
    PADDING,
    'dilations: list(int) = [1, 1, 1, 1]',
  ],
  shape: ({ input, filter }, { strides, padding, dilations }) =>
    withRange(convolutionDims('Conv2D', input.dims, filter.dims, { strides, padding, dilations })),
}).gradient(null);

/** A convolution of quantized images with quantized filters; the sums are qint32. */
export const quantized_conv2d = fn(
  [
    'input',
    'filter',
    'min_input',
    'max_input',
    'min_filter',
    'max_filter',
    'strides',
    'padding',
    'out_type',
    'dilations',
    'name',
  ],
  (
    input: TensorLike,
    filter: TensorLike,
    min_input: TensorLike,
    max_input: TensorLike,
    min_filter: TensorLike,
    max_filter: TensorLike,
    strides: readonly number[],
    padding: Padding,
    out_type: DType = qint32,
    dilations: readonly number[] = [1, 1, 1, 1],
    name: Name = null,
  ) =>
    QuantizedConv2D(
      { input, filter, min_input, max_input, min_filter, max_filter },
      { strides, padding, out_type, dilations },
      name,
    ),
);

export const QuantizedMatMul = op('QuantizedMatMul', {
  inputs: ['a: T1', 'b: T2', 'min_a: float', 'max_a: float', 'min_b: float', 'max_b: float'],
  outputs: ['out: Toutput', 'min_out: float', 'max_out: float'],
  attrs: [
    'T1: quantizedtype',
    'T2: quantizedtype',
    'Toutput: quantizedtype = DT_QINT32',
    'transpose_a: bool = false',
    'transpose_b: bool = false',
    'Tactivation: quantizedtype = DT_QUINT8',
  ],
  shape: ({ a, b, min_a, max_a, min_b, max_b }, { transpose_a, transpose_b }) => {
    const [p, q] = [withRank(a.dims, 2), withRank(b.dims, 2)];
    mergeDim(p[transpose_a ? 0 : 1]!, q[transpose_b ? 1 : 0]!);
    const dims = [p[transpose_a ? 1 : 0]!, q[transpose_b ? 0 : 1]!];
    return withRange(dims, min_a, max_a, min_b, max_b);
  },
}).gradient(null);

/** Adds a vector to the last dimension; the sums are qint32 in a range of their own. */
export const QuantizedBiasAdd = op('QuantizedBiasAdd', {
  inputs: [
    'input: T1',
    'bias: T2',
    'min_input: float',
    'max_input: float',
    'min_bias: float',
    'max_bias: float',
  ],
  outputs: ['output: out_type', 'min_out: float', 'max_out: float'],
  attrs: ['T1: quantizedtype', 'T2: quantizedtype', 'out_type: quantizedtype'],
  shape: ({ input, min_input, max_input, min_bias, max_bias }) =>
    withRange(input.dims, min_input, max_input, min_bias, max_bias),
}).gradient(null);

const POOL_ATTRS = ['T: quantizedtype', 'ksize: list(int)', 'strides: list(int)', PADDING] as const;

export const QuantizedMaxPool = op('QuantizedMaxPool', {
  inputs: ['input: T', 'min_input: float', 'max_input: float'],
  outputs: ['output: T', 'min_output: float', 'max_output: float'],
  attrs: POOL_ATTRS,
  shape: ({ input, min_input, max_input }, { ksize, strides, padding }) =>
    withRange(
      poolDims('QuantizedMaxPool', input.dims, { ksize, strides, padding }, 4),
      min_input,
      max_input,
    ),
}).gradient(null);

/** The largest number of each window of quantized images. */
export const quantized_max_pool = fn(
  ['input', 'min_input', 'max_input', 'ksize', 'strides', 'padding', 'name'],
  (
    input: TensorLike,
    min_input: TensorLike,
    max_input: TensorLike,
    ksize: readonly number[],
    strides: readonly number[],
    padding: Padding,
    name: Name = null,
  ) => QuantizedMaxPool({ input, min_input, max_input }, { ksize, strides, padding }, name),
);
