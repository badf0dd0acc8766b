/**
 * Broadcasting: NumPy's rules over flat arrays. Dimensions that both operands walk alike are
 * merged, so that most pairs of shapes become one call of the loop, and the others one per row.
 */

import { invalid, shapeText, sizeOf } from './box.ts';

/**
 * Computes `n` results: `o[k++]` from `a[i]` and `b[j]`, stepping `i` by `di` and `j` by `dj`
 * (0 where the operand repeats).
 */
export type BinaryLoop<A, O> = (
  a: A,
  i: number,
  di: number,
  b: A,
  j: number,
  dj: number,
  o: O,
  k: number,
  n: number,
) => void;

type Shape = readonly number[];

/** Whether two shapes are equal. */
export function sameShape(x: Shape, y: Shape): boolean {
  if (x.length !== y.length) return false;
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return false;
  return true;
}

/** The shape of `x` op `y`. InvalidArgumentError if they do not fit. */
export function broadcastShape(x: Shape, y: Shape): Shape {
  if (sameShape(x, y) || y.length === 0) return x;
  if (x.length === 0) return y;
  const rank = Math.max(x.length, y.length);
  const shape: number[] = [];
  for (let d = 0; d < rank; d++) {
    const p = x[d - rank + x.length] ?? 1;
    const q = y[d - rank + y.length] ?? 1;
    if (p !== q && p !== 1 && q !== 1) {
      invalid(`Incompatible shapes: ${shapeText(x)} vs. ${shapeText(y)}`);
    }
    shape.push(p === 1 ? q : p);
  }
  return shape;
}

/** Elements to skip per step along each dimension of `shape`, 0 where `x` repeats. */
export function broadcastStrides(x: Shape, shape: Shape): number[] {
  const strides = new Array<number>(shape.length).fill(0);
  let stride = 1;
  for (let d = shape.length - 1, e = x.length - 1; e >= 0; d--, e--) {
    if (x[e] !== 1) strides[d] = stride;
    stride *= x[e]!;
  }
  return strides;
}

/** Runs `loop` over all of `o`, whose shape is `shape`, the broadcast of `x` and `y`. */
export function broadcast<A, O>(
  loop: BinaryLoop<A, O>,
  a: A,
  x: Shape,
  b: A,
  y: Shape,
  o: O,
  shape: Shape,
): void {
  const size = sizeOf(shape);
  if (size === 0) return;
  if (sameShape(x, y)) loop(a, 0, 1, b, 0, 1, o, 0, size);
  else if (sizeOf(y) === 1) loop(a, 0, 1, b, 0, 0, o, 0, size);
  else if (sizeOf(x) === 1) loop(a, 0, 0, b, 0, 1, o, 0, size);
  else {
    const dims = merge(shape, broadcastStrides(x, shape), broadcastStrides(y, shape));
    rows(loop, a, b, o, dims, 0, 0, 0, 0);
  }
}

/** A dimension of the walk: its length, and the steps of both operands. */
type Dim = readonly [length: number, da: number, db: number];

function merge(shape: Shape, p: readonly number[], q: readonly number[]): readonly Dim[] {
  const dims: Dim[] = [];
  for (let d = 0; d < shape.length; d++) {
    const n = shape[d]!;
    if (n === 1) continue;
    const last = dims.at(-1);
    if (last && last[1] === p[d]! * n && last[2] === q[d]! * n) {
      dims[dims.length - 1] = [last[0] * n, p[d]!, q[d]!];
    } else dims.push([n, p[d]!, q[d]!]);
  }
  return dims;
}

/** Walks dimension `depth` and those inside it; returns where the next result goes. */
function rows<A, O>(
  loop: BinaryLoop<A, O>,
  a: A,
  b: A,
  o: O,
  dims: readonly Dim[],
  depth: number,
  i: number,
  j: number,
  k: number,
): number {
  const [n, da, db] = dims[depth]!;
  if (depth === dims.length - 1) {
    loop(a, i, da, b, j, db, o, k, n);
    return k + n;
  }
  let next = k;
  for (let r = 0; r < n; r++)
    next = rows(loop, a, b, o, dims, depth + 1, i + r * da, j + r * db, next);
  return next;
}
