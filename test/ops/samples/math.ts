/** Samples of the functions of one tensor, of complex numbers and of the special functions. */

import * as dtypes from '../../../src/core/dtype.ts';
import {
  c64,
  c128,
  f16,
  f32,
  f64,
  i32,
  i64,
  type Sample,
  type Samples,
  sample,
  spread,
} from '../sample.ts';

const COMPLEX = [1.5, -0.5, -2, 1, 0.25, 2, -0.75, -1.25];

/** float32, float64 and float16 samples of `fn` between `low` and `high`, and complex ones. */
function floats(fn: string, low: number, high: number, complex: boolean): Sample[] {
  const samples = [
    sample(fn, [spread([2, 3], low, high)], {}, { rtol: 3e-5 }),
    sample(fn, [spread([3], low, high, dtypes.float64)]),
    sample(
      fn,
      [f16([low * 0.75 + high * 0.25, low * 0.25 + high * 0.75])],
      {},
      { gradient: false },
    ),
  ];
  if (!complex) return samples;
  return [...samples, sample(fn, [c64([4], COMPLEX)]), sample(fn, [c128([2, 2], COMPLEX)])];
}

/** The same, with integers. */
function numbers(fn: string, low: number, high: number): Sample[] {
  return [
    ...floats(fn, low, high, true),
    sample(fn, [i32([-3, 0, 2, 2000000000])]),
    sample(fn, [i64([-3, 0, 70000])]),
  ];
}

const gammaPairs = (fn: string): Sample[] => [
  sample(fn, [f64([0.5, 1.5, 3, 20, 4]), f64([0.25, 3, 2.5, 18, 9])], {}, { constants: [0] }),
  sample(fn, [f32([[0.5], [2]]), f32([0.5, 1, 4])], {}, { rtol: 1e-4, constants: [0] }),
];

const SPECIAL = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 1.5];

