/**
 * Variables of the second kind: a handle names the variable, and each op that takes the handle reads
 * or changes it when it runs. What is known of the value's type and shape travels with the handle.
 */

import { toTensor } from '../core/convert.ts';
import { concatDims, mergeDims, sliceDims, withRank, withRankAtLeast } from '../core/dims.ts';
import type { DType } from '../core/dtype.ts';
import { int32, kernelName } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { IndexedSlices } from '../core/indexed_slices.ts';
import { op } from '../core/op.ts';
import type { Dims, Static, Tensor } from '../core/tensor.ts';
import { concat } from './join.ts';
import { expand_dims, reshape, size } from './shape.ts';
import { MASKS } from './slice.ts';
import { checkPoints, checkRows, knownSizes } from './state.ts';

/** The shape of what a handle refers to, whose type must be `dtype`. */
function dimsOf({ handleData }: Static, dtype: DType): Dims {
  if (!handleData) return null;
  if (handleData.dtype !== dtype) {
    throw new ValueError(
      `Trying to read variable with wrong dtype. Expected ${kernelName(handleData.dtype)} got ${kernelName(dtype)}`,
    );
  }
  return handleData.dims;
}

export const VarHandleOp = op('VarHandleOp', {
  inputs: [],
  outputs: ['resource: resource'],
  attrs: ["container: string = ''", "shared_name: string = ''", 'dtype: type', 'shape: shape'],
  shape: () => [],
  handle: (_, { dtype, shape }) => ({ dtype, dims: shape }),
  stateful: true,
}).gradient(null);

export const ReadVariableOp = op('ReadVariableOp', {
  inputs: ['resource: resource'],
  outputs: ['value: dtype'],
  attrs: ['dtype: type'],
  shape: ({ resource }, { dtype }) => dimsOf(resource, dtype),
  stateful: true,
  passesSlices: true,
}).gradient((_, [dy]) => ({ resource: dy }));

export const VarIsInitializedOp = op('VarIsInitializedOp', {
  inputs: ['resource: resource'],
  outputs: ['is_initialized: bool'],
  attrs: [],
  shape: () => [],
  stateful: true,
}).gradient(null);

export const VariableShape = op('VariableShape', {
  inputs: ['input: resource'],
  outputs: ['output: out_type'],
  attrs: ['out_type: {int32, int64} = DT_INT32'],
  shape: ({ input }) => [input.handleData?.dims?.length ?? null],
  known: ({ input }) => input.handleData?.dims ?? undefined,
  stateful: true,
}).gradient(null);

export const DestroyResourceOp = op('DestroyResourceOp', {
  inputs: ['resource: resource'],
  outputs: [],
  attrs: ['ignore_lookup_error: bool = true'],
  stateful: true,
}).gradient(null);

// ---- replacing the whole value -----------------------------------------------------------------

/** Checks a new value's shape against the variable's. */
const checkWhole = (
  { resource, value }: { readonly resource: Static; readonly value: Static },
  { dtype }: { readonly dtype: DType },
): Dims => {
  mergeDims(dimsOf(resource, dtype), value.dims);
  return [];
};
const whole = {
  inputs: ['resource: resource', 'value: dtype'],
  outputs: [],
  attrs: ['dtype: type'],
  shape: checkWhole,
  stateful: true,
} as const;

export const AssignVariableOp = op('AssignVariableOp', whole).gradient(null);
export const AssignAddVariableOp = op('AssignAddVariableOp', whole).gradient(null);
export const AssignSubVariableOp = op('AssignSubVariableOp', whole).gradient(null);

export const ResourceCountUpTo = op('ResourceCountUpTo', {
  inputs: ['resource: resource'],
  outputs: ['output: T'],
  attrs: ['limit: int', 'T: {int32, int64}'],
  shape: ({ resource }, { T }) => withRank(dimsOf(resource, T), 0),
  stateful: true,
}).gradient(null);

// ---- rows --------------------------------------------------------------------------------------

/** Rows of a variable, read without copying the rest of it. */
export const ResourceGather = op('ResourceGather', {
  inputs: ['resource: resource', 'indices: Tindices'],
  outputs: ['output: dtype'],
  attrs: ['validate_indices: bool = true', 'dtype: type', 'Tindices: {int32, int64}'],
  shape: ({ resource, indices }, { dtype }) =>
    concatDims(indices.dims, sliceDims(withRankAtLeast(dimsOf(resource, dtype), 1), 1)),
  stateful: true,
}).gradient(({ resource, indices }, [dy]) => {
  const shape = shapeOfVariable(resource);
  const count = expand_dims(size(indices), 0);
  const values = reshape(dy, concat([count, shape.at('1:')], 0));
  return { resource: new IndexedSlices(values, reshape(indices, count), shape), indices: null };
});

/** The shape of the variable behind a handle, as a tensor. */
function shapeOfVariable(handle: Tensor): Tensor {
  const sizes = knownSizes(handle.handleData?.dims ?? null);
  return sizes ? toTensor(sizes, int32) : VariableShape({ input: handle });
}

type Rows = { readonly resource: Static; readonly indices: Static; readonly updates: Static };

const rows = {
  inputs: ['resource: resource', 'indices: Tindices', 'updates: dtype'],
  outputs: [],
  attrs: ['dtype: numbertype', 'Tindices: {int32, int64}'],
  shape: (inputs: Rows, { dtype }: { readonly dtype: DType }): Dims => {
    checkRows(dimsOf(inputs.resource, dtype), inputs);
    return [];
  },
  stateful: true,
} as const;

export const ResourceScatterAdd = op('ResourceScatterAdd', rows).gradient(null);
export const ResourceScatterSub = op('ResourceScatterSub', rows).gradient(null);
export const ResourceScatterMul = op('ResourceScatterMul', rows).gradient(null);
export const ResourceScatterDiv = op('ResourceScatterDiv', rows).gradient(null);
export const ResourceScatterMin = op('ResourceScatterMin', rows).gradient(null);
export const ResourceScatterMax = op('ResourceScatterMax', rows).gradient(null);
export const ResourceScatterUpdate = op('ResourceScatterUpdate', {
  ...rows,
  attrs: ['dtype: type', 'Tindices: {int32, int64}'],
}).gradient(null);

export const ResourceScatterNdUpdate = op('ResourceScatterNdUpdate', {
  inputs: ['ref: resource', 'indices: Tindices', 'updates: T'],
  outputs: [],
  attrs: ['T: type', 'Tindices: {int32, int64}', 'use_locking: bool = true'],
  shape: (inputs, { T }) => {
    checkPoints(dimsOf(inputs.ref, T), inputs);
    return [];
  },
  stateful: true,
}).gradient(null);

/** Replaces a slice of a variable. */
export const ResourceStridedSliceAssign = op('ResourceStridedSliceAssign', {
  inputs: ['ref: resource', 'begin: Index', 'end: Index', 'strides: Index', 'value: T'],
  outputs: [],
  attrs: ['T: type', 'Index: {int32, int64}', ...MASKS],
  stateful: true,
}).gradient(null);
