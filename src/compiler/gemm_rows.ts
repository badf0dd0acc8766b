/**
 * The product of a few rows with a matrix: what packing that matrix would cost is not won back, so its
 * rows are scaled and added, four at a time, in the order in which they lie.
 */

import { loadWhole, splatLoad, storeWhole } from './access.ts';
import { advance, type Code, get, int, i32 as integer } from './encoder.ts';
import { activationNumber } from './gemm_epilogue.ts';
import {
  assign,
  type KernelFunction,
  kernelFunction,
  loadOne,
  type Named,
  repeat,
  storeOne,
} from './kernel_builder.ts';
import { f32, type Scope } from './simd.ts';

/** For fewer rows than this it is the faster product. */
export const FEW = 8;

const FLOAT = 4;
const VECTOR = 16;
/** Rows of B that are added at once. */
const TOGETHER = 4;
/** Vectors of a row in one turn. */
const VECTORS = 2;

const PARAMETERS = [
  'm',
  'n',
  'k',
  'a',
  'aRow',
  'aColumn',
  'b',
  'bRow',
  'c',
  'cRow',
  'accumulate',
  'bias',
  'activation',
] as const;
const LOCALS = ['row', 'x', 'left', 'rest', 'at', 'p', 'q0', 'q1', 'q2', 'q3'] as const;
type Names = Named<(typeof PARAMETERS)[number] | (typeof LOCALS)[number]>;

/** Walks over the row at `c`, with `pointers` beside: `value` gives what is stored, from the loads of all. */
function alongRow(
  s: Scope,
  l: Names,
  pointers: readonly number[],
  value: (own: Code, others: readonly Code[]) => Code,
): void {
  assign(s, l.at, get(l.c));
  assign(s, l.rest, get(l.n));
  const step = (floats: number) => {
    for (const local of [l.at, ...pointers]) s.push(advance(local, int(floats * FLOAT)));
    s.push(advance(l.rest, int(-floats)));
  };
  s.whileAtLeast(l.rest, (VECTORS * VECTOR) / FLOAT, () => {
    for (let i = 0; i < VECTORS; i++) {
      const load = (local: number) => loadWhole(get(local), 'float32', i);
      s.push(storeWhole(get(l.at), value(load(l.at), pointers.map(load)), 'float32', i));
    }
    step((VECTORS * VECTOR) / FLOAT);
  });
  s.whileAtLeast(l.rest, 1, () => {
    s.push(storeOne(get(l.at), value(loadOne(l.at), pointers.map(loadOne))));
    step(1);
  });
}

/** Adds `many` rows of B from `p` on, times the numbers of A from `x` on. */
function addRows(s: Scope, l: Names, many: number): void {
  const pointers = [l.q0, l.q1, l.q2, l.q3].slice(0, many);
  const factors = pointers.map((pointer) => {
    const factor = s.name(splatLoad(get(l.x), 'float32'));
    assign(s, pointer, get(l.p));
    s.push(advance(l.x, get(l.aColumn)));
    s.push(advance(l.p, get(l.bRow)));
    return factor;
  });
  alongRow(s, l, pointers, (own, others) =>
    others.reduce((sum, row, i) => f32.add(sum, f32.multiply(row, factors[i]!)), own),
  );
  s.push(advance(l.left, int(-many)));
}

/** Adds the bias to the row at `c`, and applies the activation. */
function finish(s: Scope, l: Names): void {
  const zero = () => s.float(0);
  const is = (activation: 'relu' | 'relu6'): Code => [
    ...get(l.activation),
    ...int(activationNumber(activation)),
    integer.equal,
  ];
  s.when(get(l.bias), () => {
    assign(s, l.p, get(l.bias));
    alongRow(s, l, [l.p], (own, [bias]) => f32.add(own, bias!));
  });
  s.when(is('relu'), () => alongRow(s, l, [], (own) => f32.add(f32.greater(own, zero()), zero())));
  s.when(is('relu6'), () =>
    alongRow(s, l, [], (own) => f32.lesser(f32.greater(own, zero()), s.float(6))),
  );
}

/** `fewRows`: parameters as those of `gemm`, for a B whose columns lie one after the other. */
export const fewRows: KernelFunction = kernelFunction('fewRows', PARAMETERS, LOCALS, (s, l) => {
  repeat(s, l.row, get(l.m), () => {
    s.when([...get(l.accumulate), integer.eqz], () => alongRow(s, l, [], () => s.float(0)));
    assign(s, l.x, get(l.a));
    assign(s, l.p, get(l.b));
    assign(s, l.left, get(l.k));
    s.whileAtLeast(l.left, TOGETHER, () => addRows(s, l, TOGETHER));
    s.whileAtLeast(l.left, 1, () => addRows(s, l, 1));
    finish(s, l);
    s.push(advance(l.a, get(l.aRow)));
    s.push(advance(l.c, get(l.cRow)));
  });
});
