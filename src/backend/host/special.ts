/** Special functions, element by element: the error function, and the kernels of gamma.ts. */

import type { TypedArray } from '../../core/dtype.ts';
import { kernel } from '../registry.ts';
import { binary, type RealLoop } from './binary.ts';
import { invalid, shapeText } from './box.ts';
import { sameShape } from './broadcast.ts';
import { betainc, digamma, igamma, igammac, lgamma, polygamma, polynomial, zeta } from './gamma.ts';
import { type UnaryLoop, unary } from './unary.ts';

// The functions here cost far more than the call that a shared loop makes for each.

function unaryLoop(f: (x: number) => number): UnaryLoop {
  return (x, y, n) => {
    for (let i = 0; i < n; i++) y[i] = f(x[i]!);
  };
}

function binaryLoop(f: (x: number, y: number) => number): RealLoop {
  return (a, i, di, b, j, dj, o, k, n) => {
    for (let r = 0; r < n; r++) o[k + r] = f(a[i + r * di]!, b[j + r * dj]!);
  };
}

unary('Lgamma', { real: unaryLoop(lgamma) });
unary('Digamma', { real: unaryLoop(digamma) });
unary('Erf', { real: unaryLoop(erf) });
unary('Erfc', { real: unaryLoop(erfc) });
binary('Igamma', { real: binaryLoop(igamma) });
binary('Igammac', { real: binaryLoop(igammac) });
binary('Zeta', { real: binaryLoop(zeta) });
binary('Polygamma', { real: binaryLoop(polygamma) });

kernel('Betainc', ([a, b, x], _attrs, context) => {
  const inputs = [a!, b!, x!];
  const shape = (inputs.find((v) => v.shape.length > 0) ?? x!).shape;
  for (const [i, value] of inputs.entries()) {
    if (value.shape.length === 0 || sameShape(value.shape, shape)) continue;
    const [p, q] = [shapeText(shape), shapeText(value.shape)];
    invalid(`Shapes of a and ${'abx'[i]} are inconsistent: ${p} vs. ${q}`);
  }
  const z = context.alloc(x!.dtype, shape);
  const [p, q, r] = inputs.map((v) => v.data as TypedArray) as [TypedArray, TypedArray, TypedArray];
  const [dp, dq, dr] = inputs.map((v) => (v.shape.length === 0 ? 0 : 1)) as [
    number,
    number,
    number,
  ];
  const out = z.data as TypedArray;
  for (let i = 0; i < out.length; i++) out[i] = betainc(p[i * dp]!, q[i * dq]!, r[i * dr]!);
  return z;
});

// ---- the error function (coefficients of the Cephes library) ---------------------------------

const ERFC_P = [
  2.461969814735305e-10, 0.5641895648310689, 7.463210564422699, 48.63719709856814,
  196.5208329560771, 526.4451949954773, 934.5285271719576, 1027.5518868951572, 557.5353353693994,
];
const ERFC_Q = [
  1, 13.228195115474499, 86.70721408859897, 354.9377788878199, 975.7085017432055,
  1823.9091668790973, 2246.3376081871097, 1656.6630919416134, 557.5353408177277,
];
const ERFC_R = [
  0.5641895835477551, 1.275366707599781, 5.019050422511805, 6.160210979930536, 7.4097426995044895,
  2.9788666537210022,
];
const ERFC_S = [
  1, 2.2605286322011726, 9.396035249380015, 12.048953980809666, 17.08144507475659,
  9.608968090632859, 3.369076451000815,
];
const ERF_T = [
  9.604973739870516, 90.02601972038427, 2232.005345946843, 7003.325141128051, 55592.30130103949,
];
const ERF_U = [
  1, 33.56171416475031, 521.3579497801527, 4594.323829709801, 22629.000061389095, 49267.39426086359,
];

/** `2 / sqrt(pi)` times the integral of `exp(-t^2)` from 0 to x. */
function erf(x: number): number {
  if (Math.abs(x) > 1) return 1 - erfc(x);
  const z = x * x;
  return (x * polynomial(z, ERF_T)) / polynomial(z, ERF_U);
}

/** `1 - erf(x)`, accurate where that is small. */
function erfc(x: number): number {
  const size = Math.abs(x);
  if (size < 1) return 1 - erf(x);
  const [p, q] = size < 8 ? [ERFC_P, ERFC_Q] : [ERFC_R, ERFC_S];
  const scale = Math.exp(-size * size);
  const tail = scale === 0 ? 0 : (scale * polynomial(size, p)) / polynomial(size, q);
  return x < 0 ? 2 - tail : tail;
}
