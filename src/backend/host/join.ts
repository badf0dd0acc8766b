/** Joining arrays along an axis, and taking them apart: one block copy per piece. */

import { int32 } from '../../core/dtype.ts';
import type { KernelContext, Value } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';
import {
  copyBox,
  ints,
  invalid,
  numbers,
  product,
  same,
  scalar,
  shapeText,
  stridesOf,
  wholeOf,
  withAxis,
  withDim,
  withoutAxis,
} from './box.ts';

/** `axis` counted from the front; `refuse` says what is wrong with one outside of the rank. */
function frontAxis(axis: number, rank: number, refuse: () => never): number {
  const front = axis < 0 ? axis + rank : axis;
  return front >= 0 && front < rank ? front : refuse();
}

// ---- joining -----------------------------------------------------------------------------------

kernel('Concat', ([axis, ...values], _attrs, context) => concat(context, axis!, values));

kernel('ConcatV2', (inputs, _attrs, context) =>
  concat(context, inputs.at(-1)!, inputs.slice(0, -1)),
);

kernel('ParallelConcat', (values, { shape }, context) => {
  const dims = shape as number[];
  const result = context.alloc(values[0]!.dtype, dims);
  const rows = withDim(dims, 0, 1);
  const strides = stridesOf(dims);
  for (const [i, { data, dtype }] of values.entries()) {
    const target = { offset: i * strides[0]!, strides };
    copyBox(dtype, rows, result.data, target, data, wholeOf(rows));
  }
  return result;
});

function concat(context: KernelContext, axisValue: Value, values: readonly Value[]): Value {
  if (axisValue.shape.length > 0) {
    invalid(
      `Concat dim tensor should be a scalar integer, but got shape ${shapeText(axisValue.shape)}`,
    );
  }
  const asked = scalar(axisValue);
  const { shape: first, dtype } = values[0]!;
  const rank = first.length;
  const axis = frontAxis(asked, rank, () =>
    invalid(
      `ConcatOp : Expected concatenating dimensions in the range [${-rank}, ${rank}), but got ${asked}`,
    ),
  );
  let total = 0;
  for (const [i, { shape }] of values.entries()) {
    const both = `shape[0] = ${shapeText(first)} vs. shape[${i}] = ${shapeText(shape)}`;
    if (shape.length !== rank) {
      invalid(`ConcatOp : Ranks of all input tensors should match: ${both}`);
    }
    if (shape.some((dim, j) => j !== axis && dim !== first[j])) {
      invalid(`ConcatOp : Dimensions of inputs should match: ${both}`);
    }
    total += shape[axis]!;
  }
  const result = context.alloc(dtype, withDim(first, axis, total));
  const strides = stridesOf(result.shape);
  let offset = 0;
  for (const { shape, data } of values) {
    copyBox(dtype, shape, result.data, { offset, strides }, data, wholeOf(shape));
    offset += shape[axis]! * strides[axis]!;
  }
  return result;
}

kernel('ConcatOffset', ([axisValue, ...shapes], _attrs, context) => {
  const axis = scalar(axisValue!);
  const first = ints(shapes[0]!);
  const rank = first.length;
  const front = frontAxis(axis, rank, () =>
    invalid(`Concat dim is out of range: ${axis} vs. ${rank}`),
  );
  let offset = 0;
  return shapes.map((shape, i) => {
    const dims = ints(shape);
    if (dims.length !== rank) {
      invalid(`input ${i} should contain ${rank} elements, but got ${dims.length}`);
    }
    const start = dims.map((dim, j) => {
      if (j === front) return offset;
      if (dim !== first[j]) invalid(`input[${i},${j}] mismatch: ${first[j]} vs. ${dim}`);
      return 0;
    });
    offset += dims[front]!;
    return numbers(context, int32, start);
  });
});

kernel('Pack', (values, { axis }, context) => {
  const { shape, dtype } = values[0]!;
  const rank = shape.length + 1;
  const asked = axis as number;
  const front = frontAxis(asked, rank, () => invalid(`axis = ${asked} not in [${-rank}, ${rank})`));
  for (const [i, value] of values.entries()) {
    if (value.shape.length !== rank - 1 || shape.some((dim, j) => dim !== value.shape[j])) {
      invalid(
        `Shapes of all inputs must match: values[0].shape = ${shapeText(shape)} != values[${i}].shape = ${shapeText(value.shape)}`,
      );
    }
  }
  const result = context.alloc(dtype, withAxis(shape, front, values.length));
  const strides = stridesOf(result.shape);
  const step = strides[front]!;
  strides.splice(front, 1);
  const whole = wholeOf(shape);
  for (const [i, value] of values.entries()) {
    copyBox(dtype, shape, result.data, { offset: i * step, strides }, value.data, whole);
  }
  return result;
});

