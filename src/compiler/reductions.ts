/**
 * Reductions of float32 numbers, seen as [outer, n, inner] with the middle reduced. Sums are in double
 * precision, as on the host, so that a result is rounded once.
 */

import { loadWhole, splatLoad, storeWhole } from './access.ts';
import { advance, type Code, F64, get, int, i32 as integer } from './encoder.ts';
import {
  assign,
  kernelFunction,
  kernelModule,
  loadOne,
  type Named,
  repeat,
  shifted,
  storeOne,
} from './kernel_builder.ts';
import { f32, f64, lanes, type Scope } from './simd.ts';

/** What a reduction accumulates. A vector of numbers has `parts` accumulators. */
interface Fold {
  readonly parts: 1 | 2;
  start(s: Scope): Code;
  /** What vector `v`, cheap to push, gives to accumulator number `part`. */
  operand(s: Scope, v: Code, part: number): Code;
  merge(x: Code, y: Code): Code;
  /** The results of a vector's accumulators. */
  finish(s: Scope, accumulators: readonly Code[], divisor: Code): Code;
  /** One number, of which only the first lane counts, and which only enters the first accumulator. */
  single(address: number): Code;
}

function sums(map: (x: Code) => Code): Fold {
  return {
    parts: 2,
    start: (s) => s.double(0),
    operand(s, v, part) {
      const half = part === 0 ? v : lanes(v, v, 2, 3, 2, 3);
      return map(s.name(f64.fromFloats(half)));
    },
    merge: f64.add,
    finish(_, accumulators, divisor) {
      const results = accumulators.map((x) => f32.fromDoubles(f64.divide(x, divisor)));
      return results.length === 1 ? results[0]! : lanes(results[0]!, results[1]!, 0, 1, 4, 5);
    },
    single: loadOne,
  };
}

function extremes(merge: Fold['merge'], start: number): Fold {
  return {
    parts: 1,
    start: (s) => s.float(start),
    operand: (_, v) => v,
    merge,
    finish: (_, [x]) => x!,
    single: (address) => splatLoad(get(address), 'float32'),
  };
}

const FOLDS = {
  sum: sums((x) => x),
  sumOfSquares: sums((x) => f64.multiply(x, x)),
  max: extremes(f32.maximum, Number.NEGATIVE_INFINITY),
  min: extremes(f32.minimum, Number.POSITIVE_INFINITY),
} as const;

/** Vectors that are read in one turn, each with accumulators of its own, to overlap their additions. */
const UNROLLING = 4;
const VECTOR = 16;

/** Accumulators of `vectors` vectors in locals. */
class Accumulators {
  readonly locals: readonly number[];
  private readonly s: Scope;
  private readonly fold: Fold;

  constructor(s: Scope, fold: Fold, vectors: number) {
    this.s = s;
    this.fold = fold;
    this.locals = Array.from({ length: vectors * fold.parts }, () => s.local());
  }

  clear(): void {
    for (const local of this.locals) assign(this.s, local, this.fold.start(this.s));
  }

  /** Takes vector number `index`. */
  add(index: number, vector: Code, parts: number = this.fold.parts): void {
    const { s, fold } = this;
    const v = s.name(vector);
    for (let part = 0; part < parts; part++) {
      const local = this.locals[index * fold.parts + part]!;
      assign(s, local, fold.merge(get(local), fold.operand(s, v, part)));
    }
  }

  /** The results of vector number `index`. */
  finish(index: number, divisor: Code): Code {
    const { parts } = this.fold;
    const own = this.locals.slice(index * parts, (index + 1) * parts).map((local) => get(local));
    return this.fold.finish(this.s, own, divisor);
  }

  /** All accumulators as one number, in the first lane. */
  total(divisor: Code): Code {
    const { s, fold } = this;
    const all = this.locals.map((local): Code => get(local)).reduce(fold.merge);
    const x = s.name(all);
    const half = s.name(fold.merge(x, lanes(x, x, 2, 3, 0, 1)));
    const whole = fold.parts === 2 ? half : fold.merge(half, lanes(half, half, 1, 0, 3, 2));
    return fold.finish(s, [s.name(whole)], divisor);
  }
}

