/**
 * The operators: what Python writes `a + b`, `a[i]`, `-a` are methods here, on tensors and on
 * variables alike. `ops/` registers what each builds, so that this layer knows no op.
 */

import type { DType } from './dtype.ts';
import type { IndexSpec } from './index_spec.ts';
import type { Tensor, TensorLike } from './tensor.ts';

type Binary = (x: TensorLike, y: TensorLike) => Tensor;
type Unary = (x: TensorLike) => Tensor;

/** What `ops/operators.ts` provides: for each method the function that Python's operator calls. */
export interface Operators {
  readonly add: Binary;
  readonly subtract: Binary;
  readonly multiply: Binary;
  readonly div: Binary;
  readonly truediv: Binary;
  readonly floordiv: Binary;
  readonly mod: Binary;
  readonly pow: Binary;
  readonly matmul: Binary;
  readonly equal: Binary;
  readonly not_equal: Binary;
  readonly less: Binary;
  readonly less_equal: Binary;
  readonly greater: Binary;
  readonly greater_equal: Binary;
  readonly logical_and: Binary;
  readonly logical_or: Binary;
  readonly logical_xor: Binary;
  readonly logical_not: Unary;
  readonly negative: Unary;
  readonly abs: Unary;
  readonly at: (x: Operand, specs: readonly IndexSpec<Operand>[]) => Tensor;
}

let operators: Operators | undefined;

/** Provides the operators. */
export function registerOperators(provided: Operators): void {
  operators = provided;
}

/** The function behind operator `name`, which also takes plain values first: `1 - x`. */
export function operator<K extends keyof Operators>(name: K): Operators[K] {
  if (!operators) throw new Error('The operators are not loaded.');
  return operators[name];
}

/** What has operators: a tensor, or a variable standing for its value. */
export abstract class Operand {
  /** The tensor that stands for this operand in an op. `dtype` is checked, `asRef` asks for the variable itself. @internal */
  abstract _toTensor(dtype?: DType | null, name?: string | null, asRef?: boolean): Tensor;

  /** `self + y`. */
  add(y: TensorLike): Tensor {
    return operator('add')(this, y);
  }
  /** `self - y`. */
  subtract(y: TensorLike): Tensor {
    return operator('subtract')(this, y);
  }
  /** `self * y`. */
  multiply(y: TensorLike): Tensor {
    return operator('multiply')(this, y);
  }
  /** `self / y` as Python 2 divides: integers give integers. */
  div(y: TensorLike): Tensor {
    return operator('div')(this, y);
  }
  /** `self / y` as Python 3 divides: integers give floats. */
  truediv(y: TensorLike): Tensor {
    return operator('truediv')(this, y);
  }
  /** `self // y`. */
  floordiv(y: TensorLike): Tensor {
    return operator('floordiv')(this, y);
  }
  /** `self % y`, with the sign of `y`. */
  mod(y: TensorLike): Tensor {
    return operator('mod')(this, y);
  }
  /** `self ** y`. */
  pow(y: TensorLike): Tensor {
    return operator('pow')(this, y);
  }
  /** `self @ y`. */
  matmul(y: TensorLike): Tensor {
    return operator('matmul')(this, y);
  }
  /** Element-wise equality, as `tf.equal`. */
  equal(y: TensorLike): Tensor {
    return operator('equal')(this, y);
  }
  /** Element-wise inequality, as `tf.not_equal`. */
  not_equal(y: TensorLike): Tensor {
    return operator('not_equal')(this, y);
  }
  /** `self < y`. */
  less(y: TensorLike): Tensor {
    return operator('less')(this, y);
  }
  /** `self <= y`. */
  less_equal(y: TensorLike): Tensor {
    return operator('less_equal')(this, y);
  }
  /** `self > y`. */
  greater(y: TensorLike): Tensor {
    return operator('greater')(this, y);
  }
  /** `self >= y`. */
  greater_equal(y: TensorLike): Tensor {
    return operator('greater_equal')(this, y);
  }
  /** `self & y`. */
  logical_and(y: TensorLike): Tensor {
    return operator('logical_and')(this, y);
  }
  /** `self | y`. */
  logical_or(y: TensorLike): Tensor {
    return operator('logical_or')(this, y);
  }
  /** `self ^ y`. */
  logical_xor(y: TensorLike): Tensor {
    return operator('logical_xor')(this, y);
  }
  /** `~self`. */
  logical_not(): Tensor {
    return operator('logical_not')(this);
  }
  /** `-self`. */
  negative(): Tensor {
    return operator('negative')(this);
  }
  /** `abs(self)`. */
  abs(): Tensor {
    return operator('abs')(this);
  }
  /** `self[specs]`: integers, tensors, `null` (newaxis), `'...'`, slices as `'1:3'` or `{ start, stop, step }`. */
  at(...specs: IndexSpec<Operand>[]): Tensor {
    return operator('at')(this, specs);
  }
}
