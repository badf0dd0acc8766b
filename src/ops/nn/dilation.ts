/** Grayscale dilation and erosion: convolution with (max, +) in place of (+, *). */

import { nameScope } from '../../core/mode.ts';
import { op } from '../../core/op.ts';
import { fn } from '../../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../../core/tensor.ts';
import { negative } from '../arithmetic.ts';
import { reverse } from '../array.ts';
import { dilationDims, type Padding } from './window_shapes.ts';

const ATTRS = [
  'T: realnumbertype',
  'strides: list(int) >= 4',
  'rates: list(int) >= 4',
  "padding: {'SAME', 'VALID'}",
] as const;

export const Dilation2D = op('Dilation2D', {
  inputs: ['input: T', 'filter: T'],
  outputs: ['output: T'],
  attrs: ATTRS,
  shape: ({ input, filter }, attrs) => dilationDims(input.dims, filter.dims, attrs),
}).gradient(({ input, filter }, [dy], attrs) => ({
  input: Dilation2DBackpropInput({ input, filter, out_backprop: dy }, attrs),
  filter: Dilation2DBackpropFilter({ input, filter, out_backprop: dy }, attrs),
}));

/** The gradient of Dilation2D with respect to its input. */
export const Dilation2DBackpropInput = op('Dilation2DBackpropInput', {
  inputs: ['input: T', 'filter: T', 'out_backprop: T'],
  outputs: ['in_backprop: T'],
  attrs: ATTRS,
  shape: ({ input }) => input.dims,
});

/** The gradient of Dilation2D with respect to its filter. */
export const Dilation2DBackpropFilter = op('Dilation2DBackpropFilter', {
  inputs: ['input: T', 'filter: T', 'out_backprop: T'],
  outputs: ['filter_backprop: T'],
  attrs: ATTRS,
  shape: ({ filter }) => filter.dims,
});

/** Computes the grayscale dilation of 4-D `input` with `filter` `[height, width, channels]`. */
export const dilation2d = fn(
  ['input', 'filter', 'strides', 'rates', 'padding', 'name'],
  (
    input: TensorLike,
    filter: TensorLike,
    strides: readonly number[],
    rates: readonly number[],
    padding: Padding,
    name: Name = null,
  ): Tensor => Dilation2D({ input, filter }, { strides, rates, padding }, name),
);

/** Computes the grayscale erosion: the dilation of the negative by the mirrored kernel, negated. */
export const erosion2d = fn(
  ['value', 'kernel', 'strides', 'rates', 'padding', 'name'],
  (
    value: TensorLike,
    kernel: TensorLike,
    strides: readonly number[],
    rates: readonly number[],
    padding: Padding,
    name: Name = null,
  ): Tensor =>
    nameScope(name, 'erosion2d', (scope) => {
      const input = negative(value);
      const mirrored = reverse(kernel, [0, 1]);
      return negative(Dilation2D({ input, filter: mirrored }, { strides, rates, padding }, scope));
    }),
);
