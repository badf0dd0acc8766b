/** Reading and writing by index: gathering, scattering, one-hot rows, partitions and stitches. */

import type { Data, TypedArray } from '../../core/dtype.ts';
import { elementWidth } from '../../core/dtype.ts';
import type { Kernel, KernelContext, Value } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';
import {
  copyRun,
  fillRun,
  ints,
  invalid,
  product,
  scalar,
  shapeText,
  sizeOf,
  stridesOf,
} from './box.ts';

/** The position of flat index `at` as TensorFlow's messages show it: `[1,0]`, `` for a scalar. */
function positionText(shape: readonly number[], at: number): string {
  if (shape.length === 0) return '';
  const position = stridesOf(shape).map((stride, i) => Math.floor(at / stride) % shape[i]!);
  return shapeText(position);
}

// ---- gathering ---------------------------------------------------------------------------------

kernel('Gather', ([params, indices], _attrs, context) => gather(context, params!, indices!, 0));

kernel('GatherV2', ([params, indices, axis], _attrs, context) => {
  if (axis!.shape.length > 0) invalid('axis must be scalar');
  return gather(context, params!, indices!, scalar(axis!));
});

function gather(context: KernelContext, params: Value, indices: Value, asked: number): Value {
  const { shape, dtype } = params;
  const rank = shape.length;
  if (rank < 1) invalid('params must be at least 1 dimensional');
  if (asked < -rank || asked >= rank) {
    invalid(`Expected axis in the range [${-rank}, ${rank}), but got ${asked}`);
  }
  const axis = asked < 0 ? asked + rank : asked;
  const dim = shape[axis]!;
  const outer = product(shape, 0, axis);
  const run = product(shape, axis + 1, rank) * elementWidth(dtype);
  const result = context.alloc(dtype, [
    ...shape.slice(0, axis),
    ...indices.shape,
    ...shape.slice(axis + 1),
  ]);
  const at = indices.data as TypedArray;
  if (outer * run > 0) {
    for (let i = 0; i < at.length; i++) {
      if (at[i]! >= 0 && at[i]! < dim) continue;
      invalid(`indices${positionText(indices.shape, i)} = ${at[i]} is not in [0, ${dim})`);
    }
  }
  copyRows(result.data, params.data, at, outer, dim, run);
  return result;
}

/** For each of `outer` groups of `dim` rows, copies the rows named by `at`. */
function copyRows(
  to: Data,
  from: Data,
  at: TypedArray,
  outer: number,
  dim: number,
  run: number,
): void {
  let target = 0;
  for (let group = 0; group < outer; group++) {
    const base = group * dim * run;
    for (let i = 0; i < at.length; i++, target += run) {
      copyRun(to, target, from, base + at[i]! * run, run);
    }
  }
}

/** Where each row of an index matrix points in an array of `shape`, as flat element offsets. */
function flatOffsets(
  indices: Value,
  shape: readonly number[],
  depth: number,
  refuse: (row: number, index: readonly number[]) => never,
): number[] {
  const data = indices.data as TypedArray;
  const strides = stridesOf(shape);
  const rows = depth === 0 ? sizeOf(indices.shape.slice(0, -1)) : data.length / depth;
  const offsets = new Array<number>(rows);
  for (let row = 0; row < rows; row++) {
    let offset = 0;
    for (let i = 0; i < depth; i++) {
      const index = data[row * depth + i]!;
      if (index < 0 || index >= shape[i]!) {
        refuse(row, Array.from(data.slice(row * depth, (row + 1) * depth)));
      }
      offset += index * strides[i]!;
    }
    offsets[row] = offset;
  }
  return offsets;
}

kernel('GatherNd', ([params, indices], _attrs, context) => {
  const { shape, dtype } = params!;
  if (shape.length < 1) invalid('params must be at least a vector');
  if (indices!.shape.length < 1) invalid('indices must be at least a vector');
  const depth = indices!.shape.at(-1)!;
  if (depth > shape.length) {
    invalid(
      `index innermost dimension length must be <= params rank; saw: ${depth} vs. ${shape.length}`,
    );
  }
  const result = context.alloc(dtype, [...indices!.shape.slice(0, -1), ...shape.slice(depth)]);
  const width = elementWidth(dtype);
  const run = product(shape, depth, shape.length) * width;
  const offsets = flatOffsets(indices!, shape, depth, (row, index) =>
    invalid(
      `flat indices[${row}, :] = [${index.join(', ')}] does not index into param (shape: ${shapeText(shape)}).`,
    ),
  );
  for (const [row, offset] of offsets.entries()) {
    copyRun(result.data, row * run, params!.data, offset * width, run);
  }
  return result;
});

// ---- scattering --------------------------------------------------------------------------------

