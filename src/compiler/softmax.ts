/**
 * Softmax, its logarithm, and the cross entropies with their gradients, over rows of float32 numbers.
 * Every row is shifted by its maximum before exp; sums are in double precision.
 */

import { loadPart, loadWhole, splatLoad, storePart, storeWhole } from './access.ts';
import { advance, type Code, get, int, i32 as integer, set } from './encoder.ts';
import {
  assign,
  kernelFunction,
  kernelModule,
  type Named,
  repeat,
  storeOne,
} from './kernel_builder.ts';
import { f32, f64, lanes, type Scope, v128 } from './simd.ts';
import { expOfNegative, log } from './vector_math.ts';

/** The places of a row: `x` its logits, others as each kernel needs them; all of `depth` numbers. */
type Row = Named<'x' | 'depth' | 'left' | 'at'>;

/** What a pass over a row does with one vector; it may be the last, with fewer than four numbers. */
interface Vector {
  /** The numbers at the same place of the row at `base`; lanes beyond the end are those of `fill`. */
  load(base: number, fill?: Code): Code;
  store(base: number, value: Code): void;
}

/** Vectors that are handled together, so that they do not wait for each other. */
const UNROLLING = 4;

/**
 * Calls `body` for the vectors of a row, with several at once, one, or the last one: its code is made
 * once for each of them.
 */
function eachGroup(s: Scope, row: Row, body: (vectors: readonly Vector[]) => void): void {
  const place = (base: number): Code => [...get(base), ...get(row.at), integer.add];
  assign(s, row.at, int(0));
  assign(s, row.left, get(row.depth));
  for (const many of [UNROLLING, 1]) {
    const vectors = Array.from(
      { length: many },
      (_, n): Vector => ({
        load: (base) => s.name(loadWhole(place(base), 'float32', n)),
        store: (base, value) => s.push(storeWhole(place(base), value, 'float32', n)),
      }),
    );
    s.whileAtLeast(row.left, 4 * many, () => {
      body(vectors);
      s.push(advance(row.at, int(16 * many)));
      s.push(advance(row.left, int(-4 * many)));
    });
  }
  s.when(get(row.left), () => {
    const last: Vector = {
      load: (base, fill) => loadPart(s, place(base), 'float32', row.left, fill),
      store: (base, value) => storePart(s, place(base), s.name(value), 'float32', row.left),
    };
    body([last]);
  });
}

/** Calls `body` for each vector of a row. */
function eachVector(s: Scope, row: Row, body: (vector: Vector) => void): void {
  eachGroup(s, row, (vectors) => {
    for (const vector of vectors) body(vector);
  });
}

/** The largest number of a row in all lanes. NaN may be passed over: it makes the row's sum NaN in any case. */
function largest(s: Scope, row: Row): Code {
  const best = Array.from({ length: UNROLLING }, () => s.local());
  for (const local of best) assign(s, local, splatLoad(get(row.x), 'float32'));
  eachGroup(s, row, (vectors) => {
    vectors.forEach(({ load }, n) => {
      assign(s, best[n]!, f32.greater(get(best[n]!), load(row.x, get(best[n]!))));
    });
  });
  const all = s.name(best.map((local): Code => get(local)).reduce(f32.greater));
  const half = s.name(f32.greater(all, lanes(all, all, 2, 3, 0, 1)));
  return s.name(f32.greater(half, lanes(half, half, 1, 0, 3, 2)));
}

/** A sum in double precision of vectors of floats. */
class Sum {
  private readonly s: Scope;
  private readonly low: number;
  private readonly high: number;

  constructor(s: Scope) {
    this.s = s;
    this.low = s.local();
    this.high = s.local();
    for (const local of [this.low, this.high]) assign(s, local, s.double(0));
  }

  add(v: Code): void {
    const { s, low, high } = this;
    assign(s, low, f64.add(get(low), f64.fromFloats(v)));
    assign(s, high, f64.add(get(high), f64.fromFloats(lanes(v, v, 2, 3, 2, 3))));
  }

  /** As a float in all lanes. */
  total(): Code {
    const { s } = this;
    const pair = s.name(f64.add(get(this.low), get(this.high)));
    const single = s.name(f32.fromDoubles(f64.add(pair, lanes(pair, pair, 2, 3, 0, 1))));
    return s.name(lanes(single, single, 0, 0, 0, 0));
  }
}

