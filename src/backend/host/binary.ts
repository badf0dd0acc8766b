/**
 * Arithmetic of two tensors, with broadcasting. As in unary.ts every loop is spelled out; integer
 * loops wrap as two's complement does, and refuse a zero divisor.
 */

import type { DType, Text } from '../../core/dtype.ts';
import { complex64, complex128, float32 } from '../../core/dtype.ts';
import type { Value } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';
import { invalid } from './box.ts';
import { type BinaryLoop, broadcast, broadcastShape } from './broadcast.ts';
import * as complex from './complex.ts';
import { type Lane, laneOf, type Numbers, settle, source, target } from './lanes.ts';
import { unsupported } from './unary.ts';

/** A loop over two operands of real numbers. */
export type RealLoop = BinaryLoop<Numbers, Numbers>;

/** How one op computes for each kind of element. */
export interface BinaryLoops {
  readonly real?: RealLoop;
  /** Where int32 and narrower integers differ from the real loop. */
  readonly int?: RealLoop;
  /** Where int64 differs from the real loop. */
  readonly wide?: RealLoop;
  readonly complex?: complex.ComplexFunction2;
  readonly string?: BinaryLoop<Text[], Text[]>;
}

/** Registers op `type`, whose output has its inputs' type and their broadcast shape. */
export function binary(type: string, loops: BinaryLoops): void {
  kernel(type, ([x, y], _attrs, context) => {
    const shape = broadcastShape(x!.shape, y!.shape);
    const z = context.alloc(x!.dtype, shape);
    runBinary(type, loops, x!, y!, z);
    return z;
  });
}

function runBinary(type: string, loops: BinaryLoops, x: Value, y: Value, z: Value): void {
  const lane = laneOf(x.dtype);
  if (lane === 'float' && loops.real) {
    const [a, b, o] = [x.data as Numbers, y.data as Numbers, z.data as Numbers];
    broadcast(loops.real, a, x.shape, b, y.shape, o, z.shape);
    return;
  }
  if (lane === 'complex' && loops.complex) complexRows(loops.complex, x, y, z);
  else if (lane === 'string' && loops.string) {
    const [a, b, o] = [x.data as Text[], y.data as Text[], z.data as Text[]];
    broadcast(loops.string, a, x.shape, b, y.shape, o, z.shape);
  } else realRows(realLoop(type, loops, lane, x.dtype), lane, x, y, z);
}

function realRows(loop: RealLoop, lane: Lane, x: Value, y: Value, z: Value): void {
  const work = target(lane, z.data);
  broadcast(loop, source(lane, x.data), x.shape, source(lane, y.data), y.shape, work, z.shape);
  settle(lane, work, z.data);
}

function realLoop(type: string, loops: BinaryLoops, lane: Lane, dtype: DType): RealLoop {
  if (lane === 'complex' || lane === 'string') return unsupported(type, dtype);
  const special =
    lane === 'int' || lane === 'narrow'
      ? loops.int
      : lane === 'wide' || lane === 'word'
        ? loops.wide
        : undefined;
  return special ?? loops.real ?? unsupported(type, dtype);
}

let complexFunction: complex.ComplexFunction2 = complex.add;
const complexLoop: RealLoop = (a, i, di, b, j, dj, o, k, n) => {
  const { answer } = complex;
  for (let r = 0; r < n; r++, i += di, j += dj) {
    complexFunction(a[2 * i]!, a[2 * i + 1]!, b[2 * j]!, b[2 * j + 1]!);
    o[2 * (k + r)] = answer.re;
    o[2 * (k + r) + 1] = answer.im;
  }
};

function complexRows(f: complex.ComplexFunction2, x: Value, y: Value, z: Value): void {
  complexFunction = f;
  const [a, b, o] = [x.data as Numbers, y.data as Numbers, z.data as Numbers];
  broadcast(complexLoop, a, x.shape, b, y.shape, o, z.shape);
}

function zeroDivisor(): never {
  return invalid('Integer division by zero');
}

// ---- the four operations ---------------------------------------------------------------------

