/** Rearrangements that keep every element: transposing, reversing, repeating, rolling, block moves. */

import type { DType, TypedArray } from '../../core/dtype.ts';
import type { KernelContext, Value } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';
import { copyBox, ints, invalid, same, shapeText, stridesOf, wholeOf, withDim } from './box.ts';

/** A new value that holds the box of `input` of size `dims` and with `strides`, in its order. */
function restride(
  context: KernelContext,
  input: Value,
  dims: readonly number[],
  strides: readonly number[],
  offset = 0,
  shape = dims,
): Value {
  const result = context.alloc(input.dtype, shape);
  copyBox(input.dtype, dims, result.data, wholeOf(dims), input.data, { offset, strides });
  return result;
}

// ---- transposing -------------------------------------------------------------------------------

kernel('Transpose', ([x, perm], _attrs, context) => {
  const order = permutationOf(perm!, x!.shape.length);
  if (order.every((axis, i) => axis === i)) return same(context, x!);
  return transpose(context, x!, order);
});

kernel('ConjugateTranspose', ([x, perm], _attrs, context) => {
  const result = transpose(context, x!, permutationOf(perm!, x!.shape.length));
  if (x!.dtype.is_complex) {
    const data = result.data as TypedArray;
    for (let i = 1; i < data.length; i += 2) data[i] = -data[i]!;
  }
  return result;
});

function transpose(context: KernelContext, x: Value, order: readonly number[]): Value {
  const strides = stridesOf(x.shape);
  return restride(
    context,
    x,
    order.map((axis) => x.shape[axis]!),
    order.map((axis) => strides[axis]!),
  );
}

function permutationOf(perm: Value, rank: number): number[] {
  if (perm.shape.length !== 1) invalid(`perm must be a vector, not ${shapeText(perm.shape)}`);
  if (perm.size !== rank) {
    invalid(
      `transpose expects a vector of size ${rank}. But input(1) is a vector of size ${perm.size}`,
    );
  }
  const order = ints(perm).map((axis) => {
    const front = axis < 0 ? axis + rank : axis;
    return front >= 0 && front < rank ? front : invalid(`${axis} is out of range [0 .. ${rank})`);
  });
  for (let axis = 0; axis < rank; axis++) {
    if (!order.includes(axis)) invalid(`${axis} is missing from {${order.join(',')}}.`);
  }
  return order;
}

kernel('InvertPermutation', ([x], _attrs, context) => {
  if (x!.shape.length !== 1) invalid('invert_permutation expects a 1D vector.');
  const count = x!.size;
  const result = context.alloc(x!.dtype, x!.shape);
  const data = result.data as TypedArray;
  data.fill(-1);
  for (const [i, to] of ints(x!).entries()) {
    if (to < 0 || to >= count) invalid(`${to} is not between 0 and ${count}`);
    if (data[to] !== -1) invalid(`${to} is duplicated in the input.`);
    data[to] = i;
  }
  return result;
});

// ---- reversing ---------------------------------------------------------------------------------

kernel('Reverse', ([tensor, dims], _attrs, context) => {
  const rank = tensor!.shape.length;
  if (dims!.shape.length !== 1) {
    invalid(`'dims' must be 1-dimension, not ${dims!.shape.length}`);
  }
  if (dims!.size !== rank) {
    invalid(
      `'dims' must have the same number of values as 'input' has dimensions. 'input' has ${rank}'dims' has ${dims!.size} values`,
    );
  }
  const flags = ints(dims!);
  return reverse(context, tensor!, (axis) => flags[axis] === 1);
});

kernel('ReverseV2', ([tensor, axes], _attrs, context) => {
  const rank = tensor!.shape.length;
  const reversed = new Set<number>();
  for (const axis of ints(axes!)) {
    const front = axis < 0 ? axis + rank : axis;
    if (front < 0 || front >= rank) {
      invalid(`'axis'[${reversed.size}] = ${axis} is out of valid range [0, ${rank - 1}`);
    }
    if (reversed.has(front)) invalid(`axis ${front} specified more than once.`);
    reversed.add(front);
  }
  return reverse(context, tensor!, (axis) => reversed.has(axis));
});

