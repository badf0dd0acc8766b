/**
 * Vectors in generated code, as expressions: an expression is the code that pushes its value, and a
 * scope names values that are used more than once. Opcodes are those of the WebAssembly SIMD
 * specification.
 */

import {
  type Code,
  get,
  int,
  i32 as integer,
  type Locals,
  set,
  unsigned,
  V128,
} from './encoder.ts';

/** The code of SIMD instruction `opcode`. */
export const simd = (opcode: number): number[] => [0xfd, ...unsigned(opcode)];

type Unary = (x: Code) => number[];
type Binary = (x: Code, y: Code) => number[];

const unary = (opcode: number): Unary => {
  const code = simd(opcode);
  return (x) => [...x, ...code];
};
const binary = (opcode: number): Binary => {
  const code = simd(opcode);
  return (x, y) => [...x, ...y, ...code];
};
const shift = (opcode: number) => {
  const code = simd(opcode);
  return (x: Code, bits: number): number[] => [...x, ...int(bits), ...code];
};

/** Operations on all 128 bits. */
export const v128 = {
  not: unary(0x4d),
  and: binary(0x4e),
  /** The bits of the first that the second does not have. */
  andNot: binary(0x4f),
  or: binary(0x50),
  xor: binary(0x51),
  /** Bits of `x` where `mask` has ones, of `y` elsewhere. */
  select: (mask: Code, x: Code, y: Code): number[] => [...x, ...y, ...mask, ...simd(0x52)],
  /** 1 if any bit is set: an integer. */
  anyTrue: unary(0x53),
} as const;

/** Operations on four float32 lanes; comparisons give lanes of all ones or all zeros. */
export const f32 = {
  abs: unary(0xe0),
  negate: unary(0xe1),
  sqrt: unary(0xe3),
  add: binary(0xe4),
  subtract: binary(0xe5),
  multiply: binary(0xe6),
  divide: binary(0xe7),
  /** `y < x ? y : x`: a NaN of `x` is kept, one of `y` is not. */
  lesser: binary(0xea),
  /** `x < y ? y : x`: a NaN of `x` is kept, one of `y` is not. */
  greater: binary(0xeb),
  /** NaN if either is. */
  minimum: binary(0xe8),
  /** NaN if either is. */
  maximum: binary(0xe9),
  ceil: unary(0x67),
  floor: unary(0x68),
  nearest: unary(0x6a),
  equal: binary(0x41),
  notEqual: binary(0x42),
  lessThan: binary(0x43),
  greaterThan: binary(0x44),
  atMost: binary(0x45),
  atLeast: binary(0x46),
  fromIntegers: unary(0xfa),
  /** The first two lanes of doubles; the others are 0. */
  fromDoubles: unary(0x5e),
  splat: unary(0x13),
} as const;

/** Operations on four int32 lanes. */
export const i32 = {
  abs: unary(0xa0),
  negate: unary(0xa1),
  add: binary(0xae),
  subtract: binary(0xb1),
  multiply: binary(0xb5),
  minimum: binary(0xb6),
  maximum: binary(0xb8),
  equal: binary(0x37),
  notEqual: binary(0x38),
  lessThan: binary(0x39),
  greaterThan: binary(0x3b),
  atMost: binary(0x3d),
  atLeast: binary(0x3f),
  shiftLeft: shift(0xab),
  shiftRight: shift(0xac),
  /** Towards zero; what does not fit becomes the nearest int32, NaN becomes 0. */
  fromFloats: unary(0xf8),
  splat: unary(0x11),
} as const;

/** Operations on two float64 lanes. */
export const f64 = {
  add: binary(0xf0),
  subtract: binary(0xf1),
  multiply: binary(0xf2),
  divide: binary(0xf3),
  lesser: binary(0xf6),
  greater: binary(0xf7),
  nearest: unary(0x94),
  /** The first two lanes of floats. */
  fromFloats: unary(0x5f),
  splat: unary(0x14),
} as const;

/** Operations on two int64 lanes. */
export const i64 = {
  add: binary(0xce),
  subtract: binary(0xd1),
  shiftLeft: shift(0xcb),
  /** Without the sign. */
  shiftRight: shift(0xcd),
} as const;

/** Four lanes picked from two vectors: 0 to 3 are those of the first, 4 to 7 those of the second. */
export const lanes = (
  x: Code,
  y: Code,
  ...picked: readonly [number, number, number, number]
): number[] => [
  ...x,
  ...y,
  ...simd(0x0d),
  ...picked.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte)),
];

