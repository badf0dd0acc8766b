/** Bitwise ops. Up to 32 bits they are JavaScript's own; 64-bit integers take the way over BigInt. */

import { type DType, type TypedArray, uint8 } from '../../core/dtype.ts';
import type { Kernel } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';
import { invalid, shapeText } from './box.ts';
import { type BinaryLoop, broadcast, broadcastShape } from './broadcast.ts';
import { checkExact } from './lanes.ts';

type Small = (x: number, y: number, bits: number) => number;
type Large = (x: bigint, y: bigint) => bigint;

interface BitwiseRule {
  readonly small: Small;
  /** For uint32, whose numbers JavaScript's operators would take as negative. */
  readonly unsigned?: Small;
  readonly large: Large;
}

function bitwise(type: string, { small, unsigned, large }: BitwiseRule): void {
  kernel(type, ([x, y], _attrs, context) => {
    const z = context.alloc(x!.dtype, broadcastShape(x!.shape, y!.shape));
    const loop = isWide(x!.dtype)
      ? largeLoop(large, x!.dtype)
      : smallLoop(x!.dtype.is_unsigned ? (unsigned ?? small) : small, 8 * x!.dtype.size);
    const [a, b, o] = [x!.data, y!.data, z.data] as TypedArray[];
    broadcast(loop, a!, x!.shape, b!, y!.shape, o!, z.shape);
    if (isWide(x!.dtype)) checkExact(o as Float64Array);
    return z;
  });
}

function isWide(dtype: DType): boolean {
  return dtype.size === 8;
}

function smallLoop(f: Small, bits: number): BinaryLoop<TypedArray, TypedArray> {
  return (a, i, di, b, j, dj, o, k, n) => {
    for (let r = 0; r < n; r++) o[k + r] = f(a[i + r * di]!, b[j + r * dj]!, bits);
  };
}

function largeLoop(f: Large, dtype: DType): BinaryLoop<TypedArray, TypedArray> {
  const wrap = dtype.is_unsigned ? BigInt.asUintN : BigInt.asIntN;
  return (a, i, di, b, j, dj, o, k, n) => {
    for (let r = 0; r < n; r++) {
      o[k + r] = Number(wrap(64, f(BigInt(a[i + r * di]!), BigInt(b[j + r * dj]!))));
    }
  };
}

/** Shifts by less than 0 or by all bits are undefined in C; TensorFlow clamps them. */
function clamped(shift: number, bits: number): number {
  return Math.min(Math.max(shift, 0), bits - 1);
}
const clampedWide = (shift: bigint): bigint => BigInt(clamped(Number(shift), 64));

bitwise('BitwiseAnd', { small: (x, y) => x & y, large: (x, y) => x & y });
bitwise('BitwiseOr', { small: (x, y) => x | y, large: (x, y) => x | y });
bitwise('BitwiseXor', { small: (x, y) => x ^ y, large: (x, y) => x ^ y });
bitwise('LeftShift', {
  small: (x, y, bits) => x << clamped(y, bits),
  large: (x, y) => x << clampedWide(y),
});
bitwise('RightShift', {
  small: (x, y, bits) => x >> clamped(y, bits),
  unsigned: (x, y, bits) => x >>> clamped(y, bits),
  large: (x, y) => x >> clampedWide(y),
});

kernel('Invert', ([x], _attrs, context) => {
  const y = context.alloc(x!.dtype, x!.shape);
  const [from, to] = [x!.data as TypedArray, y.data as TypedArray];
  const wide = isWide(x!.dtype);
  const top = x!.dtype.is_unsigned ? 2 ** 64 - 1 : -1;
  for (let i = 0; i < to.length; i++) to[i] = wide ? top - from[i]! : ~from[i]!;
  if (wide) checkExact(to as Float64Array);
  return y;
});

const populationCount: Kernel = ([x], _attrs, context) => {
  const y = context.alloc(uint8, x!.shape);
  const [from, to] = [x!.data as TypedArray, y.data as TypedArray];
  const bits = 8 * x!.dtype.size;
  for (let i = 0; i < to.length; i++) {
    let rest = BigInt.asUintN(bits, BigInt(from[i]!));
    let count = 0;
    for (; rest > 0n; rest >>= 1n) count += Number(rest & 1n);
    to[i] = count;
  }
  return y;
};
kernel('PopulationCount', populationCount);

kernel('CompareAndBitpack', ([input, threshold], _attrs, context) => {
  const { shape } = input!;
  if (shape.length < 1) invalid('Input should be at least a vector, but saw a scalar.');
  if (threshold!.shape.length !== 0) invalid('Threshold must be a scalar');
  const columns = shape.at(-1)!;
  if (columns % 8 !== 0) {
    invalid(
      `Inner dimension of input should be divisible by 8, but saw shape: ${shapeText(shape)}`,
    );
  }
  const out = context.zeros(uint8, [...shape.slice(0, -1), columns / 8]);
  const [x, y] = [input!.data as TypedArray, out.data as TypedArray];
  const limit = (threshold!.data as TypedArray)[0]!;
  for (let i = 0; i < x.length; i++) if (x[i]! > limit) y[i >> 3]! |= 128 >> (i & 7);
  return out;
});
