/**
 * Ops of one tensor, element by element. Every loop is spelled out, because V8 shares what it
 * learns among closures of one source text: a loop made by a factory would call its function
 * through a pointer, at ten times the cost.
 */

import type { Data, DType, TypedArray } from '../../core/dtype.ts';
import { bool, complex64, float32, float64 } from '../../core/dtype.ts';
import type { Kernel, Value } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';
import { invalid } from './box.ts';
import * as complex from './complex.ts';
import { laneOf, type Numbers, settle, source, target } from './lanes.ts';

/** A loop over one operand. */
export type UnaryLoop = (x: Numbers, y: Numbers, n: number) => void;

/** How one op computes: on real numbers, and on complex ones where it can. */
export interface UnaryLoops {
  readonly real?: UnaryLoop;
  /** Where int32 differs from the real loop. */
  readonly int?: UnaryLoop;
  readonly complex?: complex.ComplexFunction;
}

/** Registers op `type`, whose output has its input's type and shape. */
export function unary(type: string, loops: UnaryLoops): void {
  kernel(type, ([x], _attrs, context) => {
    const y = context.alloc(x!.dtype, x!.shape);
    runUnary(type, loops, x!.dtype, x!.data, y.data, x!.size);
    return y;
  });
}

function runUnary(
  type: string,
  loops: UnaryLoops,
  dtype: DType,
  x: Data,
  y: Data,
  n: number,
): void {
  const lane = laneOf(dtype);
  if (lane === 'complex' && loops.complex) {
    complexLoop(loops.complex, x as Numbers, y as Numbers, n);
    return;
  }
  const loop = lane === 'int' ? (loops.int ?? loops.real) : loops.real;
  if (!loop || lane === 'complex' || lane === 'string') unsupported(type, dtype);
  const work = target(lane, y);
  loop(source(lane, x), work, n);
  settle(lane, work, y);
}

/** Throws the error for an op that does not compute with `dtype`. */
export function unsupported(type: string, dtype: DType): never {
  return invalid(
    `No OpKernel was registered to support Op '${type}' with these attrs.\n\nIt does not compute with ${dtype.name}.`,
  );
}

function complexLoop(f: complex.ComplexFunction, x: Numbers, y: Numbers, n: number): void {
  const { answer } = complex;
  for (let i = 0; i < 2 * n; i += 2) {
    f(x[i]!, x[i + 1]!);
    y[i] = answer.re;
    y[i + 1] = answer.im;
  }
}

// ---- arithmetic ------------------------------------------------------------------------------

unary('Abs', {
  real: (x, y, n) => {
    for (let i = 0; i < n; i++) y[i] = Math.abs(x[i]!);
  },
});
unary('Neg', {
  real: (x, y, n) => {
    for (let i = 0; i < n; i++) y[i] = -x[i]!;
  },
  complex: complex.negative,
});
unary('Sign', {
  real: (x, y, n) => {
    for (let i = 0; i < n; i++) y[i] = Math.sign(x[i]!);
  },
  complex: complex.sign,
});
unary('Square', {
  real: (x, y, n) => {
    for (let i = 0; i < n; i++) y[i] = x[i]! * x[i]!;
  },
  int: (x, y, n) => {
    for (let i = 0; i < n; i++) y[i] = Math.imul(x[i]!, x[i]!);
  },
  complex: complex.square,
});
const reciprocal: UnaryLoops = {
  real: (x, y, n) => {
    for (let i = 0; i < n; i++) y[i] = 1 / x[i]!;
  },
  complex: complex.reciprocal,
};
unary('Inv', reciprocal);
unary('Reciprocal', reciprocal);
unary('Sqrt', {
  real: (x, y, n) => {
    for (let i = 0; i < n; i++) y[i] = Math.sqrt(x[i]!);
  },
  complex: complex.sqrt,
});
unary('Rsqrt', {
  real: (x, y, n) => {
    for (let i = 0; i < n; i++) y[i] = 1 / Math.sqrt(x[i]!);
  },
  complex: complex.rsqrt,
});

// ---- rounding --------------------------------------------------------------------------------

unary('Floor', {
  real: (x, y, n) => {
    for (let i = 0; i < n; i++) y[i] = Math.floor(x[i]!);
  },
});
unary('Ceil', {
  real: (x, y, n) => {
    for (let i = 0; i < n; i++) y[i] = Math.ceil(x[i]!);
  },
});
/** `x` rounded to the nearest integer, ties to even. */
function nearestEven(x: number): number {
  const r = Math.round(x);
  return r - x === 0.5 && r % 2 !== 0 ? r - 1 : r;
}
const toNearestEven: UnaryLoops = {
  real: (x, y, n) => {
    for (let i = 0; i < n; i++) y[i] = nearestEven(x[i]!);
  },
  int: (x, y) => y.set(x),
};
unary('Round', toNearestEven);
unary('Rint', toNearestEven);

// ---- exponentials ----------------------------------------------------------------------------

