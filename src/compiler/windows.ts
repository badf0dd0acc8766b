/**
 * Sliding windows as generated SIMD kernels: images are unrolled into rows of windows and rows added
 * back, and windows are pooled. Images have their channels last and are padded already, so that every
 * window lies inside.
 */

import {
  advance,
  type Code,
  count,
  encodeModule,
  F32,
  f32,
  f32x4,
  get,
  I32,
  i32,
  int,
  Locals,
  set,
  tee,
  unsigned,
  V128,
  type ValueType,
  type WasmFunction,
  when,
} from './encoder.ts';

const simd = (opcode: number): number[] => [0xfd, ...unsigned(opcode)];
const EQUAL = simd(0x41);
const UNEQUAL = simd(0x42);
const NOT = simd(0x4d);
const ANY = simd(0x53);
const AND = simd(0x4e);
const AND_NOT = simd(0x4f);
const OR = simd(0x50);
/** `a < b ? b : a`, which leaves out what is not a number. */
const LARGER = simd(0xeb);
const SPLAT = simd(0x13);
const F32_EQUAL = 0x5b;
/** A float. */
const constant = (value: number): number[] => [
  0x43,
  ...new Uint8Array(Float32Array.of(value).buffer),
];
/** The lowest finite float32 in all four lanes. */
const LOWEST = [...simd(0x0c), ...[0, 1, 2, 3].flatMap(() => [0xff, 0xff, 0x7f, 0xff])];

const VECTOR = 16;
const FLOAT = 4;

/** A function with named parameters and locals. */
class Builder<P extends string> {
  readonly p: Record<P, number>;
  readonly locals: Locals;
  private readonly name: string;
  private readonly types: readonly ValueType[];

  constructor(name: string, parameters: readonly P[], floats: readonly P[] = []) {
    this.name = name;
    this.types = parameters.map((key) => (floats.includes(key) ? F32 : I32));
    this.p = Object.fromEntries(parameters.map((key, i) => [key, i])) as Record<P, number>;
    this.locals = new Locals(parameters.length);
  }

  build(body: Code): WasmFunction {
    return { name: this.name, params: this.types, locals: this.locals.runs, body };
  }
}

const plus = (a: number, b: number): number[] => [...get(a), ...get(b), i32.add];
const move = (to: number, from: number): number[] => [...get(from), ...set(to)];

/** `for (times of n) body`, with `pointer` taking steps of `stride` bytes and starting anew at `from`. */
function walk(
  counter: number,
  n: number,
  pointer: number,
  from: number,
  stride: number,
  body: Code,
): number[] {
  return [
    ...move(pointer, from),
    ...count(counter, get(n), 1, [...body, ...advance(pointer, get(stride))]),
  ];
}

// ---- unrolling ---------------------------------------------------------------------------------

const LINES = ['rows', 'step', 'image', 'n1', 's1', 'n2', 's2', 'n3', 's3', 'bytes'] as const;

/**
 * For each of n1 x n2 windows: n3 lines of `bytes` bytes, `s3` apart in the image and together in
 * `rows`, whose windows are `step` apart. Lines go into rows, or rows are added to lines.
 */
