/** Joining tensors along an axis, and taking them apart. */

import { registerPacking, toTensor } from '../core/convert.ts';
import {
  addDim,
  type Dim,
  divideDim,
  mergeDims,
  unknownDims,
  withRank,
  withRankAtLeast,
  withValue,
} from '../core/dims.ts';
import { as_dtype, type DType, int32 } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { nameScope } from '../core/mode.ts';
import { op } from '../core/op.ts';
import { Operand } from '../core/operand.ts';
import { Dimension } from '../core/shape.ts';
import { fn } from '../core/signature.ts';
import type { Dims, Name, Static, Tensor, TensorLike } from '../core/tensor.ts';
import { constant } from './constant.ts';
import { frontAxis, holdsTensor, integers, intOf, intsOf } from './literals.ts';
import { expand_dims, identity, rank, shape_n } from './shape.ts';
import { slice } from './slice.ts';

// ---- concat ------------------------------------------------------------------------------------

function concatenated(values: readonly Static[], axisTensor: Static): Dims {
  withRank(axisTensor.dims, 0);
  const asked = intOf(axisTensor);
  const length = values.find((value) => value.dims !== null)?.dims?.length;
  if (asked === undefined) {
    if (length === undefined) return null;
    for (const { dims } of values) withRank(dims, length);
    return unknownDims(length);
  }
  const least = asked < 0 ? -asked : asked + 1;
  let before: Dims = null;
  let after: Dims = null;
  let total: Dim = 0;
  for (const { dims: own } of values) {
    const dims = withRankAtLeast(own, least);
    if (dims === null) {
      total = null;
      continue;
    }
    const axis = asked < 0 ? asked + dims.length : asked;
    before = mergeDims(before, dims.slice(0, axis));
    after = mergeDims(after, dims.slice(axis + 1));
    total = addDim(total, dims[axis]!);
  }
  return before && after && [...before, total, ...after];
}

function concatenatedKnown(values: readonly Static[], axis: Static) {
  if (intOf(axis) !== 0) return undefined;
  const parts = values.map(({ known, dims }) => {
    if (known || dims?.length !== 1 || dims[0] === null) return known;
    return new Array<null>(dims[0]!).fill(null);
  });
  return parts.includes(undefined) ? undefined : parts.flatMap((part) => part ?? []);
}

/** The gradient of a concatenation for each of the values. */
function parts(dy: Tensor, axis: Tensor, values: readonly Tensor[]): Tensor[] {
  const asked = intOf(axis);
  const sizes = values.map(({ dims }) => (asked === undefined ? null : (dims?.at(asked) ?? null)));
  if (asked !== undefined && !sizes.includes(null)) {
    return [...split(dy, sizes as number[], asked)];
  }
  const front = axis.add(rank(values[0]!)).mod(rank(values[0]!));
  const shapes = shape_n(values);
  const offsets = ConcatOffset({ concat_dim: front, shape: shapes });
  return offsets.map((offset, i) => slice(dy, offset, shapes[i]!));
}

export const Concat = op('Concat', {
  inputs: ['concat_dim: int32', 'values: N * T'],
  outputs: ['output: T'],
  attrs: ['N: int >= 2', 'T: type'],
  shape: ({ concat_dim, values }) => concatenated(values, concat_dim),
  known: ({ concat_dim, values }) => concatenatedKnown(values, concat_dim),
}).gradient(({ concat_dim, values }, [dy]) => ({
  concat_dim: null,
  values: parts(dy, concat_dim, values),
}));

export const ConcatV2 = op('ConcatV2', {
  inputs: ['values: N * T', 'axis: Tidx'],
  outputs: ['output: T'],
  attrs: ['N: int >= 2', 'T: type', 'Tidx: {int32, int64} = DT_INT32'],
  shape: ({ values, axis }) => concatenated(values, axis),
  known: ({ values, axis }) => concatenatedKnown(values, axis),
}).gradient(({ values, axis }, [dy]) => ({ values: parts(dy, axis, values), axis: null }));

export const ConcatOffset = op('ConcatOffset', {
  inputs: ['concat_dim: int32', 'shape: N * int32'],
  outputs: ['offset: N * int32'],
  attrs: ['N: int >= 2'],
  shape: ({ shape }) => shape.map(({ dims }) => dims),
}).gradient(null);

/** Joins tensors along a dimension that they have, which may be counted from the end. */
export const concat = fn(
  ['values', 'axis', 'name'],
  (values: TensorLike | readonly TensorLike[], axis: TensorLike, name: Name = 'concat'): Tensor => {
    const list = (Array.isArray(values) ? values : [values]) as readonly TensorLike[];
    if (list.length !== 1) return ConcatV2({ values: list, axis }, {}, name ?? 'concat');
    return nameScope(name, 'concat', () => {
      const dim = toTensor(integers(axis), int32, 'concat_dim');
      dim.shape.assert_is_compatible_with([]);
      return identity(list[0]!, name ?? 'concat');
    });
  },
);

// ---- stack -------------------------------------------------------------------------------------

