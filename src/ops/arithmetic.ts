/** Arithmetic of two tensors, with broadcasting, as functions and as Python's operators build it. */

import { toTensor } from '../core/convert.ts';
import {
  type DType,
  float32,
  float64,
  int8,
  int16,
  int32,
  int64,
  uint8,
  uint16,
} from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { IndexedSlices } from '../core/indexed_slices.ts';
import { nameScope } from '../core/mode.ts';
import { op } from '../core/op.ts';
import { fn } from '../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../core/tensor.ts';
import { summedTo } from './broadcast_gradient.ts';
import { cast } from './cast.ts';
import { greater, greater_equal, less_equal, not_equal, Select } from './compare.ts';
import { conj } from './complex.ts';
import {
  binary,
  binaryOp,
  broadcastShape,
  FLOATS,
  unary,
  unaryOp,
  WIDE_NUMBERS,
} from './elementwise.ts';
import { zeros_like } from './fill.ts';
import { log, square } from './math.ts';

const NUMBERS =
  'T: {bfloat16, half, float, double, uint8, int8, uint16, int16, int32, int64, complex64, complex128}';
const MODULAR = 'T: {int32, int64, bfloat16, half, float, double}';

// ---- the four operations ---------------------------------------------------------------------

export const Neg = unaryOp('Neg', WIDE_NUMBERS).gradient((_, [dy]) => ({ x: negative(dy) }));
/** `-x`. */
export const negative = unary(Neg);

export const Add = binaryOp(
  'Add',
  'T: {bfloat16, half, float, double, uint8, int8, int16, int32, int64, complex64, complex128, string}',
).gradient(({ x, y }, [dz]) => ({ x: summedTo(dz, x, y), y: summedTo(dz, y, x) }));
/** `x + y`; strings are joined. */
export const add = binary(Add);

/** What later versions build for `x + y`. */
export const AddV2 = binaryOp(
  'AddV2',
  'T: {bfloat16, half, float, double, uint8, int8, int16, int32, int64, complex64, complex128}',
).gradient(({ x, y }, [dz]) => ({ x: summedTo(dz, x, y), y: summedTo(dz, y, x) }));

export const Sub = binaryOp('Sub', NUMBERS).gradient(({ x, y }, [dz]) => ({
  x: summedTo(dz, x, y),
  y: negative(summedTo(dz, y, x)),
}));
/** `x - y`. */
export const subtract = binary(Sub);

export const Mul = binaryOp('Mul', NUMBERS).gradient(({ x, y }, [dz]) => ({
  x: summedTo(multiply(dz, conj(y)), x, y),
  y: summedTo(multiply(conj(x), dz), y, x),
}));
/** `x * y`, element by element. */
export const multiply = binary(Mul);

export const RealDiv = binaryOp('RealDiv', NUMBERS).gradient(({ x, y }, [dz]) =>
  quotientGradients(x, y, dz),
);
/** `x / y` of real numbers. */
export const realdiv = binary(RealDiv);

export const Div = binaryOp('Div', NUMBERS).gradient(({ x, y }, [dz]) =>
  quotientGradients(x, y, dz),
);

function quotientGradients(x: Tensor, y: Tensor, dz: Tensor): { x: Tensor; y: Tensor } {
  const [p, q] = [conj(x), conj(y)];
  return {
    x: summedTo(realdiv(dz, q), x, y),
    y: summedTo(multiply(dz, realdiv(realdiv(negative(p), q), q)), y, x),
  };
}

export const FloorDiv = binaryOp('FloorDiv', NUMBERS).gradient(null);
/** `x // y`, rounded towards negative infinity. */
export const floor_div = binary(FloorDiv);

export const TruncateDiv = binaryOp('TruncateDiv', NUMBERS).gradient(null);
/** `x / y` rounded towards zero. */
export const truncatediv = binary(TruncateDiv);

// ---- division as Python means it -------------------------------------------------------------

/** The type in which Python 3's `/` divides; `null` where it is the operands' own. */
const TRUE_DIVISION = new Map<DType, DType>([
  [uint8, float32],
  [int8, float32],
  [uint16, float32],
  [int16, float32],
  [int32, float64],
  [int64, float64],
]);

/** `x / y` as Python 3 divides: integers become float32, or float64 from 32 bits on. */
export const truediv = fn(
  ['x', 'y', 'name'],
  (x: TensorLike, y: TensorLike, name: Name = null): Tensor =>
    nameScope(name, 'truediv', (scope) => {
      const p = toTensor(x, null, 'x');
      const q = toTensor(y, null, 'y');
      const [a, b] = [p.dtype.base_dtype, q.dtype.base_dtype];
      if (a !== b) {
        throw new TypeError(`x and y must have the same dtype, got ${a} != ${b}`);
      }
      if (!a.is_floating && !a.is_complex && !TRUE_DIVISION.has(a)) {
        throw new TypeError(`Invalid dtype ${a} in __truediv__`);
      }
      const dtype = TRUE_DIVISION.get(a);
      return dtype ? realdiv(cast(p, dtype), cast(q, dtype), scope) : realdiv(p, q, scope);
    }),
);

/** `x / y` as Python 2 divides: integers give integers, rounded towards negative infinity. */
export const div = fn(
  ['x', 'y', 'name'],
  (x: TensorLike, y: TensorLike, name: Name = null): Tensor =>
    nameScope(name, 'div', (scope) => {
      const p = toTensor(x, null, 'x');
      const q = toTensor(y, p.dtype.base_dtype, 'y');
      const exact = p.dtype.is_floating || p.dtype.is_complex;
      return exact ? realdiv(p, q, scope) : floor_div(p, q, scope);
    }),
);