const add: BinaryLoops = {
  real: (a, i, di, b, j, dj, o, k, n) => {
    for (const end = k + n; k < end; k++, i += di, j += dj) o[k] = a[i]! + b[j]!;
  },
  complex: complex.add,
  string: (a, i, di, b, j, dj, o, k, n) => {
    for (const end = k + n; k < end; k++, i += di, j += dj) o[k] = concatenate(a[i]!, b[j]!);
  },
};
binary('Add', add);
binary('AddV2', add);
binary('Sub', {
  real: (a, i, di, b, j, dj, o, k, n) => {
    for (const end = k + n; k < end; k++, i += di, j += dj) o[k] = a[i]! - b[j]!;
  },
  complex: complex.subtract,
});
binary('Mul', {
  real: (a, i, di, b, j, dj, o, k, n) => {
    for (const end = k + n; k < end; k++, i += di, j += dj) o[k] = a[i]! * b[j]!;
  },
  int: (a, i, di, b, j, dj, o, k, n) => {
    for (const end = k + n; k < end; k++, i += di, j += dj) o[k] = Math.imul(a[i]!, b[j]!);
  },
  complex: complex.multiply,
});

const quotient: RealLoop = (a, i, di, b, j, dj, o, k, n) => {
  for (const end = k + n; k < end; k++, i += di, j += dj) o[k] = a[i]! / b[j]!;
};
const truncatedQuotient: RealLoop = (a, i, di, b, j, dj, o, k, n) => {
  for (const end = k + n; k < end; k++, i += di, j += dj) o[k] = Math.trunc(a[i]! / b[j]!);
};
const integerQuotient: RealLoop = (a, i, di, b, j, dj, o, k, n) => {
  for (const end = k + n; k < end; k++, i += di, j += dj) {
    if (b[j] === 0) zeroDivisor();
    o[k] = Math.trunc(a[i]! / b[j]!);
  }
};
binary('Div', {
  real: quotient,
  int: integerQuotient,
  wide: integerQuotient,
  complex: complex.divide,
});
binary('RealDiv', { real: quotient, complex: complex.divide });
binary('DivNoNan', {
  real: (a, i, di, b, j, dj, o, k, n) => {
    for (const end = k + n; k < end; k++, i += di, j += dj) o[k] = b[j] === 0 ? 0 : a[i]! / b[j]!;
  },
  complex: complex.divideNoNan,
});
binary('MulNoNan', {
  real: (a, i, di, b, j, dj, o, k, n) => {
    for (const end = k + n; k < end; k++, i += di, j += dj) o[k] = b[j] === 0 ? 0 : a[i]! * b[j]!;
  },
  complex: complex.multiplyNoNan,
});
binary('TruncateDiv', { real: truncatedQuotient, int: integerQuotient, wide: integerQuotient });

const floorQuotientOfIntegers: RealLoop = (a, i, di, b, j, dj, o, k, n) => {
  for (const end = k + n; k < end; k++, i += di, j += dj) {
    if (b[j] === 0) zeroDivisor();
    o[k] = Math.floor(a[i]! / b[j]!);
  }
};
binary('FloorDiv', {
  real: (a, i, di, b, j, dj, o, k, n) => {
    for (const end = k + n; k < end; k++, i += di, j += dj) o[k] = Math.floor(a[i]! / b[j]!);
  },
  int: floorQuotientOfIntegers,
  wide: floorQuotientOfIntegers,
});

// ---- remainders ------------------------------------------------------------------------------

const remainder: RealLoop = (a, i, di, b, j, dj, o, k, n) => {
  for (const end = k + n; k < end; k++, i += di, j += dj) o[k] = a[i]! % b[j]!;
};
const integerRemainder: RealLoop = (a, i, di, b, j, dj, o, k, n) => {
  for (const end = k + n; k < end; k++, i += di, j += dj) {
    if (b[j] === 0) zeroDivisor();
    o[k] = a[i]! % b[j]!;
  }
};
binary('Mod', { real: remainder, int: integerRemainder, wide: integerRemainder });
binary('TruncateMod', { real: remainder, int: integerRemainder, wide: integerRemainder });

/** The remainder with the divisor's sign. */
function floorRemainder(x: number, y: number): number {
  const rest = x % y;
  return rest !== 0 && rest < 0 !== y < 0 ? rest + y : rest;
}
const floorRemainderOfIntegers: RealLoop = (a, i, di, b, j, dj, o, k, n) => {
  for (const end = k + n; k < end; k++, i += di, j += dj) {
    if (b[j] === 0) zeroDivisor();
    o[k] = floorRemainder(a[i]!, b[j]!);
  }
};
binary('FloorMod', {
  real: (a, i, di, b, j, dj, o, k, n) => {
    for (const end = k + n; k < end; k++, i += di, j += dj) o[k] = floorRemainder(a[i]!, b[j]!);
  },
  int: floorRemainderOfIntegers,
  wide: floorRemainderOfIntegers,
});