function stacked(values: readonly Static[], axis: number): Dims {
  let dims: Dims = values.at(-1)!.dims;
  for (let i = values.length - 2; i >= 0; i--) {
    try {
      dims = mergeDims(values[i]!.dims, dims);
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      throw new ValueError(`${error.message}\n\tFrom merging shape ${i} with other shapes.`);
    }
  }
  if (dims === null) return null;
  const front = axisWithin(axis, dims.length + 1);
  return [...dims.slice(0, front), values.length, ...dims.slice(front)];
}

function axisWithin(axis: number, length: number): number {
  const front = frontAxis(axis, length);
  if (front === undefined) {
    throw new ValueError(`Invalid axis: ${axis}; must be in [${-length},${length})`);
  }
  return front;
}

export const Pack = op('Pack', {
  inputs: ['values: N * T'],
  outputs: ['output: T'],
  attrs: ['N: int >= 1', 'T: type', 'axis: int = 0'],
  shape: ({ values }, { axis }) => stacked(values, axis),
  known: ({ values }) => {
    if (values.some(({ dims }) => dims?.length !== 0)) return undefined;
    return values.map(({ known }) => known?.[0] ?? null);
  },
}).gradient((_, [dy], { N, axis }) => ({ values: unstack(dy, N, axis) }));

/** Stacks tensors of one shape along a new dimension; a list of numbers is a constant. */
export const stack = fn(
  ['values', 'axis', 'name'],
  (values: TensorLike | readonly TensorLike[], axis: number = 0, name: Name = 'stack'): Tensor => {
    if (axis === 0) {
      const whole = wholeOf(values, name ?? 'stack');
      if (whole) return whole;
    }
    const list = values as readonly TensorLike[];
    const { dims } = toTensor(list[0]!, null, name);
    if (dims && frontAxis(axis, dims.length + 1) === undefined) {
      const length = dims.length + 1;
      throw new ValueError(`axis = ${axis} not in [${-length}, ${length})`);
    }
    return Pack({ values: list }, { axis }, name);
  },
);

export const ParallelConcat = op('ParallelConcat', {
  inputs: ['values: N * T'],
  outputs: ['output: T'],
  attrs: ['N: int >= 1', 'T: type', 'shape: shape'],
  shape: (_, { shape }) => shape,
}).gradient(null);

/** As `stack` along the first dimension, for tensors whose shapes are known statically. */
export const parallel_stack = fn(
  ['values', 'name'],
  (values: readonly TensorLike[], name: Name = 'parallel_stack'): Tensor =>
    nameScope(name, 'parallel_stack', () => {
      const first = toTensor(values[0]!);
      first.shape.assert_is_fully_defined();
      const rows = values.map((value) => expand_dims(value, 0));
      return ParallelConcat({ values: rows }, { shape: [values.length, ...first.dims!] });
    }),
);

/** The values as one tensor, unless only a Pack of them can say what is wrong. */
function wholeOf(values: TensorLike | readonly TensorLike[], name: string): Tensor | undefined {
  try {
    return toTensor(values, null, name);
  } catch (error) {
    if (error instanceof TypeError || error instanceof ValueError) return undefined;
    throw error;
  }
}

/** The type of the first tensor in a nested list. */
function typeAmong(values: readonly unknown[]): DType | null {
  for (const value of values) {
    const found = Array.isArray(value)
      ? typeAmong(value)
      : value instanceof Operand
        ? value._toTensor().dtype.base_dtype
        : null;
    if (found) return found;
  }
  return null;
}

/** Packs a nested list, some of whose members are tensors, into one tensor. */
function packList(values: readonly TensorLike[], dtype: DType | null, name: string): Tensor {
  const type = dtype ?? typeAmong(values) ?? int32;
  return nameScope(name, 'packed', (scope) => {
    const tensors = values.map((value, i): TensorLike => {
      if (value instanceof Operand) return checked(value, type);
      if (value instanceof Dimension) return toTensor(value, type, String(i));
      if (Array.isArray(value) && holdsTensor(value)) return packList(value, type, String(i));
      return constant(value, type, null, String(i));
    });
    return Pack({ values: tensors }, {}, scope);
  });
}

function checked(value: Operand, dtype: DType): Tensor {
  const tensor = value._toTensor();
  if (tensor.dtype.base_dtype === as_dtype(dtype).base_dtype) return tensor;
  throw new TypeError(
    `Cannot convert a list containing a tensor of dtype ${tensor.dtype} to ${dtype} (Tensor is: ${tensor})`,
  );
}

registerPacking(packList);

export const Unpack = op('Unpack', {
  inputs: ['value: T'],
  outputs: ['output: num * T'],
  attrs: ['num: int >= 0', 'T: type', 'axis: int = 0'],
  shape: ({ value }, { num, axis }) => {
    const { dims } = value;
    if (dims === null) return new Array<Dims>(num).fill(null);
    const front = axisWithin(axis, dims.length);
    withValue(dims[front]!, num);
    return new Array<Dims>(num).fill(dims.filter((_, i) => i !== front));
  },
}).gradient((_, [dys], { axis }) => ({ value: stack(dys, axis) }));

