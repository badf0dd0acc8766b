/** Comparisons, logic, and the choice between two tensors. */

import { broadcastDims, mergeDims, sameDims } from '../core/dims.ts';
import { ValueError } from '../core/errors.ts';
import { op } from '../core/op.ts';
import { fn } from '../core/signature.ts';
import type { Dims, Name, Static, Tensor, TensorLike } from '../core/tensor.ts';
import { broadcastShape } from './elementwise.ts';
import { zeros_like } from './fill.ts';

const EQUALITY =
  'T: {bfloat16, half, float, double, uint8, int8, int16, int32, int64, complex64, quint8, qint8, qint32, string, bool, complex128}';

function comparison(type: string, types: string) {
  return op(type, {
    inputs: ['x: T', 'y: T'],
    outputs: ['z: bool'],
    attrs: [types as 'T: type'],
    shape: broadcastShape,
  }).gradient(null);
}
type Comparison = ReturnType<typeof comparison>;

const comparing = (call: Comparison) =>
  fn(
    ['x', 'y', 'name'],
    (x: TensorLike, y: TensorLike, name: Name = null): Tensor => call({ x, y }, {}, name),
  );

// ---- comparisons -----------------------------------------------------------------------------

export const Equal = comparison('Equal', EQUALITY);
/** `x == y`, element by element. */
export const equal = comparing(Equal);

export const NotEqual = comparison('NotEqual', EQUALITY);
/** `x != y`, element by element. */
export const not_equal = comparing(NotEqual);

export const Less = comparison('Less', 'T: realnumbertype');
/** `x < y`, element by element. */
export const less = comparing(Less);

export const LessEqual = comparison('LessEqual', 'T: realnumbertype');
/** `x <= y`, element by element. */
export const less_equal = comparing(LessEqual);

export const Greater = comparison('Greater', 'T: realnumbertype');
/** `x > y`, element by element. */
export const greater = comparing(Greater);

export const GreaterEqual = comparison('GreaterEqual', 'T: realnumbertype');
/** `x >= y`, element by element. */
export const greater_equal = comparing(GreaterEqual);

export const ApproximateEqual = op('ApproximateEqual', {
  inputs: ['x: T', 'y: T'],
  outputs: ['z: bool'],
  attrs: ['T: numbertype', 'tolerance: float = 1e-05'],
  shape: ({ x, y }) => mergeDims(x.dims, y.dims),
}).gradient(null);

// ---- logic -----------------------------------------------------------------------------------

function logicOp(type: string) {
  return op(type, {
    inputs: ['x: bool', 'y: bool'],
    outputs: ['z: bool'],
    attrs: [],
    shape: ({ x, y }) => broadcastDims(x.dims, y.dims),
  }).gradient(null);
}

export const LogicalAnd = logicOp('LogicalAnd');
/** `x and y`, element by element. */
export const logical_and = fn(
  ['x', 'y', 'name'],
  (x: TensorLike, y: TensorLike, name: Name = null): Tensor => LogicalAnd({ x, y }, {}, name),
);

export const LogicalOr = logicOp('LogicalOr');
/** `x or y`, element by element. */
export const logical_or = fn(
  ['x', 'y', 'name'],
  (x: TensorLike, y: TensorLike, name: Name = null): Tensor => LogicalOr({ x, y }, {}, name),
);

export const LogicalNot = op('LogicalNot', {
  inputs: ['x: bool'],
  outputs: ['y: bool'],
  attrs: [],
  shape: ({ x }) => x.dims,
}).gradient(null);
/** `not x`, element by element. */
export const logical_not = fn(
  ['x', 'name'],
  (x: TensorLike, name: Name = null): Tensor => LogicalNot({ x }, {}, name),
);

/** Where exactly one of `x` and `y` is true. */
export const logical_xor = fn(
  ['x', 'y', 'name'],
  (x: TensorLike, y: TensorLike, name: Name = 'LogicalXor'): Tensor =>
    logical_and(logical_or(x, y), logical_not(logical_and(x, y)), name),
);

// ---- selection -------------------------------------------------------------------------------

/** `condition` is a scalar, as long as the first dimension, or of the same shape. */
function selectDims({
  condition,
  t,
  e,
}: {
  readonly condition: Static;
  readonly t: Static;
  readonly e: Static;
}): Dims {
  const dims = mergeDims(e.dims, t.dims);
  const flags = condition.dims;
  if (dims === null || flags === null || flags.length === 0) return dims;
  if (flags.length === 1 && dims.length > 0) {
    mergeDims(flags, dims.slice(0, 1));
    return dims;
  }
  if (flags.length !== dims.length) {
    throw new ValueError(`Shapes must be equal rank, but are ${flags.length} and ${dims.length}`);
  }
  return sameDims(flags, dims) ? dims : mergeDims(dims, flags);
}

/** `t` where `condition` is true, `e` elsewhere; a vector chooses rows. */
export const Select = op('Select', {
  inputs: ['condition: bool', 't: T', 'e: T'],
  outputs: ['output: T'],
  attrs: ['T: type'],
  shape: selectDims,
}).gradient(({ condition, t }, [dy]) => {
  const zeros = zeros_like(t);
  return {
    condition: null,
    t: Select({ condition, t: dy, e: zeros }),
    e: Select({ condition, t: zeros, e: dy }),
  };
});
