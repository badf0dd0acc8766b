/** Adding one number per channel, and what layers make of it. */

import { toTensor } from '../../core/convert.ts';
import { mergeDim, replaceDim, withRank, withRankAtLeast } from '../../core/dims.ts';
import { nameScope } from '../../core/mode.ts';
import { op } from '../../core/op.ts';
import { fn } from '../../core/signature.ts';
import type { Dims, Name, Tensor, TensorLike } from '../../core/tensor.ts';
import { zeros_like } from '../array.ts';
import { matmul } from '../linear.ts';
import { relu } from './activations.ts';

/** Where the channels of an image are. */
export type ImageFormat = 'NHWC' | 'NCHW';

const channelAxis = (format: ImageFormat): number => (format === 'NCHW' ? 1 : -1);

/** `value`'s shape, whose channels are as many as there are biases. */
function biased(value: Dims, bias: Dims, format: ImageFormat): Dims {
  const axis = channelAxis(format);
  const dims = withRankAtLeast(value, 2);
  const [count] = withRank(bias, 1);
  return dims && replaceDim(dims, axis, mergeDim(dims.at(axis)!, count!));
}

export const BiasAdd = op('BiasAdd', {
  inputs: ['value: T', 'bias: T'],
  outputs: ['output: T'],
  attrs: ['T: numbertype', "data_format: {'NHWC', 'NCHW'} = 'NHWC'"],
  shape: ({ value, bias }, { data_format }) => biased(value.dims, bias.dims, data_format),
}).gradient((_, [dy], { data_format }) => ({
  value: dy,
  bias: BiasAddGrad({ out_backprop: dy }, { data_format }),
}));

/** The gradient of BiasAdd with respect to the biases: the sum over all but the channels. */
export const BiasAddGrad = op('BiasAddGrad', {
  inputs: ['out_backprop: T'],
  outputs: ['output: T'],
  attrs: ['T: numbertype', "data_format: {'NHWC', 'NCHW'} = 'NHWC'"],
  shape: ({ out_backprop }, { data_format }) => [
    withRankAtLeast(out_backprop.dims, 2)?.at(channelAxis(data_format)) ?? null,
  ],
}).gradient(({ out_backprop }, [dy], { data_format }) => ({
  out_backprop: BiasAdd({ value: zeros_like(out_backprop), bias: dy }, { data_format }),
}));

/** BiasAdd as graphs of 2015 have it, for channels last only. */
export const BiasAddV1 = op('BiasAddV1', {
  inputs: ['value: T', 'bias: T'],
  outputs: ['output: T'],
  attrs: ['T: numbertype'],
  shape: ({ value, bias }) => biased(value.dims, bias.dims, 'NHWC'),
}).gradient((_, [dy]) => ({ value: dy, bias: BiasAddGrad({ out_backprop: dy }) }));

/** Adds `bias` (1-D, one number per channel) to `value`. */
export const bias_add = fn(
  ['value', 'bias', 'data_format', 'name'],
  (
    value: TensorLike,
    bias: TensorLike,
    data_format: ImageFormat | null = null,
    name: Name = null,
  ): Tensor =>
    nameScope(name, 'BiasAdd', (scope) => {
      const x = toTensor(value, null, 'input');
      const b = toTensor(bias, x.dtype.base_dtype, 'bias');
      return BiasAdd({ value: x, bias: b }, { data_format: data_format ?? 'NHWC' }, scope);
    }),
);

/** Computes `matmul(x, weights) + biases`. */
export const xw_plus_b = fn(
  ['x', 'weights', 'biases', 'name'],
  (x: TensorLike, weights: TensorLike, biases: TensorLike, name: Name = null): Tensor =>
    nameScope(name, 'xw_plus_b', (scope) => {
      const input = toTensor(x, null, 'x');
      const w = toTensor(weights, null, 'weights');
      const b = toTensor(biases, null, 'biases');
      return bias_add(matmul(input, w), b, null, scope);
    }),
);

/** Computes `relu(matmul(x, weights) + biases)`. */
export const relu_layer = fn(
  ['x', 'weights', 'biases', 'name'],
  (x: TensorLike, weights: TensorLike, biases: TensorLike, name: Name = null): Tensor =>
    nameScope(name, 'relu_layer', (scope) => {
      const input = toTensor(x, null, 'x');
      const w = toTensor(weights, null, 'weights');
      const b = toTensor(biases, null, 'biases');
      return relu(bias_add(matmul(input, w), b), scope);
    }),
);
