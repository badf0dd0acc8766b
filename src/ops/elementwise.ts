/** What declarations of element-wise ops share: their forms, their shapes, their public functions. */

import { broadcastDims } from '../core/dims.ts';
import { type Op, op } from '../core/op.ts';
import { fn, type Keyworded } from '../core/signature.ts';
import type { Dims, Name, Static, Tensor, TensorLike } from '../core/tensor.ts';

/** The floating types. */
export const FLOATS = 'T: {bfloat16, half, float, double}';
/** The floating and complex types. */
export const FLOATS_COMPLEX = 'T: {bfloat16, half, float, double, complex64, complex128}';
/** Floats, int32, int64 and complex types. */
export const WIDE_NUMBERS =
  'T: {bfloat16, half, float, double, int32, int64, complex64, complex128}';

/** An op of one tensor whose output has its type and shape. */
export type Unary = Op<readonly ['x: T'], readonly ['y: T'], readonly ['T: type']>;
/** An op of two tensors of one type, with broadcasting. */
export type Binary = Op<readonly ['x: T', 'y: T'], readonly ['z: T'], readonly ['T: type']>;

/** The broadcast shape of inputs `x` and `y`. */
export const broadcastShape = ({ x, y }: { readonly x: Static; readonly y: Static }): Dims =>
  broadcastDims(x.dims, y.dims);

/** Declares an op of one tensor of the given types. */
export function unaryOp(type: string, types: string): Unary {
  return op(type, {
    inputs: ['x: T'],
    outputs: ['y: T'],
    attrs: [types as 'T: type'],
    shape: ({ x }) => x.dims,
  });
}

/** Declares an op of two tensors of the given types. */
export function binaryOp(type: string, types: string): Binary {
  return op(type, {
    inputs: ['x: T', 'y: T'],
    outputs: ['z: T'],
    attrs: [types as 'T: type'],
    shape: broadcastShape,
  });
}

type UnaryBody = (x: TensorLike, name?: Name) => Tensor;
type BinaryBody = (x: TensorLike, y: TensorLike, name?: Name) => Tensor;

/** The public function `f(x, name=None)` that is one op. */
export function unary(call: Unary): Keyworded<UnaryBody, readonly ['x', 'name']> {
  return fn(['x', 'name'], (x: TensorLike, name: Name = null): Tensor => call({ x }, {}, name));
}

/** The public function `f(x, y, name=None)` that is one op. */
export function binary(call: Binary): Keyworded<BinaryBody, readonly ['x', 'y', 'name']> {
  return fn(
    ['x', 'y', 'name'],
    (x: TensorLike, y: TensorLike, name: Name = null): Tensor => call({ x, y }, {}, name),
  );
}
