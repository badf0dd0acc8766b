/** Functions of one tensor, element by element, and sums of many. */

import { toTensor } from '../core/convert.ts';
import { mergeDims } from '../core/dims.ts';
import type { DType } from '../core/dtype.ts';
import { as_dtype } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { IndexedSlices } from '../core/indexed_slices.ts';
import { nameScope } from '../core/mode.ts';
import { op } from '../core/op.ts';
import { as_shape, type ShapeLike } from '../core/shape.ts';
import { fn } from '../core/signature.ts';
import type { Dims, Name, Static, Tensor, TensorLike } from '../core/tensor.ts';
import { add, divide, multiply, negative, subtract } from './arithmetic.ts';
import { ComplexAbs, conj } from './complex.ts';
import { FLOATS, FLOATS_COMPLEX, unary, unaryOp, WIDE_NUMBERS } from './elementwise.ts';
import { zeros_like } from './fill.ts';
import { softplus } from './nn/activations.ts';
import { identity } from './shape.ts';

/** `factor`, a plain number, in the type of `x`. */
const scaled = (x: Tensor, factor: number): Tensor => multiply(x, toTensor(factor, x.dtype));

// ---- arithmetic ------------------------------------------------------------------------------

export const Abs = unaryOp('Abs', 'T: {bfloat16, half, float, double, int32, int64}').gradient(
  ({ x }, [dy]) => ({ x: multiply(dy, sign(x)) }),
);
/** The absolute value; of a complex number its size, as a real number. */
export const abs = fn(
  ['x', 'name'],
  (x: TensorLike, name: Name = null): Tensor =>
    nameScope(name, 'Abs', (scope) => {
      const value = toTensor(x, null, 'x');
      return value.dtype.is_complex
        ? ComplexAbs({ x: value }, { Tout: value.dtype.real_dtype }, scope)
        : Abs({ x: value }, {}, scope);
    }),
);

export const Sign = unaryOp('Sign', WIDE_NUMBERS).gradient(({ x }) => ({ x: zeros_like(x) }));
/** -1, 0 or 1 by the sign of `x`; `x / abs(x)` for complex numbers. */
export const sign = unary(Sign);

export const Square = unaryOp('Square', WIDE_NUMBERS).gradient(({ x }, [dy]) => ({
  x: multiply(dy, scaled(conj(x), 2)),
}));
/** `x * x`. */
export const square = unary(Square);

export const Inv = unaryOp('Inv', WIDE_NUMBERS).gradient((_, [dy], __, { y }) => ({
  x: ReciprocalGrad({ y, dy }),
}));
export const Reciprocal = unaryOp('Reciprocal', WIDE_NUMBERS).gradient((_, [dy], __, { y }) => ({
  x: ReciprocalGrad({ y, dy }),
}));
/** `1 / x`. */
export const reciprocal = unary(Reciprocal);

export const Sqrt = unaryOp('Sqrt', FLOATS_COMPLEX).gradient((_, [dy], __, { y }) => ({
  x: SqrtGrad({ y, dy }),
}));
/** The square root. */
export const sqrt = unary(Sqrt);

export const Rsqrt = unaryOp('Rsqrt', FLOATS_COMPLEX).gradient((_, [dy], __, { y }) => ({
  x: RsqrtGrad({ y, dy }),
}));
/** `1 / sqrt(x)`. */
export const rsqrt = unary(Rsqrt);

// ---- rounding --------------------------------------------------------------------------------

export const Floor = unaryOp('Floor', FLOATS).gradient(null);
/** The largest integer not above `x`. */
export const floor = unary(Floor);

export const Ceil = unaryOp('Ceil', FLOATS).gradient(null);
/** The smallest integer not below `x`. */
export const ceil = unary(Ceil);

export const Rint = unaryOp('Rint', FLOATS).gradient(null);
/** The integer nearest to `x`; of two, the even one. */
export const rint = unary(Rint);

export const Round = unaryOp('Round', WIDE_NUMBERS).gradient(null);
/** The integer nearest to `x`; of two, the even one. Integers stay as they are. */
export const round = fn(['x', 'name'], (x: TensorLike, name: Name = null): Tensor => {
  const value = toTensor(x, null, 'x');
  return value.dtype.is_integer ? value : Round({ x: value }, {}, name);
});

