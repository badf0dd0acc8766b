/** Host kernels of sparse tensors: `indices` `[n, rank]`, `values` `[n]`, `shape` `[rank]`. */

import { elementWidth, int64, type TypedArray } from '../../core/dtype.ts';
import type { Value } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';
import { copyRun, ints, invalid, numbers, same, scalar, shapeText, stridesOf } from './box.ts';
import { numbersOf, roundTo16, sameShape } from './numeric.ts';

/** Checks a sparse tensor, and gives the flat position of each value in the dense one. */
function positions(indices: Value, values: Value, shape: readonly number[]): number[] {
  if (indices.shape.length !== 2) {
    invalid(`Input indices should be a matrix but received shape: ${shapeText(indices.shape)}`);
  }
  if (values.shape.length !== 1) {
    invalid(`Input values should be a vector but received shape: ${shapeText(values.shape)}`);
  }
  const [count, rank] = indices.shape as [number, number];
  if (count !== values.size) {
    invalid(`Dimensions ${count} and ${values.size} are not compatible`);
  }
  if (rank !== shape.length) {
    invalid(`Input shape should have ${rank} elements but got shape: ${shapeText(shape)}`);
  }
  const strides = stridesOf(shape);
  const flat = numbersOf(indices);
  return Array.from({ length: count }, (_, i) => {
    let at = 0;
    for (let d = 0; d < rank; d++) {
      const index = flat[i * rank + d]!;
      if (!(index >= 0 && index < shape[d]!)) {
        const own = Array.from(flat.subarray(i * rank, (i + 1) * rank));
        invalid(
          `indices[${i}] = [${own.join(',')}] is out of bounds: need 0 <= index < ${shapeText(shape)}`,
        );
      }
      at += index * strides[d]!;
    }
    return at;
  });
}

kernel('SparseTensorDenseAdd', ([indices, values, shape, b], _attrs, context) => {
  const size = ints(shape!);
  if (!sameShape(size, b!.shape)) {
    invalid(
      `Dimensions of both inputs must be equal: ${shapeText(size)} vs. ${shapeText(b!.shape)}`,
    );
  }
  const places = positions(indices!, values!, size);
  const out = context.alloc(b!.dtype, b!.shape);
  const [y, x] = [numbersOf(out), numbersOf(values!)];
  y.set(numbersOf(b!));
  const width = elementWidth(out.dtype);
  places.forEach((at, i) => {
    for (let k = 0; k < width; k++) y[at * width + k]! += x[i * width + k]!;
  });
  roundTo16(y, out.dtype);
  return out;
});

kernel('SparseTensorDenseMatMul', ([indices, values, shape, b], attrs, context) => {
  const size = ints(shape!);
  if (size.length !== 2) invalid("Tensor 'a_shape' must have 2 elements");
  if (b!.shape.length !== 2) invalid("Tensor 'b' is not a matrix");
  positions(indices!, values!, size);
  const { adjoint_a, adjoint_b } = attrs;
  const [rows, inner] = adjoint_a ? [size[1]!, size[0]!] : [size[0]!, size[1]!];
  const [height, width] = b!.shape as [number, number];
  const [innerB, columns] = adjoint_b ? [width, height] : [height, width];
  if (inner !== innerB) {
    invalid(
      `Cannot multiply A and B because inner dimension does not match: ${inner} vs. ${innerB}.  Did you forget a transpose?  Dimensions of A: [${size.join(', ')}].  Dimensions of B: ${shapeText(b!.shape)}`,
    );
  }
  const out = context.zeros(b!.dtype, [rows, columns]);
  const [index, a, x, y] = [indices!, values!, b!, out].map(numbersOf) as [
    TypedArray,
    TypedArray,
    TypedArray,
    TypedArray,
  ];
  const isComplex = out.dtype.is_complex;
  for (let i = 0; i < values!.size; i++) {
    const [row, column] = [index[2 * i]!, index[2 * i + 1]!];
    const [to, from] = adjoint_a ? [column, row] : [row, column];
    for (let j = 0; j < columns; j++) {
      const at = adjoint_b ? j * width + from : from * width + j;
      const target = to * columns + j;
      if (!isComplex) y[target]! += a[i]! * x[at]!;
      else {
        const [p, q] = [a[2 * i]!, adjoint_a ? -a[2 * i + 1]! : a[2 * i + 1]!];
        const [r, s] = [x[2 * at]!, adjoint_b ? -x[2 * at + 1]! : x[2 * at + 1]!];
        y[2 * target]! += p * r - q * s;
        y[2 * target + 1]! += p * s + q * r;
      }
    }
  }
  roundTo16(y, out.dtype);
  return out;
});

