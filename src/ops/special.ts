/** Special functions: the error function, the gamma function's family, zeta and beta. */

import { toTensor } from '../core/convert.ts';
import { broadcastDims } from '../core/dims.ts';
import { ValueError } from '../core/errors.ts';
import { nameScope } from '../core/mode.ts';
import { op } from '../core/op.ts';
import { fn } from '../core/signature.ts';
import type { Dims, Name, Static, Tensor, TensorLike } from '../core/tensor.ts';
import { add, multiply, negative, subtract } from './arithmetic.ts';
import { summedTo } from './broadcast_gradient.ts';
import { FLOATS, unary, unaryOp } from './elementwise.ts';
import { exp, log, square } from './math.ts';
import { reduce_sum } from './reduce.ts';

const one = (x: Tensor): Tensor => toTensor(1, x.dtype);
const minusOne = (x: Tensor): Tensor => subtract(x, one(x));

// ---- of one number ---------------------------------------------------------------------------

/** `2 / sqrt(pi) * exp(-x ** 2)`. */
const bell = (x: Tensor, dy: Tensor): Tensor =>
  multiply(multiply(toTensor(2 / Math.sqrt(Math.PI), dy.dtype), dy), exp(negative(square(x))));

export const Erf = unaryOp('Erf', FLOATS).gradient(({ x }, [dy]) => ({ x: bell(x, dy) }));
/** The error function. */
export const erf = unary(Erf);

export const Erfc = unaryOp('Erfc', FLOATS).gradient(({ x }, [dy]) => ({
  x: negative(bell(x, dy)),
}));
/** `1 - erf(x)`, accurate where that is small. */
export const erfc = unary(Erfc);

export const Lgamma = unaryOp('Lgamma', FLOATS).gradient(({ x }, [dy]) => ({
  x: multiply(dy, digamma(x)),
}));
/** The logarithm of the absolute value of the gamma function. */
export const lgamma = unary(Lgamma);

export const Digamma = unaryOp('Digamma', FLOATS).gradient(({ x }, [dy]) => ({
  x: multiply(dy, polygamma(one(x), x)),
}));
/** The derivative of `lgamma`. */
export const digamma = unary(Digamma);

// ---- of two numbers --------------------------------------------------------------------------

const broadcastOfA = ({ a, x }: { readonly a: Static; readonly x: Static }): Dims =>
  broadcastDims(a.dims, x.dims);

function gammaOp(type: string) {
  return op(type, {
    inputs: ['a: T', 'x: T'],
    outputs: ['z: T'],
    attrs: ['T: {float, double}'],
    shape: broadcastOfA,
  });
}

const ofBoth = (call: ReturnType<typeof gammaOp>) =>
  fn(
    ['a', 'x', 'name'],
    (a: TensorLike, x: TensorLike, name: Name = null): Tensor => call({ a, x }, {}, name),
  );

/** `x ** (a - 1) * exp(-x) / gamma(a)`. */
const density = (a: Tensor, x: Tensor): Tensor =>
  exp(subtract(add(negative(x), multiply(minusOne(a), log(x))), lgamma(a)));

// Like TensorFlow, without a derivative with respect to `a`.
export const Igamma = gammaOp('Igamma').gradient(({ a, x }, [dz]) => ({
  a: null,
  x: summedTo(multiply(density(a, x), dz), x, a),
}));
/** The regularized lower incomplete gamma function. */
export const igamma = ofBoth(Igamma);

export const Igammac = gammaOp('Igammac').gradient(({ a, x }, [dz]) => ({
  a: null,
  x: negative(summedTo(multiply(density(a, x), dz), x, a)),
}));
/** The regularized upper incomplete gamma function. */
export const igammac = ofBoth(Igammac);

export const Polygamma = gammaOp('Polygamma').gradient(({ a, x }, [dz]) => ({
  a: null,
  x: summedTo(multiply(polygamma(add(a, one(a)), x), dz), x, a),
}));
/** The derivative of order `a` of `digamma` at `x`. */
export const polygamma = ofBoth(Polygamma);

export const Zeta = op('Zeta', {
  inputs: ['x: T', 'q: T'],
  outputs: ['z: T'],
  attrs: ['T: {float, double}'],
  shape: ({ x, q }) => broadcastDims(x.dims, q.dims),
}).gradient(({ x, q }, [dz]) => ({
  x: null,
  q: summedTo(multiply(multiply(negative(x), zeta(add(x, one(x)), q)), dz), q, x),
}));
/** Hurwitz's zeta function, the sum over n of `(q + n) ** -x`. */
export const zeta = fn(
  ['x', 'q', 'name'],
  (x: TensorLike, q: TensorLike, name: Name = null): Tensor => Zeta({ x, q }, {}, name),
);

// ---- beta ------------------------------------------------------------------------------------

function betaDims({
  a,
  b,
  x,
}: {
  readonly a: Static;
  readonly b: Static;
  readonly x: Static;
}): Dims {
  const all = [a.dims, b.dims, x.dims];
  if (all.includes(null)) return all.find((dims) => dims !== null && dims.length > 0) ?? null;
  const shapes = all.filter((dims) => dims !== null && dims.length > 0);
  return shapes.reduce<Dims>((known, dims) => (known?.length ? mergedDims(known, dims) : dims), []);
}

function mergedDims(a: Dims, b: Dims): Dims {
  if (a === null || b === null) return a ?? b;
  if (a.length !== b.length) {
    throw new ValueError(`Shapes must be equal rank, but are ${a.length} and ${b.length}`);
  }
  return broadcastDims(a, b);
}

export const Betainc = op('Betainc', {
  inputs: ['a: T', 'b: T', 'x: T'],
  outputs: ['z: T'],
  attrs: ['T: {float, double}'],
  shape: betaDims,
}).gradient(({ a, b, x }, [dz]) => {
  const logBeta = subtract(add(lgamma(a), lgamma(b)), lgamma(add(a, b)));
  const tails = add(multiply(minusOne(b), log(subtract(one(x), x))), multiply(minusOne(a), log(x)));
  return {
    a: null,
    b: null,
    x: summedTo(multiply(exp(subtract(tails, logBeta)), dz), x, dz),
  };
});
/** The regularized incomplete beta function. */
export const betainc = fn(
  ['a', 'b', 'x', 'name'],
  (a: TensorLike, b: TensorLike, x: TensorLike, name: Name = null): Tensor =>
    Betainc({ a, b, x }, {}, name),
);

/** The logarithm of the absolute value of the beta function of the last axis. */
export const lbeta = fn(
  ['x', 'name'],
  (x: TensorLike, name: Name = 'lbeta'): Tensor =>
    nameScope(name, 'lbeta', () => {
      const value = toTensor(x, null, 'x');
      const products = reduce_sum(lgamma(value), [-1]);
      return products.subtract(lgamma(reduce_sum(value, [-1])));
    }),
);