unary('Exp', {
  real: (x, y, n) => {
    for (let i = 0; i < n; i++) y[i] = Math.exp(x[i]!);
  },
  complex: complex.exp,
});
unary('Expm1', {
  real: (x, y, n) => {
    for (let i = 0; i < n; i++) y[i] = Math.expm1(x[i]!);
  },
  complex: complex.expm1,
});
unary('Log', {
  real: (x, y, n) => {
    for (let i = 0; i < n; i++) y[i] = Math.log(x[i]!);
  },
  complex: complex.log,
});
unary('Log1p', {
  real: (x, y, n) => {
    for (let i = 0; i < n; i++) y[i] = Math.log1p(x[i]!);
  },
  complex: complex.log1p,
});
unary('Sigmoid', {
  real: (x, y, n) => {
    for (let i = 0; i < n; i++) y[i] = 1 / (1 + Math.exp(-x[i]!));
  },
  complex: complex.sigmoid,
});
unary('Tanh', {
  real: (x, y, n) => {
    for (let i = 0; i < n; i++) y[i] = Math.tanh(x[i]!);
  },
  complex: complex.tanh,
});
unary('Sinh', {
  real: (x, y, n) => {
    for (let i = 0; i < n; i++) y[i] = Math.sinh(x[i]!);
  },
  complex: complex.sinh,
});
unary('Cosh', {
  real: (x, y, n) => {
    for (let i = 0; i < n; i++) y[i] = Math.cosh(x[i]!);
  },
  complex: complex.cosh,
});
unary('Asinh', {
  real: (x, y, n) => {
    for (let i = 0; i < n; i++) y[i] = Math.asinh(x[i]!);
  },
  complex: complex.asinh,
});
unary('Acosh', {
  real: (x, y, n) => {
    for (let i = 0; i < n; i++) y[i] = Math.acosh(x[i]!);
  },
  complex: complex.acosh,
});
unary('Atanh', {
  real: (x, y, n) => {
    for (let i = 0; i < n; i++) y[i] = Math.atanh(x[i]!);
  },
  complex: complex.atanh,
});

// ---- trigonometry ----------------------------------------------------------------------------

unary('Sin', {
  real: (x, y, n) => {
    for (let i = 0; i < n; i++) y[i] = Math.sin(x[i]!);
  },
  complex: complex.sin,
});
unary('Cos', {
  real: (x, y, n) => {
    for (let i = 0; i < n; i++) y[i] = Math.cos(x[i]!);
  },
  complex: complex.cos,
});
unary('Tan', {
  real: (x, y, n) => {
    for (let i = 0; i < n; i++) y[i] = Math.tan(x[i]!);
  },
  complex: complex.tan,
});
unary('Asin', {
  real: (x, y, n) => {
    for (let i = 0; i < n; i++) y[i] = Math.asin(x[i]!);
  },
  complex: complex.asin,
});
unary('Acos', {
  real: (x, y, n) => {
    for (let i = 0; i < n; i++) y[i] = Math.acos(x[i]!);
  },
  complex: complex.acos,
});
unary('Atan', {
  real: (x, y, n) => {
    for (let i = 0; i < n; i++) y[i] = Math.atan(x[i]!);
  },
  complex: complex.atan,
});

// ---- questions about floats ------------------------------------------------------------------

type Question = (x: Numbers, y: Uint8Array, n: number) => void;

function question(type: string, loop: Question): void {
  kernel(type, ([x], _attrs, context) => {
    const y = context.alloc(bool, x!.shape);
    loop(x!.data as Numbers, y.data as Uint8Array, x!.size);
    return y;
  });
}

question('IsNan', (x, y, n) => {
  for (let i = 0; i < n; i++) y[i] = Number.isNaN(x[i]) ? 1 : 0;
});
question('IsInf', (x, y, n) => {
  for (let i = 0; i < n; i++) y[i] = Math.abs(x[i]!) === Infinity ? 1 : 0;
});
question('IsFinite', (x, y, n) => {
  for (let i = 0; i < n; i++) y[i] = Number.isFinite(x[i]) ? 1 : 0;
});

// ---- complex numbers and their parts ---------------------------------------------------------

unary('Conj', { complex: complex.conjugate });

/** A real number for each complex one. */
function part(type: string, loop: (z: TypedArray, y: TypedArray, n: number) => void): void {
  const body: Kernel = ([z], _attrs, context) => {
    const y = context.alloc(partType(z!), z!.shape);
    loop(z!.data as TypedArray, y.data as TypedArray, z!.size);
    return y;
  };
  kernel(type, body);
}

function partType(z: Value): DType {
  return z.dtype === complex64 ? float32 : float64;
}

part('Real', (z, y, n) => {
  for (let i = 0; i < n; i++) y[i] = z[2 * i]!;
});
part('Imag', (z, y, n) => {
  for (let i = 0; i < n; i++) y[i] = z[2 * i + 1]!;
});
part('ComplexAbs', (z, y, n) => {
  for (let i = 0; i < n; i++) y[i] = Math.hypot(z[2 * i]!, z[2 * i + 1]!);
});
part('Angle', (z, y, n) => {
  for (let i = 0; i < n; i++) y[i] = Math.atan2(z[2 * i + 1]!, z[2 * i]!);
});