function reverse(context: KernelContext, tensor: Value, turned: (axis: number) => boolean): Value {
  const { shape } = tensor;
  const strides = stridesOf(shape);
  let offset = 0;
  for (let axis = 0; axis < shape.length; axis++) {
    if (!turned(axis)) continue;
    offset += Math.max(0, shape[axis]! - 1) * strides[axis]!;
    strides[axis]! *= -1;
  }
  return restride(context, tensor, shape, strides, offset);
}

kernel('ReverseSequence', ([input, lengths], attrs, context) => {
  const seq = attrs.seq_dim as number;
  const batch = attrs.batch_dim as number;
  const { shape, dtype } = input!;
  checkSequences(shape, lengths!, seq, batch);
  const counts = ints(lengths!);
  const result = context.alloc(dtype, shape);
  const strides = stridesOf(shape);
  const turned = withDim(strides, seq, -strides[seq]!);
  for (const [i, count] of counts.entries()) {
    const start = i * strides[batch]!;
    const row = withDim(shape, batch, 1);
    const head = withDim(row, seq, count);
    const last = start + Math.max(0, count - 1) * strides[seq]!;
    const to = { offset: start, strides };
    copyBox(dtype, head, result.data, to, input!.data, { offset: last, strides: turned });
    const rest = { offset: start + count * strides[seq]!, strides };
    const tail = withDim(row, seq, shape[seq]! - count);
    copyBox(dtype, tail, result.data, rest, input!.data, rest);
  }
  return result;
});

function checkSequences(
  shape: readonly number[],
  lengths: Value,
  seq: number,
  batch: number,
): void {
  const rank = shape.length;
  if (lengths.shape.length !== 1) {
    invalid(`seq_lengths must be 1-dim, not ${lengths.shape.length}`);
  }
  if (batch === seq) invalid(`batch_dim == seq_dim == ${seq}`);
  if (seq >= rank) invalid(`seq_dim must be < input rank ( ${seq} vs. ${rank})`);
  if (batch >= rank) invalid(`batch_dim must be < input rank ( ${batch} vs. ${rank})`);
  if (lengths.size !== shape[batch]) {
    invalid(`Length of seq_lengths != input.dims(${batch}), (${lengths.size} vs. ${shape[batch]})`);
  }
  for (const [i, count] of ints(lengths).entries()) {
    if (count < 0) invalid(`seq_lens(${i}) < 0`);
    if (count > shape[seq]!) invalid(`seq_lens(${i}) > input.dims(${seq})`);
  }
}

// ---- repeating and rolling ---------------------------------------------------------------------

kernel('Tile', ([input, multiples], _attrs, context) => {
  const { shape } = input!;
  const rank = shape.length;
  if (multiples!.shape.length !== 1) {
    invalid(`Expected multiples to be 1-D, but got shape ${shapeText(multiples!.shape)}`);
  }
  if (multiples!.size !== rank) {
    invalid(
      `Expected multiples argument to be a vector of length ${rank} but got length ${multiples!.size}`,
    );
  }
  const counts = ints(multiples!);
  for (const [i, count] of counts.entries()) {
    if (count < 0) invalid(`Expected multiples[${i}] >= 0, but got ${count}`);
  }
  if (counts.every((count) => count === 1)) return same(context, input!);
  const result = context.alloc(
    input!.dtype,
    shape.map((dim, i) => dim * counts[i]!),
  );
  const from = stridesOf(shape).flatMap((stride) => [0, stride]);
  const to = stridesOf(result.shape).flatMap((stride, i) => [stride * shape[i]!, stride]);
  const dims = shape.flatMap((dim, i) => [counts[i]!, dim]);
  const target = { offset: 0, strides: to };
  copyBox(input!.dtype, dims, result.data, target, input!.data, { offset: 0, strides: from });
  return result;
});

kernel('Roll', ([input, shift, axis], _attrs, context) => {
  const { shape, dtype } = input!;
  const rank = shape.length;
  if (rank < 1) invalid('input must be 1-D or higher');
  if (shift!.shape.length > 1)
    invalid(`shift must be a scalar or a 1-D vector. Found: ${shapeText(shift!.shape)}`);
  if (axis!.shape.length > 1)
    invalid(`axis must be a scalar or a 1-D vector. Found: ${shapeText(axis!.shape)}`);
  if (shift!.size !== axis!.size) invalid('shift and axis must have the same size');
  const shifts = new Array<number>(rank).fill(0);
  const moves = ints(shift!);
  for (const [i, asked] of ints(axis!).entries()) {
    const front = asked < 0 ? asked + rank : asked;
    if (front < 0 || front >= rank) invalid(`axis ${asked} is out of range`);
    shifts[front]! += moves[i]!;
  }
  const result = context.alloc(dtype, shape);
  rollInto(dtype, result, input!, shifts);
  return result;
});