/** One float32 lane as a number. */
export const laneOf = (x: Code, lane: number): number[] => [...x, ...simd(0x1f), lane];
/** `x` with another number in one lane. */
export const withLane = (x: Code, lane: number, number: Code): number[] => [
  ...x,
  ...number,
  ...simd(0x20),
  lane,
];

/** A vector that is known. */
export const known = (bytes: Uint8Array): number[] => [...simd(0x0c), ...bytes];
const bytesOf = (array: ArrayBufferView): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/**
 * The constants of a module, which are global vectors: V8 makes a constant again wherever it is used,
 * at several instructions each, but a global that could change is read once, before the loop.
 */
export class Constants {
  /** The vectors in order. */
  readonly vectors: Uint8Array[] = [];
  private readonly places = new Map<string, number>();

  /** The number of a vector that `key` names. */
  place(key: string, make: () => ArrayBufferView): number {
    const found = this.places.get(key);
    if (found !== undefined) return found;
    this.places.set(key, this.vectors.length);
    return this.vectors.push(bytesOf(make())) - 1;
  }
}

/** Takes code in order, names values, and keeps constants in locals. */
export class Scope {
  /** The code so far. */
  readonly body: number[] = [];
  /** The code that sets the constants; it comes before `body`. */
  readonly prologue: number[] = [];
  readonly locals: Locals;
  private readonly constants: Constants;
  private readonly known = new Map<string, Code>();
  private readonly free: number[] = [];
  private readonly taken: number[] = [];

  constructor(locals: Locals, constants: Constants) {
    this.locals = locals;
    this.constants = constants;
  }

  /** A local that holds the value of `code` until `release`, as the code that pushes it. */
  name(code: Code): Code {
    const local = this.local();
    this.push(code);
    this.push(set(local));
    return get(local);
  }

  /** Appends code. */
  push(code: Code): void {
    const { body } = this;
    for (let i = 0; i < code.length; i++) body.push(code[i]!);
  }

  /** `if (condition) body` */
  when(condition: Code, body: () => void): void {
    this.push(condition);
    this.body.push(0x04, 0x40);
    body();
    this.body.push(0x0b);
  }

  /** `while (local >= least) body` */
  whileAtLeast(local: number, least: number, body: () => void): void {
    this.body.push(0x03, 0x40);
    this.when([...get(local), ...int(least), integer.greaterEqual], () => {
      body();
      this.body.push(0x0c, 1);
    });
    this.body.push(0x0b);
  }

  /** Where `mask` has a lane set, gives the value that `code` pushes instead of `value`; skipped where none has. */
  unless(mask: Code, value: Code, code: () => Code): Code {
    const local = this.local();
    this.push(value);
    this.push(set(local));
    this.when(v128.anyTrue(mask), () => {
      this.push(v128.select(mask, code(), get(local)));
      this.push(set(local));
    });
    return get(local);
  }

  /** A local for a vector, until `release`. */
  local(): number {
    const local = this.free.pop() ?? this.locals.take(1, V128)[0]!;
    this.taken.push(local);
    return local;
  }

  /** Gives up all names, and makes one local the caller's, until `giveBack`. */
  keep(code: Code): number {
    const local = this.local();
    this.push(code);
    this.push(set(local));
    for (const other of this.taken) if (other !== local) this.free.push(other);
    this.taken.length = 0;
    return local;
  }

  /** Lets `local`, which was kept, be used again. */
  giveBack(local: number): void {
    this.free.push(local);
  }

  /** Four times the float32 nearest to `value`. */
  float(value: number): Code {
    return this.constant('f', value, () => new Float32Array(4).fill(value));
  }

  /** Four times an int32. */
  integer(value: number): Code {
    return this.constant('i', value, () => new Int32Array(4).fill(value));
  }

  /** Twice a float64. */
  double(value: number): Code {
    return this.constant('d', value, () => new Float64Array(2).fill(value));
  }

  /** Twice an int64. */
  long(value: bigint): Code {
    return this.constant('l', value, () => new BigInt64Array(2).fill(value));
  }

  private constant(kind: string, value: number | bigint, make: () => ArrayBufferView): Code {
    const key = kind + (Object.is(value, -0) ? '-0' : value);
    const found = this.known.get(key);
    if (found) return found;
    const [local] = this.locals.take(1, V128) as [number];
    const place = this.constants.place(key, make);
    this.prologue.push(0x23, ...unsigned(place), ...set(local));
    this.known.set(key, get(local));
    return get(local);
  }
}