// ---- taking apart ------------------------------------------------------------------------------

kernel('Unpack', ([value], attrs, context) => {
  const { shape, dtype } = value!;
  const rank = shape.length;
  const num = attrs.num as number;
  const asked = attrs.axis as number;
  const axis = frontAxis(asked, rank, () => invalid(`axis = ${asked} not in [${-rank}, ${rank})`));
  if (shape[axis] !== num) {
    invalid(`Input shape axis ${axis} must equal ${num}, got shape ${shapeText(shape)}`);
  }
  const dims = withoutAxis(shape, axis);
  const strides = stridesOf(shape);
  const step = strides[axis]!;
  strides.splice(axis, 1);
  const results = Array.from({ length: num }, () => context.alloc(dtype, dims));
  const whole = wholeOf(dims);
  for (const [i, { data }] of results.entries()) {
    copyBox(dtype, dims, data, whole, value!.data, { offset: i * step, strides });
  }
  return results;
});

kernel('Split', ([axisValue, value], attrs, context) => {
  const count = attrs.num_split as number;
  const axis = splitAxis(axisValue!, value!);
  const dim = value!.shape[axis]!;
  if (dim % count !== 0) {
    invalid(
      `Number of ways to split should evenly divide the split dimension, but got split_dim ${axis} (size = ${dim}) and num_split ${count}`,
    );
  }
  return split(context, value!, axis, new Array<number>(count).fill(dim / count));
});

kernel('SplitV', ([value, sizes, axisValue], attrs, context) => {
  const count = attrs.num_split as number;
  if (sizes!.shape.length !== 1 || sizes!.size !== count) {
    invalid(
      `size of the split_tensor must be 1-D and have the same elements as outputs got ${sizes!.shape.length} -D and ${sizes!.size} elements`,
    );
  }
  const axis = splitAxis(axisValue!, value!);
  return split(context, value!, axis, resolvedSizes(ints(sizes!), value!.shape[axis]!));
});

function splitAxis(axisValue: Value, value: Value): number {
  const axis = scalar(axisValue);
  const rank = value.shape.length;
  return frontAxis(axis, rank, () =>
    invalid(`-input rank(-${rank}) <= split_dim < input rank (${rank}), but got ${axis}`),
  );
}

/** The sizes asked for, with a single `-1` taking what the others leave of `dim`. */
function resolvedSizes(sizes: readonly number[], dim: number): number[] {
  if (sizes.length === 1 && sizes[0] !== -1 && sizes[0] !== dim) {
    invalid(
      `If there is only one output, it must have the same size as the input. Input size: ${dim} output size: ${sizes[0]}`,
    );
  }
  const open = sizes.indexOf(-1);
  if (open !== sizes.lastIndexOf(-1)) invalid('There can only be one -1 in the input.');
  const total = sizes.reduce((sum, size) => (size === -1 ? sum : sum + size), 0);
  if (open < 0 ? total !== dim : total > dim) {
    invalid(
      `Determined shape must either match input shape along split_dim exactly if fully specified, or be less than the size of the input along split_dim if not fully specified.  Got: ${total}`,
    );
  }
  const resolved = open < 0 ? [...sizes] : withDim(sizes, open, dim - total);
  for (const [i, size] of resolved.entries()) {
    if (size < 0) invalid(`Split size at index ${i} must be >= 0. Got: ${size}`);
  }
  return resolved;
}

function split(
  context: KernelContext,
  value: Value,
  axis: number,
  sizes: readonly number[],
): readonly Value[] {
  if (sizes.length === 1) return [same(context, value)];
  const { shape, dtype } = value;
  const results = sizes.map((size) => context.alloc(dtype, withDim(shape, axis, size)));
  const strides = stridesOf(shape);
  const inner = product(shape, axis + 1, shape.length);
  let offset = 0;
  for (const result of results) {
    const whole = wholeOf(result.shape);
    copyBox(dtype, result.shape, result.data, whole, value.data, { offset, strides });
    offset += result.shape[axis]! * inner;
  }
  return results;
}
