/**
 * Variables of the first kind: ops that make one, whose output is a reference to it, and ops that
 * take the reference to change what it holds. A reference read by any other op is its value.
 */

import {
  compatible,
  concatDims,
  dimsText,
  isFullyDefined,
  mergeDims,
  sizeOf,
  sliceDims,
  withRank,
  withRankAtLeast,
} from '../core/dims.ts';
import { ValueError } from '../core/errors.ts';
import { op } from '../core/op.ts';
import type { Dims, Static } from '../core/tensor.ts';
import { MASKS } from './slice.ts';

// ---- making and reading ------------------------------------------------------------------------

/** A variable that sessions keep between runs; each session has its own value. */
export const VariableV2 = op('VariableV2', {
  inputs: [],
  outputs: ['ref: Ref(dtype)'],
  attrs: ['shape: shape', 'dtype: type', "container: string = ''", "shared_name: string = ''"],
  shape: (_, { shape }) => shape,
  stateful: true,
}).gradient(null);

/** The older form of `VariableV2`, where the shape `[]` stands for an unknown one. */
export const LegacyVariable = op('Variable', {
  inputs: [],
  outputs: ['ref: Ref(dtype)'],
  attrs: ['shape: shape', 'dtype: type', "container: string = ''", "shared_name: string = ''"],
  shape: (_, { shape }) => (shape?.length === 0 ? null : shape),
  stateful: true,
}).gradient(null);

/** A variable that lives within one run, until `DestroyTemporaryVariable`. */
export const TemporaryVariable = op('TemporaryVariable', {
  inputs: [],
  outputs: ['ref: Ref(dtype)'],
  attrs: ['shape: shape', 'dtype: type', "var_name: string = ''"],
  shape: (_, { shape }) => shape,
  stateful: true,
}).gradient(null);

/** The last value of a temporary variable, which is then no more. */
export const DestroyTemporaryVariable = op('DestroyTemporaryVariable', {
  inputs: ['ref: Ref(T)'],
  outputs: ['value: T'],
  attrs: ['T: type', 'var_name: string'],
  shape: ({ ref }) => ref.dims,
  stateful: true,
}).gradient(null);

/** Whether a variable has a value yet. */
export const IsVariableInitialized = op('IsVariableInitialized', {
  inputs: ['ref: Ref(dtype)'],
  outputs: ['is_initialized: bool'],
  attrs: ['dtype: type'],
  shape: () => [],
  stateful: true,
}).gradient(null);

/** The same reference from another operation. */
export const RefIdentity = op('RefIdentity', {
  inputs: ['input: Ref(T)'],
  outputs: ['output: Ref(T)'],
  attrs: ['T: type'],
  shape: ({ input }) => input.dims,
  stateful: true,
  passesSlices: true,
}).gradient((_, [dy]) => ({ input: dy }));

// ---- replacing the whole value -----------------------------------------------------------------

export const Assign = op('Assign', {
  inputs: ['ref: Ref(T)', 'value: T'],
  outputs: ['output_ref: Ref(T)'],
  attrs: ['T: type', 'validate_shape: bool = true', 'use_locking: bool = true'],
  shape: ({ ref, value }, { validate_shape }) =>
    validate_shape ? mergeDims(ref.dims, value.dims) : value.dims,
  stateful: true,
}).gradient(null);

export const AssignAdd = op('AssignAdd', {
  inputs: ['ref: Ref(T)', 'value: T'],
  outputs: ['output_ref: Ref(T)'],
  attrs: ['T: numbertype', 'use_locking: bool = false'],
  shape: ({ ref, value }) => mergeDims(ref.dims, value.dims),
  stateful: true,
}).gradient(null);

export const AssignSub = op('AssignSub', {
  inputs: ['ref: Ref(T)', 'value: T'],
  outputs: ['output_ref: Ref(T)'],
  attrs: ['T: numbertype', 'use_locking: bool = false'],
  shape: ({ ref, value }) => mergeDims(ref.dims, value.dims),
  stateful: true,
}).gradient(null);

/** The value before counting one up. OutOfRangeError at `limit`. */
export const CountUpTo = op('CountUpTo', {
  inputs: ['ref: Ref(T)'],
  outputs: ['output: T'],
  attrs: ['limit: int', 'T: {int32, int64}'],
  shape: ({ ref }) => withRank(ref.dims, 0),
  stateful: true,
}).gradient(null);

// ---- changing rows -----------------------------------------------------------------------------

interface Scattered {
  readonly indices: Static;
  readonly updates: Static;
}

/** Checks that `updates` has one row of the variable for each index; one number fits every row. */
export function checkRows(variable: Dims, { indices, updates }: Scattered): void {
  if (updates.dims?.length === 0) return;
  mergeDims(updates.dims, concatDims(indices.dims, sliceDims(withRankAtLeast(variable, 1), 1)));
}