function lines(name: string, add: boolean): WasmFunction {
  const b = new Builder(name, LINES);
  const { p } = b;
  const l = b.locals.integers('i', 'j', 'k', 'at', 'top', 'left', 'line', 'row', 'end', 'a', 'b');
  const each = (step: number, body: Code) => [
    ...count(l.at, get(l.end), step, [
      ...plus(l.line, l.at),
      ...set(l.a),
      ...plus(l.row, l.at),
      ...set(l.b),
      ...body,
    ]),
  ];
  const vector = add
    ? [
        ...get(l.a),
        ...get(l.a),
        ...f32x4.load(),
        ...get(l.b),
        ...f32x4.load(),
        ...f32x4.add,
        ...f32x4.store(),
      ]
    : [...get(l.b), ...get(l.a), ...f32x4.load(), ...f32x4.store()];
  const scalar = add
    ? [...get(l.a), ...get(l.a), ...f32.load(), ...get(l.b), ...f32.load(), f32.add, ...f32.store()]
    : [...get(l.b), ...get(l.a), ...f32.load(), ...f32.store()];
  const tail = b.locals.integers('start').start;
  const oneLine = [
    ...get(p.bytes),
    ...int(-VECTOR),
    i32.and,
    ...tee(l.end),
    ...set(tail),
    ...each(VECTOR, vector),
    ...advance(l.line, get(tail)),
    ...advance(l.row, get(tail)),
    ...get(p.bytes),
    ...get(tail),
    i32.subtract,
    ...set(l.end),
    ...each(FLOAT, scalar),
    ...advance(l.row, get(l.end)),
    ...get(l.line),
    ...get(tail),
    i32.subtract,
    ...set(l.line),
  ];
  return b.build(
    walk(l.i, p.n1, l.top, p.image, p.s1, [
      ...walk(l.j, p.n2, l.left, l.top, p.s2, [
        ...move(l.row, p.rows),
        ...walk(l.k, p.n3, l.line, l.left, p.s3, oneLine),
        ...advance(p.rows, get(p.step)),
      ]),
    ]),
  );
}

// ---- pooling -----------------------------------------------------------------------------------

const POOL = ['n1', 's1', 'n2', 's2', 'k1', 't1', 'k2', 't2', 'bytes'] as const;

/** Walks over windows, their vectors of channels, and the cells of each; `cell` sees its address in `x`. */
function pool<P extends string>(
  b: Builder<P | (typeof POOL)[number] | 'image' | 'out'>,
  parts: { readonly before: Code; readonly cell: Code; readonly after: Code },
  l: Record<'at' | 'x' | 'to', number>,
): number[] {
  const p = b.p as Record<(typeof POOL)[number] | 'image' | 'out', number>;
  const m = b.locals.integers('i', 'j', 'u', 'v', 'top', 'left', 'first', 'row');
  const cells = [
    ...plus(m.left, l.at),
    ...set(m.first),
    ...walk(m.u, p.k1, m.row, m.first, p.t1, walk(m.v, p.k2, l.x, m.row, p.t2, parts.cell)),
  ];
  const channels = count(l.at, get(p.bytes), VECTOR, [
    ...plus(p.out, l.at),
    ...set(l.to),
    ...parts.before,
    ...cells,
    ...parts.after,
  ]);
  return walk(m.i, p.n1, m.top, p.image, p.s1, [
    ...walk(m.j, p.n2, m.left, m.top, p.s2, [...channels, ...advance(p.out, get(p.bytes))]),
  ]);
}

function maxPool(): WasmFunction {
  const b = new Builder('maxPool', ['out', 'image', ...POOL]);
  const l = b.locals.integers('at', 'x', 'to');
  const [best] = b.locals.take(1, V128) as [number];
  return b.build(
    pool(
      b,
      {
        before: [...LOWEST, ...set(best)],
        cell: [...get(best), ...get(l.x), ...f32x4.load(), ...LARGER, ...set(best)],
        after: [...get(l.to), ...get(best), ...f32x4.store()],
      },
      l,
    ),
  );
}

/** What a padded image has around it where the first cell of the image itself matters: a number that nobody has. */
export const AROUND = -3.4028232635611926e38;

/**
 * Adds the gradient of each window, `dy` bytes after `out`, to the first cell that equals its maximum; `dx`
 * bytes after the image. It goes to the first cell of all where that is no number, or no cell is a maximum.
 */