export const math = {
  Abs: [
    ...floats('abs', -2, 2, false),
    sample('abs', [i32([-3, 0, 2])]),
    sample('abs', [i64([-3, 70000])]),
  ],
  Sign: numbers('sign', -2, 2),
  Square: [
    ...numbers('square', -2, 2).slice(0, 5),
    sample('square', [i32([-3, 70000])]),
    sample('square', [i64([-3, 70000])]),
  ],
  Inv: floats('reciprocal', 0.5, 3, false),
  Reciprocal: floats('reciprocal', -3, -0.5, true),
  Sqrt: floats('sqrt', 0.1, 9, true),
  Rsqrt: floats('rsqrt', 0.1, 9, true),
  Floor: floats('floor', -3, 3, false),
  Ceil: floats('ceil', -3, 3, false),
  Rint: [
    ...floats('rint', -3, 3, false).slice(0, 2),
    sample('rint', [f32([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5])]),
  ],
  Round: [
    ...floats('round', -3, 3, false),
    sample('round', [f64([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 0.49999999999999994])]),
    sample('round', [i32([-3, 4])]),
  ],
  Exp: floats('exp', -3, 3, true),
  Expm1: floats('expm1', -3, 3, true),
  Log: floats('log', 0.1, 9, true),
  Log1p: floats('log1p', -0.9, 9, true),
  Sigmoid: [...floats('sigmoid', -5, 5, true), sample('log_sigmoid', [f32([-3, 0.5])])],
  Sinh: floats('sinh', -2, 2, true),
  Cosh: floats('cosh', -2, 2, true),
  Tanh: floats('tanh', -3, 3, true),
  Asinh: floats('asinh', -3, 3, true),
  Acosh: floats('acosh', 1.1, 5, true),
  Atanh: floats('atanh', -0.9, 0.9, true),
  Sin: floats('sin', -6, 6, true),
  Cos: floats('cos', -6, 6, true),
  Tan: floats('tan', -1.2, 1.2, true),
  Asin: floats('asin', -0.9, 0.9, false),
  Acos: floats('acos', -0.9, 0.9, false),
  Atan: floats('atan', -4, 4, false),
  ReciprocalGrad: [sample('reciprocal', [f64([2, -4])])],
  InvGrad: [sample('reciprocal', [f64([0.5, -3])])],
  SqrtGrad: [sample('sqrt', [f64([2, 4])])],
  RsqrtGrad: [sample('rsqrt', [f64([2, 4])])],
  TanhGrad: [sample('tanh', [f64([0.5, -0.25])])],
  SigmoidGrad: [sample('sigmoid', [f64([0.5, -0.25])])],
  IsNan: [sample('is_nan', [f32(SPECIAL)]), sample('is_nan', [f64(SPECIAL)])],
  IsInf: [sample('is_inf', [f32(SPECIAL)]), sample('is_inf', [f16(SPECIAL)])],
  IsFinite: [sample('is_finite', [f32(SPECIAL)]), sample('is_finite', [f64(SPECIAL)])],
  AddN: [
    sample('add_n', [[f32([1, 2]), f32([3, 4]), f32([5, 7])]]),
    sample('add_n', [[i32([1, 2]), i32([3, 2147483647])]]),
    sample('add_n', [[f64([1, 2])]]),
    sample('add_n', [[c64([1], [1, 2]), c64([1], [3, -5])]]),
  ],
  AccumulateNV2: [
    sample('accumulate_n', [[f32([1, 2]), f32([3, 4])]]),
    sample('accumulate_n', [[f64([1, 2]), f64([3, 4])]], { shape: [2] }),
  ],
  Complex: [
    sample('complex', [f32([1, 2]), f32([3, -4])]),
    sample('complex', [f64([[1], [2]]), f64([3, -4])]),
  ],
  Real: [sample('real', [c64([4], COMPLEX)]), sample('real', [c128([4], COMPLEX)])],
  Imag: [sample('imag', [c64([4], COMPLEX)]), sample('imag', [c128([4], COMPLEX)])],
  Angle: [sample('angle', [c64([4], COMPLEX)]), sample('angle', [c128([2, 2], COMPLEX)])],
  ComplexAbs: [sample('abs', [c64([4], COMPLEX)]), sample('abs', [c128([4], COMPLEX)])],
  Conj: [sample('conj', [c64([4], COMPLEX)]), sample('conj', [f32([1, 2])])],
  Erf: floats('erf', -3, 3, false),
  Erfc: floats('erfc', -3, 3, false),
  Lgamma: [...floats('lgamma', 0.2, 30, false), sample('lgamma', [f64([-0.5, -3.25, 100.5, 2])])],
  Digamma: [...floats('digamma', 0.2, 30, false), sample('digamma', [f64([-0.5, -3.25, 100.5])])],
  Igamma: gammaPairs('igamma'),
  Igammac: gammaPairs('igammac'),
  Polygamma: [
    sample('polygamma', [f64([0, 1, 2, 5]), f64([0.5, 3, 0.25, 12])]),
    sample('polygamma', [f32([1]), f32([0.5, 3])], {}, { rtol: 1e-4 }),
  ],
  Zeta: [
    sample('zeta', [f64([1.5, 2, 7]), f64([0.5, 3, 12])]),
    sample('zeta', [f32([2]), f32([0.5, 3])], {}, { rtol: 1e-4 }),
  ],
  Betainc: [
    sample('betainc', [f64([0.5, 2, 20]), f64([1.5, 3, 10]), f64([0.25, 0.5, 0.7])]),
    sample('betainc', [f32([0.5, 2]), f32([1.5, 3]), f32([0.25, 0.5])], {}, { rtol: 1e-4 }),
    sample('lbeta', [
      f64([
        [0.5, 2],
        [3, 4],
      ]),
    ]),
  ],
} satisfies Samples<typeof import('../../../src/ops/math.ts')> &
  Samples<typeof import('../../../src/ops/complex.ts')> &
  Samples<typeof import('../../../src/ops/special.ts')>;
