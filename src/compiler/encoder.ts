/**
 * A WebAssembly encoder, as small as generated kernels need: instructions are byte lists that are
 * spread into one another, `encodeModule` wraps functions around a memory that is imported.
 * Opcodes are those of the WebAssembly core and SIMD specifications.
 */

export type Code = readonly number[];
/** The type of a local or a parameter. */
export type ValueType = 0x7f | 0x7d | 0x7c | 0x7b;
/** A 32-bit integer. */
export const I32: ValueType = 0x7f;
/** A 32-bit float. */
export const F32: ValueType = 0x7d;
/** A 64-bit float. */
export const F64: ValueType = 0x7c;
/** A vector of four floats. */
export const V128: ValueType = 0x7b;
const EMPTY_BLOCK = 0x40;

/** An unsigned integer in LEB128. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  do {
    const low = rest & 127;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 128);
  } while (rest !== 0);
  return bytes;
}

/** A signed integer in LEB128. */
export function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 127;
    rest >>= 7;
    const done = (rest === 0 && (low & 64) === 0) || (rest === -1 && (low & 64) !== 0);
    bytes.push(done ? low : low | 128);
    if (done) return bytes;
  }
}

// ---- locals, control, 32-bit integers, floats --------------------------------------------------

/** Pushes a local. */
export const get = (local: number): number[] => [0x20, ...unsigned(local)];
/** Pops into a local. */
export const set = (local: number): number[] => [0x21, ...unsigned(local)];
/** Copies the top of the stack into a local. */
export const tee = (local: number): number[] => [0x22, ...unsigned(local)];
/** Pushes an integer. */
export const int = (value: number): number[] => [0x41, ...signed(value)];
/** Operations on integers. */
export const i32 = {
  eqz: 0x45,
  equal: 0x46,
  notEqual: 0x47,
  less: 0x48,
  greaterEqual: 0x4e,
  add: 0x6a,
  subtract: 0x6b,
  multiply: 0x6c,
  and: 0x71,
  or: 0x72,
  shiftLeft: 0x74,
} as const;
/** Forgets the top of the stack. */
export const DROP = 0x1a;
/** Picks one of two values by an integer. */
export const SELECT = 0x1b;
/** Operations on floats; offsets are in bytes. */
export const f32 = {
  zero: [0x43, 0, 0, 0, 0],
  load: (offset = 0): number[] => [0x2a, 2, ...unsigned(offset)],
  store: (offset = 0): number[] => [0x38, 2, ...unsigned(offset)],
  less: 0x5d,
  add: 0x92,
} as const;

/** `if (condition) then; else otherwise;` */
export function when(condition: Code, then: Code, otherwise: Code = []): number[] {
  const tail = otherwise.length > 0 ? [0x05, ...otherwise] : [];
  return [...condition, 0x04, EMPTY_BLOCK, ...then, ...tail, 0x0b];
}

/** `condition ? then : otherwise`, a value of type `type`. */
export function choose(type: ValueType, condition: Code, then: Code, otherwise: Code): number[] {
  return [...condition, 0x04, type, ...then, 0x05, ...otherwise, 0x0b];
}

/** `for (local = 0; local < end; local += step) body` */
export function count(local: number, end: Code, step: number, body: Code): number[] {
  const leave = [...get(local), ...end, i32.greaterEqual, 0x0d, 1];
  const next = [...get(local), ...int(step), i32.add, ...set(local), 0x0c, 0];
  return [
    ...int(0),
    ...set(local),
    0x02,
    EMPTY_BLOCK,
    0x03,
    EMPTY_BLOCK,
    ...leave,
    ...body,
    ...next,
    0x0b,
    0x0b,
  ];
}

/** `local += step` */
export function advance(local: number, step: Code): number[] {
  return [...get(local), ...step, i32.add, ...set(local)];
}

/** The smaller of two integers. */
export function minimum(a: Code, b: Code): number[] {
  return [...a, ...b, ...a, ...b, i32.less, SELECT];
}

// ---- four floats at once -----------------------------------------------------------------------

const simd = (opcode: number): number[] => [0xfd, ...unsigned(opcode)];
/** Operations on vectors; offsets are in bytes. */
export const f32x4 = {
  load: (offset = 0): number[] => [...simd(0x00), 2, ...unsigned(offset)],
  loadSplat: (offset = 0): number[] => [...simd(0x09), 2, ...unsigned(offset)],
  store: (offset = 0): number[] => [...simd(0x0b), 2, ...unsigned(offset)],
  zero: [...simd(0x0c), ...new Array<number>(16).fill(0)],
  add: simd(0xe4),
  multiply: simd(0xe6),
  /** `a * b + c`, rounded once where the machine can; part of relaxed SIMD. */
  multiplyAdd: simd(0x105),
  /** `y < x ? y : x`: a NaN of `x` is kept. */
  lesser: simd(0xea),
  /** `x < y ? y : x`: a NaN of `x` is kept. */
  greater: simd(0xeb),
} as const;