/** `x / y` as Python 3 divides. */
export const divide = fn(
  ['x', 'y', 'name'],
  (x: TensorLike, y: TensorLike, name: Name = null): Tensor => {
    if (name !== null) return truediv(x, y, name);
    const p = toTensor(x);
    return nameScope(null, 'truediv', (scope) =>
      truediv(p, toTensor(y, p.dtype.base_dtype, 'y'), scope),
    );
  },
);

/** `x // y`, rounded towards negative infinity. */
export const floordiv = fn(
  ['x', 'y', 'name'],
  (x: TensorLike, y: TensorLike, name: Name = null): Tensor =>
    nameScope(name, 'floordiv', (scope) => floor_div(x, y, scope)),
);

// ---- remainders ------------------------------------------------------------------------------

export const FloorMod = binaryOp('FloorMod', MODULAR).gradient(({ x, y }, [dz]) => ({
  x: summedTo(dz, x, y),
  y: summedTo(multiply(dz, negative(floor_div(x, y))), y, x),
}));
/** The remainder of `x // y`, with the sign of `y`. */
export const floormod = binary(FloorMod);
/** The remainder of `x // y`, with the sign of `y`. */
export const mod = binary(FloorMod);

export const TruncateMod = binaryOp('TruncateMod', MODULAR).gradient(null);
/** The remainder of division rounded towards zero, with the sign of `x`. */
export const truncatemod = binary(TruncateMod);

export const Mod = binaryOp(
  'Mod',
  'T: {int32, int64, half, half, bfloat16, float, double}',
).gradient(null);

// ---- powers, extremes, angles ----------------------------------------------------------------

export const Pow = binaryOp(
  'Pow',
  'T: {bfloat16, float, half, double, int32, int64, complex64, complex128}',
).gradient(({ x, y }, [dz], _, { z }) => {
  const [p, q] = [conj(x), conj(y)];
  // The logarithm counts as 0 where it has no value, so that no NaN comes of 0 ** y.
  const positive = x.dtype.is_complex
    ? not_equal(p, toTensor(0, x.dtype))
    : greater(p, toTensor(0, x.dtype));
  const logs = Select({ condition: positive, t: log(p), e: zeros_like(p) });
  const lower = subtract(q, toTensor(1, y.dtype));
  return {
    x: summedTo(multiply(multiply(dz, q), pow(p, lower)), x, y),
    y: summedTo(multiply(multiply(dz, conj(z)), logs), y, x),
  };
});
/** `x ** y`. */
export const pow = fn(
  ['x', 'y', 'name'],
  (x: TensorLike, y: TensorLike, name: Name = null): Tensor =>
    nameScope(name, 'Pow', (scope) => Pow({ x, y }, {}, scope)),
);

export const SquaredDifference = binaryOp('SquaredDifference', WIDE_NUMBERS).gradient(
  ({ x, y }, [dz]) => {
    const slope = multiply(multiply(toTensor(2, dz.dtype), dz), subtract(x, y));
    return { x: summedTo(slope, x, y), y: negative(summedTo(slope, y, x)) };
  },
);
/** `(x - y) ** 2`. */
export const squared_difference = binary(SquaredDifference);

const ORDERED = 'T: {bfloat16, half, float, double, int32, int64}';

/** `dz` where `chosen` is true for x and false for y. */
function chosenGradients(
  chosen: Tensor,
  x: Tensor,
  y: Tensor,
  dz: Tensor,
): { x: Tensor; y: Tensor } {
  const zeros = zeros_like(dz);
  return {
    x: summedTo(Select({ condition: chosen, t: dz, e: zeros }), x, y),
    y: summedTo(Select({ condition: chosen, t: zeros, e: dz }), y, x),
  };
}

export const Maximum = binaryOp('Maximum', ORDERED).gradient(({ x, y }, [dz]) =>
  chosenGradients(greater_equal(x, y), x, y, dz),
);
/** The larger of `x` and `y`. */
export const maximum = binary(Maximum);

export const Minimum = binaryOp('Minimum', ORDERED).gradient(({ x, y }, [dz]) =>
  chosenGradients(less_equal(x, y), x, y, dz),
);
/** The smaller of `x` and `y`. */
export const minimum = binary(Minimum);

export const Atan2 = op('Atan2', {
  inputs: ['y: T', 'x: T'],
  outputs: ['z: T'],
  attrs: [FLOATS as 'T: type'],
  shape: broadcastShape,
}).gradient(({ y, x }, [dz]) => {
  const scale = realdiv(dz, add(square(x), square(y)));
  return {
    y: summedTo(multiply(x, scale), y, x),
    x: summedTo(multiply(negative(y), scale), x, y),
  };
});
/** The angle of the point `(x, y)` in radians, from -pi to pi. */
export const atan2 = fn(
  ['y', 'x', 'name'],
  (y: TensorLike, x: TensorLike, name: Name = null): Tensor => Atan2({ y, x }, {}, name),
);

/** `scalar * x`; `scalar` has no axes. ValueError for anything else. */
export const scalar_mul = fn(['scalar', 'x'], (scalar: TensorLike, x: TensorLike) => {
  const dtype = (x as { dtype?: DType }).dtype?.base_dtype ?? null;
  const factor = toTensor(scalar, dtype, 'scalar');
  if (factor.dims?.length !== 0) throw new ValueError('Only scalar multiply works');
  if (!(x instanceof IndexedSlices)) return factor.multiply(x);
  return new IndexedSlices(factor.multiply(x.values), x.indices, x.dense_shape);
});