// ---- exponentials ----------------------------------------------------------------------------

export const Exp = unaryOp('Exp', FLOATS_COMPLEX).gradient((_, [dy], __, { y }) => ({
  x: multiply(dy, conj(y)),
}));
/** `e ** x`. */
export const exp = unary(Exp);

export const Expm1 = unaryOp('Expm1', FLOATS_COMPLEX).gradient(({ x }, [dy]) => ({
  x: multiply(dy, exp(conj(x))),
}));
/** `exp(x) - 1`, accurate near 0. */
export const expm1 = unary(Expm1);

export const Log = unaryOp('Log', FLOATS_COMPLEX).gradient(({ x }, [dy]) => ({
  x: multiply(dy, reciprocal(conj(x))),
}));
/** The natural logarithm. */
export const log = unary(Log);

export const Log1p = unaryOp('Log1p', FLOATS_COMPLEX).gradient(({ x }, [dy]) => ({
  x: multiply(dy, reciprocal(add(toTensor(1, x.dtype), conj(x)))),
}));
/** `log(1 + x)`, accurate near 0. */
export const log1p = unary(Log1p);

export const Sigmoid = unaryOp('Sigmoid', FLOATS_COMPLEX).gradient((_, [dy], __, { y }) => ({
  x: SigmoidGrad({ y: conj(y), dy }),
}));
/** `1 / (1 + exp(-x))`. */
export const sigmoid = unary(Sigmoid);

/** `log(1 / (1 + exp(-x)))`, without overflow. */
export const log_sigmoid = fn(
  ['x', 'name'],
  (x: TensorLike, name: Name = null): Tensor =>
    nameScope(name, 'LogSigmoid', (scope) =>
      negative(softplus(toTensor(x, null, 'x').negative()), scope),
    ),
);

export const Sinh = unaryOp('Sinh', FLOATS_COMPLEX).gradient(({ x }, [dy]) => ({
  x: multiply(dy, cosh(conj(x))),
}));
/** The hyperbolic sine. */
export const sinh = unary(Sinh);

export const Cosh = unaryOp('Cosh', FLOATS_COMPLEX).gradient(({ x }, [dy]) => ({
  x: multiply(dy, sinh(conj(x))),
}));
/** The hyperbolic cosine. */
export const cosh = unary(Cosh);

export const Tanh = unaryOp('Tanh', FLOATS_COMPLEX).gradient((_, [dy], __, { y }) => ({
  x: TanhGrad({ y: conj(y), dy }),
}));
/** The hyperbolic tangent. */
export const tanh = unary(Tanh);

export const Asinh = unaryOp('Asinh', FLOATS_COMPLEX).gradient((_, [dy], __, { y }) => ({
  x: divide(dy, cosh(conj(y))),
}));
/** The inverse hyperbolic sine. */
export const asinh = unary(Asinh);

export const Acosh = unaryOp('Acosh', FLOATS_COMPLEX).gradient((_, [dy], __, { y }) => ({
  x: divide(dy, sinh(conj(y))),
}));
/** The inverse hyperbolic cosine. */
export const acosh = unary(Acosh);

export const Atanh = unaryOp('Atanh', FLOATS_COMPLEX).gradient(({ x }, [dy]) => ({
  x: multiply(dy, reciprocal(oneMinusSquare(conj(x)))),
}));
/** The inverse hyperbolic tangent. */
export const atanh = unary(Atanh);

const oneMinusSquare = (x: Tensor): Tensor => subtract(toTensor(1, x.dtype), square(x));

// ---- trigonometry ----------------------------------------------------------------------------

export const Sin = unaryOp('Sin', FLOATS_COMPLEX).gradient(({ x }, [dy]) => ({
  x: multiply(dy, cos(conj(x))),
}));
/** The sine of angles in radians. */
export const sin = unary(Sin);

