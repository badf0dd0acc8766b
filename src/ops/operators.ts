/** What the operators of tensors build: Python's `a + b`, `-a`, `a @ b` as methods. */

import { toTensor } from '../core/convert.ts';
import { nameScope } from '../core/mode.ts';
import { Operand, registerOperators } from '../core/operand.ts';
import { Tensor, type TensorLike } from '../core/tensor.ts';
import {
  add,
  div,
  floordiv,
  mod,
  multiply,
  negative,
  pow,
  subtract,
  truediv,
} from './arithmetic.ts';
import {
  equal,
  greater,
  greater_equal,
  less,
  less_equal,
  logical_and,
  logical_not,
  logical_or,
  logical_xor,
  not_equal,
} from './compare.ts';
import { matmul } from './linear.ts';
import { abs } from './math.ts';
import { at } from './slice.ts';

type Named = (x: TensorLike, y: TensorLike, name: string) => Tensor;

/**
 * Python's binary operator `name`: what is no tensor becomes one of the type of the other side, inside
 * a scope. A plain `x` beside a tensor is Python's reflected operator.
 */
const operator =
  (name: string, type: string, body: Named) =>
  (x: TensorLike, y: TensorLike): Tensor => {
    if (y instanceof Operand && !(x instanceof Operand)) {
      const right = toTensor(y);
      return nameScope(null, name, (scope) =>
        body(toTensor(x, right.dtype.base_dtype, 'x'), right, scope),
      );
    }
    const left = toTensor(x);
    return nameScope(null, name, (scope) => body(left, rightHand(left, y, type), scope));
  };

/** `y` as a tensor of the type of `x`; a plain value that has none is refused as the op refuses it. */
function rightHand(x: Tensor, y: TensorLike, type: string): Tensor {
  if (y instanceof Tensor) return y;
  try {
    return toTensor(y, x.dtype.base_dtype, 'y');
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new TypeError(
      error.message.replace(/^(Expected \w+),/, `$1 passed to parameter 'y' of op '${type}',`),
    );
  }
}

/** A comparison; with a plain `x` it is Python's `mirrored` one of the tensor. */
const comparison =
  (body: typeof less, mirrored: typeof less) =>
  (x: TensorLike, y: TensorLike): Tensor =>
    y instanceof Operand && !(x instanceof Operand) ? mirrored(y, x) : body(x, y);

const matrixProduct: Named = (x, y, name) => matmul(x, y, { name });

registerOperators({
  add: operator('add', 'Add', add),
  subtract: operator('sub', 'Sub', subtract),
  multiply: operator('mul', 'Mul', multiply),
  div: operator('div', 'RealDiv', div),
  truediv: operator('truediv', 'RealDiv', truediv),
  floordiv: operator('floordiv', 'FloorDiv', floordiv),
  mod: operator('mod', 'FloorMod', mod),
  pow: operator('pow', 'Pow', pow),
  matmul: operator('matmul', 'MatMul', matrixProduct),
  equal: (x, y) => equal(x, y),
  not_equal: (x, y) => not_equal(x, y),
  less: comparison(less, greater),
  less_equal: comparison(less_equal, greater_equal),
  greater: comparison(greater, less),
  greater_equal: comparison(greater_equal, less_equal),
  logical_and: operator('and', 'LogicalAnd', logical_and),
  logical_or: operator('or', 'LogicalOr', logical_or),
  logical_xor: operator('xor', 'LogicalXor', logical_xor),
  logical_not: (x) => logical_not(x),
  negative: (x) => negative(x),
  abs: (x) => abs(x),
  at,
});