kernel('SparseReorder', ([indices, values, shape], _attrs, context) => {
  const places = positions(indices!, values!, ints(shape!));
  const order = places.map((_, i) => i).sort((i, j) => places[i]! - places[j]! || i - j);
  if (order.every((from, to) => from === to)) {
    return [same(context, indices!), same(context, values!)];
  }
  const rank = indices!.shape[1]!;
  const sorted = context.alloc(int64, indices!.shape);
  const moved = context.alloc(values!.dtype, values!.shape);
  const width = elementWidth(values!.dtype);
  order.forEach((from, to) => {
    copyRun(sorted.data, to * rank, indices!.data, from * rank, rank);
    copyRun(moved.data, to * width, values!.data, from * width, width);
  });
  return [sorted, moved];
});

/** Walks two sparse tensors in row-major order; -1 stands for a value that one of them lacks. */
function merged(a: readonly number[], b: readonly number[]): [number, number][] {
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    const [p, q] = [a[i] ?? Infinity, b[j] ?? Infinity];
    pairs.push([p <= q ? i++ : -1, q <= p ? j++ : -1]);
  }
  return pairs;
}

kernel('SparseAdd', (inputs, _attrs, context) => {
  const [aIndices, aValues, aShape, bIndices, bValues, bShape, thresh] = inputs as Value[];
  const size = ints(aShape!);
  if (!sameShape(size, ints(bShape!))) {
    invalid(
      `Operands' shapes do not match: got ${shapeText(size)} and ${shapeText(ints(bShape!))}`,
    );
  }
  const a = positions(aIndices!, aValues!, size);
  const b = positions(bIndices!, bValues!, size);
  const width = elementWidth(aValues!.dtype);
  const least = scalar(thresh!);
  const [x, y] = [numbersOf(aValues!), numbersOf(bValues!)];
  const kept: { from: Value; row: number; sum: number[] }[] = [];
  for (const [i, j] of merged(a, b)) {
    const sum = Array.from(
      { length: width },
      (_, k) => (i < 0 ? 0 : x[i * width + k]!) + (j < 0 ? 0 : y[j * width + k]!),
    );
    // A value that only one of them has stays, however small it is.
    if (i >= 0 && j >= 0 && Math.hypot(...sum) < least) continue;
    kept.push(i < 0 ? { from: bIndices!, row: j, sum } : { from: aIndices!, row: i, sum });
  }
  const indices = context.alloc(int64, [kept.length, size.length]);
  const values = context.alloc(aValues!.dtype, [kept.length]);
  kept.forEach(({ from, row, sum }, to) => {
    copyRun(indices.data, to * size.length, from.data, row * size.length, size.length);
    numbersOf(values).set(sum, to * width);
  });
  roundTo16(numbersOf(values), values.dtype);
  return [indices, values, numbers(context, int64, size)];
});

kernel('SparseAddGrad', ([slopes, aIndices, bIndices, sumIndices], _attrs, context) => {
  const outputs = [aIndices!, bIndices!].map(({ shape }) =>
    context.zeros(slopes!.dtype, [shape[0]!]),
  );
  const rank = sumIndices!.shape[1]!;
  const keyOf = (indices: Value, i: number) =>
    numbersOf(indices)
      .subarray(i * rank, (i + 1) * rank)
      .join();
  const rows = new Map<string, number>();
  for (let i = 0; i < sumIndices!.shape[0]!; i++) rows.set(keyOf(sumIndices!, i), i);
  const width = elementWidth(slopes!.dtype);
  [aIndices!, bIndices!].forEach((indices, n) => {
    for (let i = 0; i < indices.shape[0]!; i++) {
      const row = rows.get(keyOf(indices, i));
      if (row === undefined) continue;
      copyRun(outputs[n]!.data, i * width, slopes!.data, row * width, width);
    }
  });
  return outputs;
});