/** `(y, x, outer, n, divisor)`: one result for each of `outer` rows of n numbers. */
function overRows(name: string, fold: Fold) {
  return kernelFunction(
    `${name}Rows`,
    ['y', 'x', 'outer', 'n', 'divisor'],
    ['row', 'left'],
    (s, l) => {
      const divisor = s.name(f64.splat(get(l.divisor)));
      const accumulators = new Accumulators(s, fold, UNROLLING);
      const turn = (vectors: number) =>
        s.whileAtLeast(l.left, 4 * vectors, () => {
          for (let v = 0; v < vectors; v++) accumulators.add(v, loadWhole(get(l.x), 'float32', v));
          s.push(advance(l.x, int(vectors * VECTOR)));
          s.push(advance(l.left, int(-4 * vectors)));
        });
      repeat(s, l.row, get(l.outer), () => {
        accumulators.clear();
        assign(s, l.left, get(l.n));
        turn(UNROLLING);
        turn(1);
        s.whileAtLeast(l.left, 1, () => {
          accumulators.add(0, fold.single(l.x), 1);
          s.push(advance(l.x, int(4)));
          s.push(advance(l.left, int(-1)));
        });
        s.push(storeOne(get(l.y), accumulators.total(divisor)));
        s.push(advance(l.y, int(4)));
      });
    },
    { divisor: F64 },
  );
}

type ColumnLocals = Named<'y' | 'x' | 'n' | 'left' | 'row' | 'from' | 'step'>;

/** Reduces columns `width` at a time, as long as there are so many left; `take` reads numbers at `from`. */
function columns(s: Scope, l: ColumnLocals, width: number, take: () => void, give: () => void) {
  s.whileAtLeast(l.left, width, () => {
    assign(s, l.from, get(l.x));
    repeat(s, l.row, get(l.n), () => {
      take();
      s.push(advance(l.from, get(l.step)));
    });
    give();
    s.push(advance(l.x, int(4 * width)));
    s.push(advance(l.y, int(4 * width)));
    s.push(advance(l.left, int(-width)));
  });
}

/** `(y, x, outer, n, inner, divisor)`: for each of `outer` matrices of n rows the result of each column. */
function overColumns(name: string, fold: Fold) {
  return kernelFunction(
    `${name}Columns`,
    ['y', 'x', 'outer', 'n', 'inner', 'divisor'],
    ['matrix', 'left', 'row', 'from', 'step'],
    (s, l) => {
      const divisor = s.name(f64.splat(get(l.divisor)));
      const accumulators = new Accumulators(s, fold, UNROLLING);
      const vectors = (many: number) => {
        const take = () => {
          for (let v = 0; v < many; v++) {
            accumulators.add(v, loadWhole(get(l.from), 'float32', v));
          }
        };
        const give = () => {
          for (let v = 0; v < many; v++) {
            s.push(storeWhole(get(l.y), accumulators.finish(v, divisor), 'float32', v));
          }
          accumulators.clear();
        };
        columns(s, l, 4 * many, take, give);
      };
      assign(s, l.step, shifted(l.inner, 2));
      accumulators.clear();
      repeat(s, l.matrix, get(l.outer), () => {
        assign(s, l.left, get(l.inner));
        vectors(UNROLLING);
        vectors(1);
        const give = () => {
          s.push(storeOne(get(l.y), accumulators.finish(0, divisor)));
          accumulators.clear();
        };
        columns(s, l, 1, () => accumulators.add(0, fold.single(l.from), 1), give);
        // The rows below the first are still to be left behind.
        const below = [...get(l.n), ...int(-1), integer.add, ...get(l.step), integer.multiply];
        s.push(advance(l.x, below));
      });
    },
    { divisor: F64 },
  );
}

/** The bytes of a module that exports `<fold>Rows` and `<fold>Columns` for sum, sumOfSquares, max and min. */
export function reductionsModule(): Uint8Array {
  return kernelModule(
    Object.entries(FOLDS).flatMap(([name, fold]) => [
      overRows(name, fold),
      overColumns(name, fold),
    ]),
  );
}