/** The sum of exp(x - max) over a row; `each` sees the exponentials. */
function sumOfExponentials(
  s: Scope,
  row: Row,
  max: Code,
  each: (vector: Vector, e: Code) => void,
): Code {
  const sum = new Sum(s);
  eachGroup(s, row, (vectors) => {
    const terms = vectors.map((vector) => {
      const x = vector.load(row.x, s.float(Number.NEGATIVE_INFINITY));
      const e = s.name(expOfNegative(s, s.name(f32.subtract(x, max))));
      each(vector, e);
      return e;
    });
    sum.add(s.name(terms.reduce(f32.add)));
  });
  return sum.total();
}

const ROW_LOCALS = ['row', 'left', 'at', 'step'] as const;

/** Calls `body` for each row, moving the addresses `moving` from row to row. */
function eachRow(
  s: Scope,
  l: Named<'rows' | 'depth' | (typeof ROW_LOCALS)[number]>,
  moving: readonly number[],
  body: () => void,
): void {
  assign(s, l.step, [...get(l.depth), ...int(2), integer.shiftLeft]);
  repeat(s, l.row, get(l.rows), () => {
    body();
    for (const local of moving) s.push(advance(local, get(l.step)));
  });
}

const softmax = kernelFunction('softmax', ['y', 'x', 'rows', 'depth'], ROW_LOCALS, (s, l) =>
  eachRow(s, l, [l.y, l.x], () => {
    const sum = sumOfExponentials(s, l, largest(s, l), (vector, e) => vector.store(l.y, e));
    const scale = s.name(f32.divide(s.float(1), sum));
    eachVector(s, l, ({ load, store }) => store(l.y, f32.multiply(load(l.y), scale)));
  }),
);

const logSoftmax = kernelFunction('logSoftmax', ['y', 'x', 'rows', 'depth'], ROW_LOCALS, (s, l) =>
  eachRow(s, l, [l.y, l.x], () => {
    const max = largest(s, l);
    const logSum = s.name(
      log(
        s,
        sumOfExponentials(s, l, max, () => {}),
      ),
    );
    eachVector(s, l, ({ load, store }) =>
      store(l.y, f32.subtract(f32.subtract(load(l.x), max), logSum)),
    );
  }),
);

/** The loss of each row and the gradient of the logits, which must not lie where the logits do. */
const crossEntropy = kernelFunction(
  'crossEntropy',
  ['loss', 'dx', 'x', 'labels', 'rows', 'depth'],
  ROW_LOCALS,
  (s, l) =>
    eachRow(s, l, [l.dx, l.x, l.labels], () => {
      const max = largest(s, l);
      const sum = sumOfExponentials(s, l, max, (vector, e) => vector.store(l.dx, e));
      const logSum = s.name(log(s, sum));
      const total = new Sum(s);
      eachVector(s, l, ({ load, store }) => {
        const label = load(l.labels);
        const surprise = f32.subtract(logSum, f32.subtract(load(l.x), max));
        // A label of 0 has no part in the loss, even where the surprise is infinite.
        const counts = f32.notEqual(label, s.float(0));
        total.add(s.name(v128.and(counts, f32.multiply(label, surprise))));
        store(l.dx, f32.subtract(f32.divide(load(l.dx), sum), label));
      });
      s.push(storeOne(get(l.loss), total.total()));
      s.push(advance(l.loss, int(4)));
    }),
);

/** The same for labels that are numbers of classes: int32, within the depth. */
const sparseCrossEntropy = kernelFunction(
  'sparseCrossEntropy',
  ['loss', 'dx', 'x', 'labels', 'rows', 'depth'],
  [...ROW_LOCALS, 'hit'],
  (s, l) =>
    eachRow(s, l, [l.dx, l.x], () => {
      const max = largest(s, l);
      const sum = sumOfExponentials(s, l, max, (vector, e) => vector.store(l.dx, e));
      const scale = s.name(f32.divide(s.float(1), sum));
      eachVector(s, l, ({ load, store }) => store(l.dx, f32.multiply(load(l.dx), scale)));
      assign(s, l.hit, [...get(l.labels), 0x28, 2, 0, ...int(2), integer.shiftLeft]);
      const at = (base: number): Code => [...get(base), ...get(l.hit), integer.add];
      const hit = f32.subtract(splatLoad(at(l.dx), 'float32'), s.float(1));
      s.push(storeOne(at(l.dx), hit));
      const logit = f32.subtract(splatLoad(at(l.x), 'float32'), max);
      s.push(storeOne(get(l.loss), f32.subtract(log(s, sum), logit)));
      s.push(advance(l.loss, int(4)));
      s.push([...get(l.labels), ...int(4), integer.add, ...set(l.labels)]);
    }),
);

/** The bytes of a module that exports all of these; parameters are addresses and counts. */
export function softmaxModule(): Uint8Array {
  return kernelModule([softmax, logSoftmax, crossEntropy, sparseCrossEntropy]);
}