// ---- powers, extremes, angles ----------------------------------------------------------------

/** C's pow, which differs from JavaScript's where the base is 1 or -1. */
function realPower(x: number, y: number): number {
  return x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y;
}

function powerWith(multiply: (x: number, y: number) => number, x: number, y: number): number {
  if (y < 0) invalid('Integers to negative integer powers are not allowed');
  let result = 1;
  let base = x;
  for (let rest = y; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = multiply(result, base);
    if (rest > 1) base = multiply(base, base);
  }
  return result;
}
const product = (x: number, y: number): number => x * y;

binary('Pow', {
  real: (a, i, di, b, j, dj, o, k, n) => {
    for (const end = k + n; k < end; k++, i += di, j += dj) o[k] = realPower(a[i]!, b[j]!);
  },
  int: (a, i, di, b, j, dj, o, k, n) => {
    for (const end = k + n; k < end; k++, i += di, j += dj) {
      o[k] = powerWith(Math.imul, a[i]!, b[j]!);
    }
  },
  wide: (a, i, di, b, j, dj, o, k, n) => {
    for (const end = k + n; k < end; k++, i += di, j += dj) {
      o[k] = powerWith(product, a[i]!, b[j]!);
    }
  },
  complex: complex.power,
});
binary('SquaredDifference', {
  real: (a, i, di, b, j, dj, o, k, n) => {
    for (const end = k + n; k < end; k++, i += di, j += dj) {
      const d = a[i]! - b[j]!;
      o[k] = d * d;
    }
  },
  int: (a, i, di, b, j, dj, o, k, n) => {
    for (const end = k + n; k < end; k++, i += di, j += dj) {
      const d = a[i]! - b[j]!;
      o[k] = Math.imul(d, d);
    }
  },
  complex: complex.squaredDifference,
});
// A NaN of either operand is kept.
binary('Maximum', {
  real: (a, i, di, b, j, dj, o, k, n) => {
    for (const end = k + n; k < end; k++, i += di, j += dj) {
      const [x, y] = [a[i]!, b[j]!];
      o[k] = x > y || Number.isNaN(x) ? x : y;
    }
  },
});
binary('Minimum', {
  real: (a, i, di, b, j, dj, o, k, n) => {
    for (const end = k + n; k < end; k++, i += di, j += dj) {
      const [x, y] = [a[i]!, b[j]!];
      o[k] = x < y || Number.isNaN(x) ? x : y;
    }
  },
});
binary('Atan2', {
  real: (a, i, di, b, j, dj, o, k, n) => {
    for (const end = k + n; k < end; k++, i += di, j += dj) o[k] = Math.atan2(a[i]!, b[j]!);
  },
});

// ---- complex numbers from their parts --------------------------------------------------------

const pair: BinaryLoop<Numbers, Numbers> = (a, i, di, b, j, dj, o, k, n) => {
  for (const end = k + n; k < end; k++, i += di, j += dj) {
    o[2 * k] = a[i]!;
    o[2 * k + 1] = b[j]!;
  }
};
kernel('Complex', ([x, y], _attrs, context) => {
  const shape = broadcastShape(x!.shape, y!.shape);
  const z = context.alloc(x!.dtype === float32 ? complex64 : complex128, shape);
  const [a, b, o] = [x!.data as Numbers, y!.data as Numbers, z.data as Numbers];
  broadcast(pair, a, x!.shape, b, y!.shape, o, shape);
  return z;
});

// ---- strings ---------------------------------------------------------------------------------

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The bytes of `x` followed by those of `y`; two parts of one character may meet here. */
function concatenate(x: Text, y: Text): Text {
  if (typeof x === 'string' && typeof y === 'string') return x + y;
  const [p, q] = [bytesOf(x), bytesOf(y)];
  const bytes = new Uint8Array(p.length + q.length);
  bytes.set(p);
  bytes.set(q, p.length);
  try {
    return decoder.decode(bytes);
  } catch {
    return bytes;
  }
}

function bytesOf(text: Text): Uint8Array {
  return typeof text === 'string' ? encoder.encode(text) : text;
}