function maxPoolGradient(): WasmFunction {
  const b = new Builder('maxPoolGradient', ['out', 'image', ...POOL, 'dy', 'dx']);
  const { p } = b;
  const l = b.locals.integers('at', 'x', 'to', 'target', 'start');
  const [best, gradient, done, hit, odd] = b.locals.take(5, V128) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const isAround = [...get(l.x), ...f32.load(), ...constant(AROUND), F32_EQUAL];
  /** Adds the lanes of the gradient that `mask` has to the cell at `x`. */
  const give = (x: number, mask: Code) => [
    ...plus(x, p.dx),
    ...tee(l.target),
    ...get(l.target),
    ...f32x4.load(),
    ...mask,
    ...get(gradient),
    ...AND,
    ...f32x4.add,
    ...f32x4.store(),
  ];
  return b.build(
    pool(
      b,
      {
        before: [
          ...get(l.to),
          ...f32x4.load(),
          ...set(best),
          ...plus(l.to, p.dy),
          ...f32x4.load(),
          ...set(gradient),
          ...f32x4.zero,
          ...tee(odd),
          ...set(done),
          ...int(0),
          ...set(l.start),
        ],
        cell: [
          ...when(
            [...get(l.start), i32.eqz],
            when(
              [...isAround, i32.eqz],
              [
                ...move(l.start, l.x),
                ...get(l.x),
                ...f32x4.load(),
                ...get(l.x),
                ...f32x4.load(),
                ...UNEQUAL,
                ...tee(odd),
                ...set(done),
              ],
            ),
          ),
          ...get(l.x),
          ...f32x4.load(),
          ...get(best),
          ...EQUAL,
          ...get(done),
          ...AND_NOT,
          ...set(hit),
          ...give(l.x, get(hit)),
          ...get(done),
          ...get(hit),
          ...OR,
          ...set(done),
        ],
        after: when(
          [...get(done), ...NOT, ...get(odd), ...OR, ...tee(hit), ...ANY],
          when(get(l.start), give(l.start, get(hit))),
        ),
      },
      l,
    ),
  );
}

function averagePool(): WasmFunction {
  const b = new Builder('averagePool', ['out', 'image', ...POOL, 'scale'], ['scale']);
  const l = b.locals.integers('at', 'x', 'to');
  const [sum] = b.locals.take(1, V128) as [number];
  return b.build(
    pool(
      b,
      {
        before: [...f32x4.zero, ...set(sum)],
        cell: [...get(sum), ...get(l.x), ...f32x4.load(), ...f32x4.add, ...set(sum)],
        after: [
          ...get(l.to),
          ...get(sum),
          ...get(b.p.scale),
          ...SPLAT,
          ...f32x4.multiply,
          ...f32x4.store(),
        ],
      },
      l,
    ),
  );
}

function averagePoolGradient(): WasmFunction {
  const b = new Builder('averagePoolGradient', ['out', 'image', ...POOL, 'scale'], ['scale']);
  const l = b.locals.integers('at', 'x', 'to');
  const [share] = b.locals.take(1, V128) as [number];
  return b.build(
    pool(
      b,
      {
        before: [
          ...get(l.to),
          ...f32x4.load(),
          ...get(b.p.scale),
          ...SPLAT,
          ...f32x4.multiply,
          ...set(share),
        ],
        cell: [
          ...get(l.x),
          ...get(l.x),
          ...f32x4.load(),
          ...get(share),
          ...f32x4.add,
          ...f32x4.store(),
        ],
        after: [],
      },
      l,
    ),
  );
}

/** Writes `value` to each float of `bytes` bytes at `to`. */
function fill(): WasmFunction {
  const b = new Builder('fill', ['to', 'bytes', 'value'], ['value']);
  const { p } = b;
  const l = b.locals.integers('at', 'end');
  const [all] = b.locals.take(1, V128) as [number];
  const each = (end: number, step: number, store: Code) =>
    count(l.at, get(end), step, [...plus(p.to, l.at), ...store]);
  return b.build([
    ...get(p.value),
    ...SPLAT,
    ...set(all),
    ...get(p.bytes),
    ...int(-VECTOR),
    i32.and,
    ...set(l.end),
    ...each(l.end, VECTOR, [...get(all), ...f32x4.store()]),
    ...advance(p.to, get(l.end)),
    ...get(p.bytes),
    ...int(VECTOR - 1),
    i32.and,
    ...set(l.end),
    ...each(l.end, FLOAT, [...get(p.value), ...f32.store()]),
  ]);
}

/** The bytes of a module that exports all of these. */
export function windowsModule(): Uint8Array {
  return encodeModule([
    lines('unroll', false),
    lines('addBack', true),
    maxPool(),
    maxPoolGradient(),
    averagePool(),
    averagePoolGradient(),
    fill(),
  ]);
}