export const Cos = unaryOp('Cos', FLOATS_COMPLEX).gradient(({ x }, [dy]) => ({
  x: negative(multiply(dy, sin(conj(x)))),
}));
/** The cosine of angles in radians. */
export const cos = unary(Cos);

export const Tan = unaryOp('Tan', WIDE_NUMBERS).gradient(({ x }, [dy]) => ({
  x: multiply(dy, square(reciprocal(cos(conj(x))))),
}));
/** The tangent of angles in radians. */
export const tan = unary(Tan);

export const Asin = unaryOp('Asin', WIDE_NUMBERS).gradient(({ x }, [dy]) => ({
  x: multiply(dy, reciprocal(sqrt(oneMinusSquare(conj(x))))),
}));
/** The inverse sine, in radians. */
export const asin = unary(Asin);

export const Acos = unaryOp('Acos', WIDE_NUMBERS).gradient(({ x }, [dy]) => ({
  x: negative(multiply(dy, reciprocal(sqrt(oneMinusSquare(conj(x)))))),
}));
/** The inverse cosine, in radians. */
export const acos = unary(Acos);

export const Atan = unaryOp('Atan', WIDE_NUMBERS).gradient(({ x }, [dy]) => ({
  x: multiply(dy, reciprocal(add(toTensor(1, x.dtype), square(conj(x))))),
}));
/** The inverse tangent, in radians. */
export const atan = unary(Atan);

// ---- gradients as functions of the result ----------------------------------------------------

/** Declares an op of a result `y` and the gradient `dy` with respect to it. */
function localGradient(type: string) {
  return op(type, {
    inputs: ['y: T', 'dy: T'],
    outputs: ['z: T'],
    attrs: [FLOATS_COMPLEX as 'T: type'],
    shape: ({ y, dy }): Dims => mergeDims(y.dims, dy.dims),
  });
}

/** The gradient of a reciprocal `y`: `-dy * y * y`. */
export const ReciprocalGrad = localGradient('ReciprocalGrad').gradient(({ y, dy }, [dz]) => {
  const slope = conj(y);
  return {
    y: multiply(scaled(conj(dz), -2), multiply(dy, slope)),
    dy: ReciprocalGrad({ y: slope, dy: dz }),
  };
});
/** The same under its older name. */
export const InvGrad = localGradient('InvGrad').gradient(({ y, dy }, [dz]) => {
  const slope = conj(y);
  return {
    y: multiply(scaled(conj(dz), -2), multiply(dy, slope)),
    dy: InvGrad({ y: slope, dy: dz }),
  };
});
/** The gradient of a square root `y`: `dy / 2y`. */
export const SqrtGrad = localGradient('SqrtGrad').gradient(({ y }, [dz], _, { z }) => {
  const slope = divide(dz, y);
  return { y: negative(multiply(conj(slope), z)), dy: scaled(slope, 0.5) };
});
/** The gradient of `y = x ** -0.5`: `-dy * y ** 3 / 2`. */
export const RsqrtGrad = localGradient('RsqrtGrad').gradient(({ y, dy }, [dz]) => {
  const slope = conj(y);
  const cubic = multiply(multiply(conj(dz), dy), square(slope));
  return { y: scaled(cubic, -1.5), dy: RsqrtGrad({ y: slope, dy: dz }) };
});
/** The gradient of a hyperbolic tangent `y`: `dy * (1 - y * y)`. */
export const TanhGrad = localGradient('TanhGrad').gradient(({ y, dy }, [dz]) => {
  const slope = conj(y);
  return {
    y: multiply(multiply(scaled(dz, -2), conj(dy)), slope),
    dy: TanhGrad({ y: slope, dy: dz }),
  };
});
/** The gradient of a sigmoid `y`: `dy * y * (1 - y)`. */
export const SigmoidGrad = localGradient('SigmoidGrad').gradient(({ y, dy }, [dz]) => {
  const slope = conj(y);
  const product = multiply(dz, conj(dy));
  return {
    y: subtract(product, scaled(multiply(product, slope), 2)),
    dy: SigmoidGrad({ y: slope, dy: dz }),
  };
});

// ---- questions about floats ------------------------------------------------------------------