kernel('ScatterNd', ([indices, updates, shapeValue], _attrs, context) => {
  if (shapeValue!.shape.length !== 1) invalid('Shape must be a vector');
  const shape = ints(shapeValue!);
  const depth = checkScatter(indices!, updates!, shape);
  const { dtype } = updates!;
  const result = context.zeros(dtype, shape);
  const width = elementWidth(dtype);
  const run = product(shape, depth, shape.length) * width;
  const offsets = flatOffsets(indices!, shape, depth, (row, index) => {
    const where = positionText(indices!.shape.slice(0, -1), row);
    return invalid(
      `Invalid indices: ${where} = [${index.join(', ')}] does not index into ${shapeText(shape)}`,
    );
  });
  if (dtype.row.kind === 'string') {
    for (const [row, offset] of offsets.entries()) {
      copyRun(result.data, offset, updates!.data, row * run, run);
    }
    return result;
  }
  const sums = result.data as TypedArray;
  const terms = updates!.data as TypedArray;
  for (const [row, offset] of offsets.entries()) {
    for (let i = 0; i < run; i++) sums[offset * width + i]! += terms[row * run + i]!;
  }
  return result;
});

/** Checks the shapes of a scatter, and returns how many indices address one slice. */
function checkScatter(indices: Value, updates: Value, shape: readonly number[]): number {
  if (shape.length < 1) {
    invalid(`Output must be at least 1-D, got shape: ${shapeText(shape)}`);
  }
  if (sizeOf(shape) === 0 && (indices.size > 0 || updates.size > 0)) {
    invalid(
      `Indices and updates specified for empty output.  indices shape: ${shapeText(indices.shape)}`,
    );
  }
  if (updates.shape[0] !== indices.shape[0]) {
    invalid(
      `The outermost dimension of updates and indices must match. Got indices.shape ${shapeText(indices.shape)}, updates.shape ${shapeText(updates.shape)}`,
    );
  }
  const nested = indices.shape.length > 1;
  const depth = nested ? indices.shape.at(-1)! : 1;
  const batch = nested ? indices.shape.length - 1 : 1;
  const wanted = [...indices.shape.slice(0, batch), ...shape.slice(depth)];
  if (depth > shape.length || shapeText(wanted) !== shapeText(updates.shape)) {
    invalid(
      `Must have updates.shape = indices.shape[:batch_dim] + params_shape[slice_dim:], got updates.shape: ${shapeText(updates.shape)}, indices.shape: ${shapeText(indices.shape)}, params_shape: ${shapeText(shape)}, slice_dim: ${depth}, and batch_dim: ${batch}`,
    );
  }
  return depth;
}

kernel('SparseToDense', ([indices, shapeValue, values, fallback], attrs, context) => {
  const rank = indices!.shape.length;
  if (rank > 2) {
    invalid(
      `sparse_indices should be a scalar, vector, or matrix, got shape ${shapeText(indices!.shape)}`,
    );
  }
  const count = rank > 0 ? indices!.shape[0]! : 1;
  const depth = rank > 1 ? indices!.shape[1]! : 1;
  const shape = ints(shapeValue!);
  if (shapeValue!.shape.length !== 1) {
    invalid(`output_shape should be a vector, got shape ${shapeText(shapeValue!.shape)}`);
  }
  if (shape.length !== depth) {
    invalid(`output_shape has incorrect number of elements: ${shape.length} should be: ${depth}`);
  }
  const single = values!.shape.length === 0;
  if (!single && (values!.shape.length !== 1 || values!.size !== count)) {
    invalid(
      `sparse_values has incorrect shape ${shapeText(values!.shape)}, should be [] or [${count}]`,
    );
  }
  if (fallback!.shape.length > 0) invalid('default_value should be a scalar.');
  const { dtype } = values!;
  const result = context.alloc(dtype, shape);
  const width = elementWidth(dtype);
  const offsets = sparseOffsets(indices!, shape, depth, attrs.validate_indices as boolean);
  fillRun(result.data, 0, result.size, fallback!.data, width);
  for (const [row, offset] of offsets.entries()) {
    copyRun(result.data, offset * width, values!.data, single ? 0 : row * width, width);
  }
  return result;
});

function sparseOffsets(
  indices: Value,
  shape: readonly number[],
  depth: number,
  validate: boolean,
): number[] {
  const rowText = (row: number) =>
    `indices[${row}] = ${shapeText(ints(indices).slice(row * depth, (row + 1) * depth))}`;
  const offsets = flatOffsets(indices, shape, depth, (row) =>
    invalid(`${rowText(row)} is out of bounds: need 0 <= index < ${shapeText(shape)}`),
  );
  if (validate) {
    for (let row = 1; row < offsets.length; row++) {
      if (offsets[row] === offsets[row - 1]) invalid(`${rowText(row)} is repeated`);
      if (offsets[row]! < offsets[row - 1]!) invalid(`${rowText(row)} is out of order`);
    }
  }
  return offsets;
}