/** Each axis is two runs that change places; every combination of runs is one box. */
function rollInto(dtype: DType, result: Value, input: Value, shifts: readonly number[]): void {
  const { shape } = input;
  const strides = stridesOf(shape);
  const visit = (axis: number, dims: number[], to: number, from: number): void => {
    if (axis === shape.length) {
      const target = { offset: to, strides };
      copyBox(dtype, dims, result.data, target, input.data, { offset: from, strides });
      return;
    }
    const dim = shape[axis]!;
    const stride = strides[axis]!;
    const shift = dim === 0 ? 0 : ((shifts[axis]! % dim) + dim) % dim;
    visit(axis + 1, [...dims, dim - shift], to + shift * stride, from);
    if (shift > 0) visit(axis + 1, [...dims, shift], to, from + (dim - shift) * stride);
  };
  visit(0, [], 0, 0);
}

// ---- depth and space ---------------------------------------------------------------------------

/** Which axes of a depth move are what. */
function imageAxes(format: unknown): { height: number; width: number; depth: number } {
  return format === 'NCHW' ? { depth: 1, height: 2, width: 3 } : { height: 1, width: 2, depth: 3 };
}

kernel('SpaceToDepth', ([input], attrs, context) => {
  const block = attrs.block_size as number;
  const { shape } = input!;
  if (shape.length !== 4) invalid(`Input rank should be: 4 instead of: ${shape.length}`);
  const { height, width, depth } = imageAxes(attrs.data_format);
  const [h, w, d] = [shape[height]!, shape[width]!, shape[depth]!];
  if (w % block !== 0 || h % block !== 0) {
    invalid(`Image width ${w} and height ${h} should be divisible by block_size: ${block}`);
  }
  const strides = stridesOf(shape);
  const [sh, sw, sd] = [strides[height]!, strides[width]!, strides[depth]!];
  const axes = [
    [shape[0]!, strides[0]!],
    [h / block, sh * block],
    [w / block, sw * block],
    [block, sh],
    [block, sw],
    [d, sd],
  ] as const;
  const order = depth === 1 ? [0, 3, 4, 5, 1, 2] : [0, 1, 2, 3, 4, 5];
  const merged = withDim(withDim(shape, height, h / block), width, w / block);
  return regroup(context, input!, axes, order, withDim(merged, depth, d * block * block));
});

kernel('DepthToSpace', ([input], attrs, context) => {
  const block = attrs.block_size as number;
  const { shape } = input!;
  if (shape.length !== 4) invalid(`Input rank should be: 4 instead of: ${shape.length}`);
  const { height, width, depth } = imageAxes(attrs.data_format);
  const [h, w, d] = [shape[height]!, shape[width]!, shape[depth]!];
  if (d % (block * block) !== 0) {
    invalid(`Input depth dimension ${d} should be divisible by: ${block * block}`);
  }
  const strides = stridesOf(shape);
  const rest = d / (block * block);
  const step = strides[depth]!;
  const axes = [
    [shape[0]!, strides[0]!],
    [h, strides[height]!],
    [block, step * rest * block],
    [w, strides[width]!],
    [block, step * rest],
    [rest, step],
  ] as const;
  const order = depth === 1 ? [0, 5, 1, 2, 3, 4] : [0, 1, 2, 3, 4, 5];
  const merged = withDim(withDim(shape, height, h * block), width, w * block);
  return regroup(context, input!, axes, order, withDim(merged, depth, rest));
});

/** Reads `input` along `axes` (size and stride each), taken in the given order. */
function regroup(
  context: KernelContext,
  input: Value,
  axes: readonly (readonly [number, number])[],
  order: readonly number[],
  shape: readonly number[],
): Value {
  const dims = order.map((i) => axes[i]![0]);
  const strides = order.map((i) => axes[i]![1]);
  return restride(context, input, dims, strides, 0, shape);
}