const rowsDims = (inputs: Scattered & { readonly ref: Static }): Dims => {
  checkRows(inputs.ref.dims, inputs);
  return inputs.ref.dims;
};

const ROWS = ['ref: Ref(T)', 'indices: Tindices', 'updates: T'] as const;
const REF = ['output_ref: Ref(T)'] as const;
const NUMBERS = ['T: numbertype', 'Tindices: {int32, int64}', 'use_locking: bool = false'] as const;
const ORDERED = [
  'T: {half, bfloat16, float, double, int32, int64}',
  'Tindices: {int32, int64}',
  'use_locking: bool = false',
] as const;
const ANYTHING = ['T: type', 'Tindices: {int32, int64}', 'use_locking: bool = true'] as const;

export const ScatterUpdate = op('ScatterUpdate', {
  inputs: ROWS,
  outputs: REF,
  attrs: ANYTHING,
  shape: rowsDims,
  stateful: true,
}).gradient(null);

const numericRows = { inputs: ROWS, outputs: REF, attrs: NUMBERS, shape: rowsDims, stateful: true };
const orderedRows = { ...numericRows, attrs: ORDERED };

export const ScatterAdd = op('ScatterAdd', numericRows).gradient(null);
export const ScatterSub = op('ScatterSub', numericRows).gradient(null);
export const ScatterMul = op('ScatterMul', numericRows).gradient(null);
export const ScatterDiv = op('ScatterDiv', numericRows).gradient(null);
export const ScatterMin = op('ScatterMin', orderedRows).gradient(null);
export const ScatterMax = op('ScatterMax', orderedRows).gradient(null);

// ---- changing what index vectors point at ------------------------------------------------------

/** Checks `updates` against `indices`, whose last axis points into a variable of shape `variable`. */
export function checkPoints(variable: Dims, { indices, updates }: Scattered): void {
  withRankAtLeast(variable, 1);
  withRankAtLeast(indices.dims, 1);
  withRankAtLeast(updates.dims, 1);
  const filled = [indices.dims, updates.dims].some((dims) => (sizeOf(dims) ?? 0) > 0);
  if (sizeOf(variable) === 0 && filled) {
    throw new ValueError('Indices and updates specified for empty output');
  }
  if (indices.dims === null || updates.dims === null) return;
  const outer = indices.dims.length - 1;
  const depth = indices.dims[outer];
  if (depth === null || depth === undefined) return;
  const prefixes = [indices.dims.slice(0, outer), updates.dims.slice(0, outer)] as const;
  if (!compatible(...prefixes)) {
    throw new ValueError(
      `The outer ${outer} dimensions of indices.shape=${dimsText(indices.dims)} must match the outer ${outer} dimensions of updates.shape=${dimsText(updates.dims)}: ${whyNot(...prefixes)}`,
    );
  }
  if (variable === null) return;
  const suffixes = [variable.slice(depth), updates.dims.slice(outer)] as const;
  if (!compatible(...suffixes)) {
    throw new ValueError(
      `The inner ${variable.length - depth} dimensions of input.shape=${dimsText(variable)} must match the inner ${updates.dims.length - outer} dimensions of updates.shape=${dimsText(updates.dims)}: ${whyNot(...suffixes)}`,
    );
  }
}

/** Why two shapes cannot be merged. */
function whyNot(a: Dims, b: Dims): string {
  try {
    mergeDims(a, b);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

const pointsDims = (inputs: Scattered & { readonly ref: Static }): Dims => {
  checkPoints(inputs.ref.dims, inputs);
  return inputs.ref.dims;
};

export const ScatterNdUpdate = op('ScatterNdUpdate', {
  inputs: ROWS,
  outputs: REF,
  attrs: ANYTHING,
  shape: pointsDims,
  stateful: true,
}).gradient(null);

const numericPoints = { ...numericRows, shape: pointsDims };

export const ScatterNdAdd = op('ScatterNdAdd', numericPoints).gradient(null);
export const ScatterNdSub = op('ScatterNdSub', numericPoints).gradient(null);

/** Replaces a slice of a variable. */
export const StridedSliceAssign = op('StridedSliceAssign', {
  inputs: ['ref: Ref(T)', 'begin: Index', 'end: Index', 'strides: Index', 'value: T'],
  outputs: ['output_ref: Ref(T)'],
  attrs: ['T: type', 'Index: {int32, int64}', ...MASKS],
  shape: ({ ref }) => ref.dims,
  stateful: true,
}).gradient(null);

/** The sizes of a variable, where they are all known. */
export function knownSizes(dims: Dims): readonly number[] | undefined {
  return isFullyDefined(dims) ? dims : undefined;
}
