/**
 * Python's infix operators for code that ports formulas: either side may be a plain number. `1 - x`
 * builds the nodes that Python's reflected operator builds, a constant `sub/x` and the operation `sub`.
 */

import { toTensor } from '../core/convert.ts';
import { nameScope } from '../core/mode.ts';
import { Operand } from '../core/operand.ts';
import type { Tensor, TensorLike } from '../core/tensor.ts';
import { add, multiply, pow, subtract, truediv } from './arithmetic.ts';

type Named = (x: TensorLike, y: TensorLike, name: string) => Tensor;

/** The operator `name`: what is no tensor becomes one of the other side's type. */
const infix =
  (name: string, body: Named) =>
  (x: TensorLike, y: TensorLike): Tensor => {
    if (x instanceof Operand || !(y instanceof Operand)) {
      const left = toTensor(x);
      return nameScope(null, name, (scope) =>
        body(left, toTensor(y, left.dtype.base_dtype, 'y'), scope),
      );
    }
    const right = toTensor(y);
    return nameScope(null, name, (scope) =>
      body(toTensor(x, right.dtype.base_dtype, 'x'), right, scope),
    );
  };

/** `x + y`. */
export const plus = infix('add', add);
/** `x - y`. */
export const minus = infix('sub', subtract);
/** `x * y`. */
export const times = infix('mul', multiply);
/** `x / y`, of Python 3. */
export const over = infix('truediv', truediv);
/** `x ** y`. */
export const power = infix('pow', pow);