function question(type: string) {
  return op(type, {
    inputs: ['x: T'],
    outputs: ['y: bool'],
    attrs: [FLOATS as 'T: type'],
    shape: ({ x }) => x.dims,
  });
}
type Question = ReturnType<typeof question>;
const asking = (call: Question) =>
  fn(['x', 'name'], (x: TensorLike, name: Name = null): Tensor => call({ x }, {}, name));

export const IsNan = question('IsNan').gradient(null);
/** Which elements are NaN. */
export const is_nan = asking(IsNan);

export const IsInf = question('IsInf').gradient(null);
/** Which elements are infinite. */
export const is_inf = asking(IsInf);

export const IsFinite = question('IsFinite').gradient(null);
/** Which elements are neither NaN nor infinite. */
export const is_finite = asking(IsFinite);

// ---- sums of many ----------------------------------------------------------------------------

const merged = ({ inputs }: { readonly inputs: readonly Static[] }): Dims => {
  try {
    return inputs.reduceRight<Dims>((dims, x) => mergeDims(x.dims, dims), null);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new ValueError(
      `${error.message.replace(/\.$/, '')}\n\tFrom merging shape 0 with other shapes.`,
    );
  }
};

export const AddN = op('AddN', {
  inputs: ['inputs: N * T'],
  outputs: ['sum: T'],
  attrs: [
    'N: int >= 1',
    'T: {float, double, int32, uint8, int16, int8, complex64, int64, qint8, quint8, qint32, bfloat16, uint16, complex128, half, uint32, uint64, variant}',
  ],
  shape: merged,
}).gradient(({ inputs }, [dy]) => ({ inputs: inputs.map(() => dy) }));

const LIST_TEXT = 'inputs must be a list of at least one Tensor with the same dtype and shape';

/** Adds all inputs, which have one shape, element by element. ValueError for an empty list. */
export const add_n = fn(
  ['inputs', 'name'],
  (inputs: readonly TensorLike[], name: Name = null): Tensor => {
    const tensors = tensorsOf(inputs);
    if (tensors.length > 1) return AddN({ inputs: tensors }, {}, name);
    return name === null ? tensors[0]! : identity(tensors[0]!, name);
  },
);

function tensorsOf(inputs: readonly TensorLike[]): Tensor[] {
  if (!Array.isArray(inputs) || inputs.length === 0) throw new ValueError(LIST_TEXT);
  return (inputs as readonly TensorLike[]).map((x) =>
    x instanceof IndexedSlices ? x._toTensor() : toTensor(x),
  );
}

export const AccumulateNV2 = op('AccumulateNV2', {
  inputs: ['inputs: N * T'],
  outputs: ['sum: T'],
  attrs: ['N: int >= 1', 'T: numbertype', 'shape: shape'],
  shape: (_, { shape }) => shape,
}).gradient(({ inputs }, [dy]) => ({ inputs: inputs.map(() => dy) }));

/** Adds all inputs, which have one shape; `shape` and `tensor_dtype` may say what is expected. */
export const accumulate_n = fn(
  ['inputs', 'shape', 'tensor_dtype', 'name'],
  (
    inputs: readonly TensorLike[],
    shape: ShapeLike = null,
    tensor_dtype: DType | null = null,
    name: Name = null,
  ): Tensor => {
    const tensors = tensorsOf(inputs);
    const dtype = tensors[0]!.dtype.base_dtype;
    if (tensors.some((x) => x.dtype.base_dtype !== dtype)) throw new ValueError(LIST_TEXT);
    if (tensor_dtype !== null && as_dtype(tensor_dtype) !== dtype) {
      throw new TypeError(
        `tensor_dtype is ${as_dtype(tensor_dtype)}, but input is of type ${dtype}`,
      );
    }
    const dims = tensors.reduce<Dims>(
      (known, x) => mergeDims(known, x.dims),
      as_shape(shape).toDims(),
    );
    if (tensors.length === 1 && name === null) return tensors[0]!;
    if (tensors.length === 1) return identity(tensors[0]!, name);
    return AccumulateNV2({ inputs: tensors }, { shape: dims }, name);
  },
);