/** The tensors along a dimension, which vanishes; `num` says how many where it is not known. */
export const unstack = fn(
  ['value', 'num', 'axis', 'name'],
  (
    value: TensorLike,
    num: number | null = null,
    axis: number = 0,
    name: Name = 'unstack',
  ): readonly Tensor[] => {
    if (num !== null) return Unpack({ value }, { num, axis }, name);
    const tensor = toTensor(value);
    const { dims } = tensor;
    const front = dims === null ? undefined : frontAxis(axis, dims.length);
    if (dims !== null && front === undefined) {
      throw new ValueError(`axis = ${axis} not in [${-dims.length}, ${dims.length})`);
    }
    const count = front === undefined ? null : dims![front]!;
    if (count === null) {
      throw new ValueError(`Cannot infer num from shape ${tensor.shape}`);
    }
    return Unpack({ value: tensor }, { num: count, axis }, name);
  },
);

// ---- split -------------------------------------------------------------------------------------

function splitAxis(dims: Dims, axis: Static): number | undefined {
  const asked = intOf(axis);
  if (asked === undefined || dims === null) return undefined;
  const front = frontAxis(asked, dims.length);
  if (front !== undefined) return front;
  throw new ValueError(
    `-input rank(-${dims.length}) <= split_dim < input rank (${dims.length}), but got ${asked}`,
  );
}

function evenly(dim: Dim, count: number): Dim {
  try {
    return divideDim(dim, count);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new ValueError(
      `${error.message}\n\tNumber of ways to split should evenly divide the split dimension`,
    );
  }
}

export const Split = op('Split', {
  inputs: ['split_dim: int32', 'value: T'],
  outputs: ['output: num_split * T'],
  attrs: ['num_split: int >= 1', 'T: type'],
  shape: ({ split_dim, value }, { num_split }) => {
    const { dims } = value;
    const axis = splitAxis(dims, split_dim);
    const part =
      axis === undefined
        ? dims && unknownDims(dims.length)
        : dims!.map((dim, i) => (i === axis ? evenly(dim, num_split) : dim));
    return new Array<Dims>(num_split).fill(part);
  },
}).gradient(({ split_dim }, [dys]) => ({ split_dim: null, value: concat(dys, split_dim) }));

export const SplitV = op('SplitV', {
  inputs: ['value: T', 'size_splits: Tlen', 'split_dim: int32'],
  outputs: ['output: num_split * T'],
  attrs: ['num_split: int >= 1', 'T: type', 'Tlen: {int32, int64} = DT_INT64'],
  shape: ({ value, size_splits, split_dim }, { num_split }) => {
    const { dims } = value;
    const axis = splitAxis(dims, split_dim);
    const sizes = intsOf(size_splits);
    if (axis === undefined) {
      return new Array<Dims>(num_split).fill(dims && unknownDims(dims.length));
    }
    const parts = sizes ? openSize(sizes, dims![axis]!) : new Array<null>(num_split).fill(null);
    return parts.map((part) => dims!.map((dim, i) => (i === axis ? part : dim)));
  },
}).gradient(({ split_dim }, [dys]) => ({
  value: concat(dys, split_dim),
  size_splits: null,
  split_dim: null,
}));

/** Sizes, one of which may be -1: what the others leave of `dim`. */
function openSize(sizes: readonly number[], dim: Dim): Dim[] {
  const open = sizes.indexOf(-1);
  const total = sizes.reduce((sum, size) => (size === -1 ? sum : sum + size), 0);
  const fits = dim === null || (open < 0 ? total === dim : total <= dim);
  if (!fits) {
    throw new ValueError(
      `Sum of output sizes must match the size of the original Tensor along the split dimension or the sum of the positive sizes must be less if it contains a -1`,
    );
  }
  return sizes.map((size, i) => (i === open ? (dim === null ? null : dim - total) : size));
}

/** Splits a tensor along `axis` into equal parts, or into parts of the given sizes. */
export const split = fn(
  ['value', 'num_or_size_splits', 'axis', 'num', 'name'],
  (
    value: TensorLike,
    num_or_size_splits: TensorLike,
    axis: TensorLike = 0,
    num: number | null = null,
    name: Name = 'split',
  ): readonly Tensor[] => {
    if (typeof num_or_size_splits === 'number') {
      return Split({ split_dim: axis, value }, { num_split: num_or_size_splits }, name);
    }
    const sizes = toTensor(integers(num_or_size_splits));
    if (sizes.dims?.length === 0) {
      throw new ValueError(
        `Rank-0 tensors are not supported as the num_or_size_splits argument to split. Argument provided: ${sizes}`,
      );
    }
    const count = num ?? sizes.dims?.[0] ?? null;
    if (count === null) {
      throw new ValueError(`Cannot infer num from shape ${sizes.shape}`);
    }
    return SplitV({ value, size_splits: sizes, split_dim: axis }, { num_split: count }, name);
  },
);