/** One number in all four lanes. */
export function splat(value: number): number[] {
  const bytes = new Uint8Array(Float32Array.of(value, value, value, value).buffer);
  return [...simd(0x0c), ...bytes];
}

/** Four lanes picked from two vectors: 0 to 3 are those of the first, 4 to 7 those of the second. */
export function shuffle(...lanes: readonly [number, number, number, number]): number[] {
  return [...simd(0x0d), ...lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte))];
}

// ---- modules -----------------------------------------------------------------------------------

/** One function. Locals follow the parameters. */
export interface WasmFunction {
  readonly name: string;
  readonly params: readonly ValueType[];
  /** What it returns; nothing by default. */
  readonly results?: readonly ValueType[];
  readonly locals: readonly (readonly [count: number, type: ValueType])[];
  readonly body: Code;
  /** Whether only functions of the module call it. */
  readonly isPrivate?: boolean;
}

/** A function `env.<name>` that a module imports. */
export interface WasmImport {
  readonly name: string;
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}

const section = (id: number, bytes: Code): number[] => [id, ...unsigned(bytes.length), ...bytes];
const list = (items: readonly Code[]): number[] => [...unsigned(items.length), ...items.flat()];
const name = (text: string): number[] =>
  list([...new TextEncoder().encode(text)].map((byte) => [byte]));

/**
 * A module that imports memory `env.memory` and exports `functions`. Where functions are numbered,
 * imported ones come first. `vectors` are the first values of its global vectors.
 */
export function encodeModule(
  functions: readonly WasmFunction[],
  imports: readonly WasmImport[] = [],
  vectors: readonly Uint8Array[] = [],
): Uint8Array {
  const types = [...imports, ...functions].map(({ params, results = [] }) => [
    0x60,
    ...list(params.map((type) => [type])),
    ...list(results.map((type) => [type])),
  ]);
  const first = imports.length;
  const imported = imports.map((f, i) => [...name('env'), ...name(f.name), 0x00, ...unsigned(i)]);
  const memory = [...name('env'), ...name('memory'), 0x02, 0x00, 1];
  const exported = functions.flatMap((f, i) =>
    f.isPrivate ? [] : [[...name(f.name), 0x00, ...unsigned(first + i)]],
  );
  const head = [
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, list(types)),
    ...section(2, list([...imported, memory])),
    ...section(3, list(functions.map((_, i) => unsigned(first + i)))),
    ...(vectors.length > 0 ? section(6, list(vectors.map(globalVector))) : []),
    ...section(7, list(exported)),
  ];
  return joined(head, functions);
}

const globalVector = (bytes: Uint8Array): number[] => [V128, 1, ...simdConstant, ...bytes, 0x0b];
const simdConstant = [0xfd, 0x0c];

/** `head` and the section of the functions' code, which may be long. */
function joined(head: Code, functions: readonly WasmFunction[]): Uint8Array {
  const heads = functions.map(({ locals, body }) => {
    const declared = list(locals.map(([many, type]) => [...unsigned(many), type]));
    return [...unsigned(declared.length + body.length + 1), ...declared];
  });
  const many = unsigned(functions.length);
  const size = heads.reduce((sum, h, i) => sum + h.length + functions[i]!.body.length + 1, 0);
  const parts: Code[] = [head, [10, ...unsigned(size + many.length), ...many]];
  functions.forEach(({ body }, i) => {
    parts.push(heads[i]!, body, [0x0b]);
  });
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Numbers locals after `params` parameters, in runs of one type. */
export class Locals {
  readonly runs: [number, ValueType][] = [];
  private next: number;

  constructor(params: number) {
    this.next = params;
  }

  /** The numbers of `many` new locals of one type. */
  take(many: number, type: ValueType): number[] {
    const last = this.runs.at(-1);
    if (last?.[1] === type) last[0] += many;
    else this.runs.push([many, type]);
    this.next += many;
    return Array.from({ length: many }, (_, i) => this.next - many + i);
  }

  /** New integer locals by name. */
  integers<const N extends string>(...names: readonly N[]): Record<N, number> {
    const numbers = this.take(names.length, I32);
    return Object.fromEntries(names.map((key, i) => [key, numbers[i]!])) as Record<N, number>;
  }
}
