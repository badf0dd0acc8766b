/** Bitwise ops on integers: `tf.bitwise`. */

import { divideDim, withRankAtLeast } from '../core/dims.ts';
import { op } from '../core/op.ts';
import { fn } from '../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../core/tensor.ts';
import { binary, binaryOp } from './elementwise.ts';

const INTEGERS = 'T: {int8, int16, int32, int64, uint8, uint16, uint32, uint64}';

export const BitwiseAnd = binaryOp('BitwiseAnd', INTEGERS).gradient(null);
/** `x & y`, bit by bit. */
export const bitwise_and = binary(BitwiseAnd);

export const BitwiseOr = binaryOp('BitwiseOr', INTEGERS).gradient(null);
/** `x | y`, bit by bit. */
export const bitwise_or = binary(BitwiseOr);

export const BitwiseXor = binaryOp('BitwiseXor', INTEGERS).gradient(null);
/** `x ^ y`, bit by bit. */
export const bitwise_xor = binary(BitwiseXor);

export const LeftShift = binaryOp('LeftShift', INTEGERS).gradient(null);
/** `x << y`; shifts are kept between 0 and the number of bits less one. */
export const left_shift = binary(LeftShift);

export const RightShift = binaryOp('RightShift', INTEGERS).gradient(null);
/** `x >> y`, with the sign of signed types; shifts are kept between 0 and the number of bits less one. */
export const right_shift = binary(RightShift);

export const Invert = op('Invert', {
  inputs: ['x: T'],
  outputs: ['y: T'],
  attrs: [INTEGERS],
  shape: ({ x }) => x.dims,
}).gradient(null);
/** `~x`, bit by bit. */
export const invert = fn(
  ['x', 'name'],
  (x: TensorLike, name: Name = null): Tensor => Invert({ x }, {}, name),
);

/** How many bits of each element are set. */
export const PopulationCount = op('PopulationCount', {
  inputs: ['x: T'],
  outputs: ['y: uint8'],
  attrs: [INTEGERS],
  shape: ({ x }) => x.dims,
}).gradient(null);

/** Whether each number is above a threshold, eight answers to a byte, the first in its highest bit. */
export const CompareAndBitpack = op('CompareAndBitpack', {
  inputs: ['input: T', 'threshold: T'],
  outputs: ['output: uint8'],
  attrs: ['T: {bool, half, float, double, int8, int16, int32, int64}'],
  shape: ({ input }) => {
    const dims = withRankAtLeast(input.dims, 1);
    return dims && [...dims.slice(0, -1), divideDim(dims.at(-1)!, 8)];
  },
}).gradient(null);