kernel('OneHot', ([indices, depthValue, on, off], attrs, context) => {
  const asked = attrs.axis as number;
  const { shape } = indices!;
  const rank = shape.length;
  if (asked !== -1 && (asked < 0 || asked > rank)) {
    invalid(`Expected axis to be -1 or between [0, ${rank + 1}).  But received: ${asked}`);
  }
  if (depthValue!.shape.length > 0) {
    invalid(`depth must be a scalar, but got: ${shapeText(depthValue!.shape)}`);
  }
  if (on!.shape.length > 0) {
    invalid(`on_value must be a scalar, but got: ${shapeText(on!.shape)}`);
  }
  if (off!.shape.length > 0) {
    invalid(`off_value must be a scalar, but got: ${shapeText(off!.shape)}`);
  }
  const depth = scalar(depthValue!);
  if (depth < 0) invalid(`depth must be non-negative, got: ${depth}`);
  const axis = asked === -1 ? rank : asked;
  const { dtype } = on!;
  const result = context.alloc(dtype, [...shape.slice(0, axis), depth, ...shape.slice(axis)]);
  const width = elementWidth(dtype);
  fillRun(result.data, 0, result.size, off!.data, width);
  const inner = product(shape, axis, rank);
  const at = indices!.data as TypedArray;
  for (let i = 0; i < at.length; i++) {
    const hot = at[i]!;
    if (hot < 0 || hot >= depth) continue;
    const target = (Math.floor(i / inner) * depth + hot) * inner + (i % inner);
    copyRun(result.data, target * width, on!.data, 0, width);
  }
  return result;
});

// ---- partitions and stitches -------------------------------------------------------------------

function startsWith(shape: readonly number[], prefix: readonly number[]): boolean {
  return prefix.every((dim, i) => dim === shape[i]);
}

kernel('DynamicPartition', ([data, partitions], attrs, context) => {
  const count = attrs.num_partitions as number;
  if (!startsWith(data!.shape, partitions!.shape)) {
    invalid(
      `data.shape must start with partitions.shape, got data.shape = ${shapeText(data!.shape)}, partitions.shape = ${shapeText(partitions!.shape)}`,
    );
  }
  const { dtype, shape } = data!;
  const inner = shape.slice(partitions!.shape.length);
  const run = sizeOf(inner) * elementWidth(dtype);
  const sizes = new Array<number>(count).fill(0);
  const owners = ints(partitions!);
  for (const [i, part] of owners.entries()) {
    if (part < 0 || part >= count) {
      invalid(`partitions${positionText(partitions!.shape, i)} = ${part} is not in [0, ${count})`);
    }
    sizes[part]!++;
  }
  const results = sizes.map((size) => context.alloc(dtype, [size, ...inner]));
  const ends = sizes.fill(0);
  for (const [i, part] of owners.entries()) {
    copyRun(results[part]!.data, ends[part]! * run, data!.data, i * run, run);
    ends[part]!++;
  }
  return results;
});

const stitch: Kernel = (inputs, _attrs, context) => {
  const count = inputs.length / 2;
  const indices = inputs.slice(0, count);
  const data = inputs.slice(count);
  checkStitch(indices, data);
  const inner = data[0]!.shape.slice(indices[0]!.shape.length);
  const { dtype } = data[0]!;
  let rows = 0;
  for (const part of indices) for (const row of ints(part)) rows = Math.max(rows, row + 1);
  const result = context.zeros(dtype, [rows, ...inner]);
  const run = sizeOf(inner) * elementWidth(dtype);
  for (const [part, value] of data.entries()) {
    for (const [i, row] of ints(indices[part]!).entries()) {
      if (row < 0) invalid(`indices[${i}] is out of range`);
      copyRun(result.data, row * run, value.data, i * run, run);
    }
  }
  return result;
};

function checkStitch(indices: readonly Value[], data: readonly Value[]): void {
  const [first, firstIndex] = [data[0]!.shape, indices[0]!.shape];
  const extra = shapeText(first.slice(firstIndex.length));
  for (const [i, { shape }] of data.entries()) {
    const index = indices[i]!.shape;
    if (!startsWith(shape, index)) {
      invalid(
        `data[${i}].shape = ${shapeText(shape)} does not start with indices[${i}].shape = ${shapeText(index)}`,
      );
    }
    if (shapeText(shape.slice(index.length)) !== extra) {
      invalid(
        `Need data[0].shape[${firstIndex.length}:] = data[${i}].shape[${index.length}:], got data[0].shape = ${shapeText(first)}, data[${i}].shape = ${shapeText(shape)}, indices[0].shape = ${shapeText(firstIndex)}, indices[${i}].shape = ${shapeText(index)}`,
      );
    }
  }
}

kernel('DynamicStitch', stitch);
kernel('ParallelDynamicStitch', stitch);
