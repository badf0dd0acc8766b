/** Reading and writing by index. */

import { toTensor } from '../core/convert.ts';
import {
  concatDims,
  dimsText,
  mergeDims,
  mergePrefix,
  unknownDims,
  withRank,
  withRankAtLeast,
} from '../core/dims.ts';
import { type DType, float32 } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { IndexedSlices, registerDensify } from '../core/indexed_slices.ts';
import { colocateWith, nameScope } from '../core/mode.ts';
import { op } from '../core/op.ts';
import { fn } from '../core/signature.ts';
import type { Dims, Name, Static, Tensor, TensorLike } from '../core/tensor.ts';
import { concat } from './join.ts';
import { frontAxis, integers, intOf, intsOf, shapeOf } from './literals.ts';
import { transpose } from './move.ts';
import { reduce_prod, reduce_sum } from './reduce.ts';
import { unsorted_segment_sum } from './segment.ts';
import { range } from './sequence.ts';
import { expand_dims, reshape, shape, size, squeeze } from './shape.ts';

// ---- gathering ---------------------------------------------------------------------------------

/** The gradient of rows taken along the first dimension: those rows, at their indices. */
function rowsAt(params: Tensor, indices: Tensor, dy: Tensor): IndexedSlices {
  const whole = colocateWith(params, () => shape(params));
  const count = expand_dims(size(indices), 0);
  const values = reshape(dy, concat([count, whole.at('1:')], 0));
  return new IndexedSlices(values, reshape(indices, count), whole);
}

registerDensify(({ values, indices, dense_shape }) =>
  unsorted_segment_sum(values, indices, dense_shape!.at(0)),
);

/** The gradient of slices taken along `axis`: what belongs to one slice is summed. */
function slicesAt(params: Tensor, indices: Tensor, axis: Tensor, dy: Tensor): Tensor {
  const whole = shape(params);
  const count = expand_dims(size(indices), 0);
  const outer = whole.at({ stop: axis });
  const inner = whole.at({ start: axis }).at('1:');
  const outerRank = size(outer);
  const outerAxes = range(outerRank);
  const innerAxes = range(outerRank.add(1), outerRank.add(1).add(size(inner)));
  const values = reshape(dy, concat([outer, count, inner], 0));
  const forward = concat([expand_dims(outerRank, 0), outerAxes, innerAxes], 0);
  const sums = unsorted_segment_sum(
    transpose(values, forward),
    reshape(indices, count),
    whole.at(axis),
  );
  const back = concat([outerAxes.add(1), integers([0]), innerAxes], 0);
  return reshape(transpose(sums, back), whole);
}

export const Gather = op('Gather', {
  inputs: ['params: Tparams', 'indices: Tindices'],
  outputs: ['output: Tparams'],
  attrs: ['validate_indices: bool = true', 'Tparams: type', 'Tindices: {int32, int64}'],
  shape: ({ params, indices }) =>
    concatDims(indices.dims, withRankAtLeast(params.dims, 1)?.slice(1) ?? null),
}).gradient(({ params, indices }, [dy]) => ({
  params: rowsAt(params, indices, dy),
  indices: null,
}));

export const GatherV2 = op('GatherV2', {
  inputs: ['params: Tparams', 'indices: Tindices', 'axis: Taxis'],
  outputs: ['output: Tparams'],
  attrs: ['Tparams: type', 'Tindices: {int32, int64}', 'Taxis: {int32, int64}'],
  shape: ({ params, indices, axis }) => {
    withRank(axis.dims, 0);
    const asked = intOf(axis);
    const dims = withRankAtLeast(params.dims, 1);
    if (asked === undefined) {
      return dims && indices.dims && unknownDims(dims.length + indices.dims.length - 1);
    }
    withRankAtLeast(dims, asked < 0 ? -asked : asked + 1);
    if (dims === null || indices.dims === null) return null;
    const front = frontAxis(asked, dims.length)!;
    return [...dims.slice(0, front), ...indices.dims, ...dims.slice(front + 1)];
  },
  known: ({ params, indices }) => {
    const places = intsOf(indices);
    const { known } = params;
    return places && known && places.map((place) => known[place] ?? null);
  },
}).gradient(({ params, indices, axis }, [dy]) => ({
  params: intOf(axis) === 0 ? rowsAt(params, indices, dy) : slicesAt(params, indices, axis, dy),
  indices: null,
  axis: null,
}));

interface Readable {
  sparse_read(indices: TensorLike, name: Name): Tensor;
}

function isReadable(params: unknown): params is Readable {
  return typeof (params as Partial<Readable>).sparse_read === 'function';
}

/** The slices of `params` along `axis` that `indices`, of any shape, name. */
export const gather = fn(
  ['params', 'indices', 'validate_indices', 'name', 'axis'],
  (
    params: TensorLike,
    indices: TensorLike,
    _validate_indices: boolean | null = null,
    name: Name = null,
    axis: TensorLike = 0,
  ): Tensor => {
    if (axis === 0 && isReadable(params)) return params.sparse_read(integers(indices), name);
    return GatherV2({ params, indices: integers(indices), axis: integers(axis) }, {}, name);
  },
);

export const GatherNd = op('GatherNd', {
  inputs: ['params: Tparams', 'indices: Tindices'],
  outputs: ['output: Tparams'],
  attrs: ['Tparams: type', 'Tindices: {int32, int64}'],
  shape: ({ params, indices }) => {
    const index = withRankAtLeast(indices.dims, 1);
    const depth = index?.at(-1) ?? null;
    if (depth === null || index === null || params.dims === null) return null;
    if (depth > params.dims.length) {
      throw new ValueError(
        `indices.shape[-1] must be <= params.rank, but saw indices shape: ${dimsText(index)} and params shape: ${dimsText(params.dims)}`,
      );
    }
    return [...index.slice(0, -1), ...params.dims.slice(depth)];
  },
}).gradient(({ params, indices }, [dy], { Tindices }) => {
  const whole = shape(params, { out_type: Tindices });
  const single = indices.dims?.length === 2 && indices.dims[1] === 1;
  return {
    params: single
      ? new IndexedSlices(dy, squeeze(indices, -1), whole)
      : scatter_nd(indices, dy, whole),
    indices: null,
  };
});

/** The slices of `params` at the index vectors that the last dimension of `indices` holds. */
export const gather_nd = fn(
  ['params', 'indices', 'name'],
  (params: TensorLike, indices: TensorLike, name: Name = null): Tensor =>
    GatherNd({ params, indices: integers(indices) }, {}, name),
);

// ---- scattering --------------------------------------------------------------------------------

export const ScatterNd = op('ScatterNd', {
  inputs: ['indices: Tindices', 'updates: T', 'shape: Tindices'],
  outputs: ['output: T'],
  attrs: ['T: type', 'Tindices: {int32, int64}'],
  shape: ({ indices, updates, shape }) => {
    withRankAtLeast(indices.dims, 1);
    withRankAtLeast(updates.dims, 1);
    return shapeOf(shape);
  },
}).gradient(({ indices }, [dy]) => ({
  indices: null,
  updates: gather_nd(dy, indices),
  shape: null,
}));

/** Zeros of `shape` with `updates` added at the index vectors in `indices`. */
export const scatter_nd = fn(
  ['indices', 'updates', 'shape', 'name'],
  (indices: TensorLike, updates: TensorLike, shape: TensorLike, name: Name = null): Tensor =>
    ScatterNd({ indices: integers(indices), updates, shape: integers(shape) }, {}, name),
);

export const SparseToDense = op('SparseToDense', {
  inputs: [
    'sparse_indices: Tindices',
    'output_shape: Tindices',
    'sparse_values: T',
    'default_value: T',
  ],
  outputs: ['dense: T'],
  attrs: ['validate_indices: bool = true', 'T: type', 'Tindices: {int32, int64}'],
  shape: ({ output_shape }) => shapeOf(output_shape),
}).gradient(({ sparse_indices }, [dy]) => {
  const values = gather_nd(dy, matrixOf(sparse_indices));
  return {
    sparse_indices: null,
    output_shape: null,
    sparse_values: values,
    default_value: reduce_sum(dy).subtract(reduce_sum(values)),
  };
});

/** Index vectors, one per row. */
function matrixOf(indices: Tensor): Tensor {
  return indices.dims?.length === 1 ? expand_dims(indices, 1) : indices;
}

/** A tensor of `default_value` with `sparse_values` at the index vectors `sparse_indices`. */
export const sparse_to_dense = fn(
  ['sparse_indices', 'output_shape', 'sparse_values', 'default_value', 'validate_indices', 'name'],
  (
    sparse_indices: TensorLike,
    output_shape: TensorLike,
    sparse_values: TensorLike,
    default_value: TensorLike = 0,
    validate_indices: boolean = true,
    name: Name = null,
  ): Tensor =>
    SparseToDense(
      {
        sparse_indices: integers(sparse_indices),
        output_shape: integers(output_shape),
        sparse_values,
        default_value,
      },
      { validate_indices },
      name,
    ),
);

// ---- one hot -----------------------------------------------------------------------------------

function hotDims(indices: Dims, depth: number | null, axis: number): Dims {
  if (indices === null) return null;
  if (axis < -1 || axis > indices.length) {
    throw new ValueError(`axis must be >= -1 and <= ${indices.length}: ${axis}`);
  }
  const at = axis === -1 ? indices.length : axis;
  return [...indices.slice(0, at), depth, ...indices.slice(at)];
}

export const OneHot = op('OneHot', {
  inputs: ['indices: TI', 'depth: int32', 'on_value: T', 'off_value: T'],
  outputs: ['output: T'],
  attrs: ['axis: int = -1', 'T: type', 'TI: {uint8, int32, int64} = DT_INT64'],
  shape: ({ indices, depth }, { axis }) => hotDims(indices.dims, intOf(depth) ?? null, axis),
}).gradient(null);

function checkType(value: Tensor | null, dtype: DType | null, name: string): void {
  if (value === null || dtype === null || value.dtype.base_dtype === dtype) return;
  throw new TypeError(
    `dtype ${value.dtype.base_dtype} of ${name} does not match dtype parameter ${dtype}`,
  );
}

/** `on_value` where the new dimension `axis`, of size `depth`, is at the index; else `off_value`. */
export const one_hot = fn(
  ['indices', 'depth', 'on_value', 'off_value', 'axis', 'dtype', 'name'],
  (
    indices: TensorLike,
    depth: TensorLike,
    on_value: TensorLike | null = null,
    off_value: TensorLike | null = null,
    axis: number | null = null,
    dtype: DType | null = null,
    name: Name = null,
  ): Tensor =>
    nameScope(name, 'one_hot', (scope) => {
      const on = on_value === null ? null : toTensor(on_value, null, null, dtype);
      const off = off_value === null ? null : toTensor(off_value, null, null, dtype);
      checkType(on, dtype, 'on_value');
      checkType(off, dtype, 'off_value');
      const type = dtype ?? on?.dtype.base_dtype ?? off?.dtype.base_dtype ?? float32;
      const one = on ?? toTensor(1, type, 'on_value');
      const zero = off ?? toTensor(0, type, 'off_value');
      if (one.dtype.base_dtype !== zero.dtype.base_dtype) {
        throw new TypeError(
          `dtype ${one.dtype.base_dtype} of on_value does not match dtype ${zero.dtype.base_dtype} of off_value`,
        );
      }
      const places = toTensor(integers(indices), null, 'indices');
      return OneHot(
        { indices: places, depth, on_value: one, off_value: zero },
        { axis: axis ?? -1 },
        scope,
      );
    }),
);

// ---- partitions and stitches -------------------------------------------------------------------

export const DynamicPartition = op('DynamicPartition', {
  inputs: ['data: T', 'partitions: int32'],
  outputs: ['outputs: num_partitions * T'],
  attrs: ['num_partitions: int >= 1', 'T: type'],
  shape: ({ data, partitions }, { num_partitions }) => {
    const rank = partitions.dims?.length;
    const dims = mergePrefix(data.dims, partitions.dims);
    const part = rank === undefined || dims === null ? null : [null, ...dims.slice(rank)];
    return new Array<Dims>(num_partitions).fill(part);
  },
}).gradient(({ data, partitions }, [dys], { num_partitions }) => {
  const prefix = shape(partitions);
  const places = reshape(range(reduce_prod(prefix)), prefix);
  const parts = dynamic_partition(places, partitions, num_partitions);
  const whole = dynamic_stitch(parts, dys);
  return { data: reshape(whole, shape(data)), partitions: null };
});

/** Splits `data` into lists by the number in `partitions` that each slice has. */
export const dynamic_partition = fn(
  ['data', 'partitions', 'num_partitions', 'name'],
  (
    data: TensorLike,
    partitions: TensorLike,
    num_partitions: number,
    name: Name = null,
  ): readonly Tensor[] => DynamicPartition({ data, partitions }, { num_partitions }, name),
);

function stitched(indices: readonly Static[], data: readonly Static[]): Dims {
  let rows: number | null = 0;
  let extra: Dims = null;
  for (const [i, index] of indices.entries()) {
    const places: number[] | undefined = intsOf(index);
    if (places === undefined) rows = null;
    else if (rows !== null) rows = places.reduce((most, at) => Math.max(most, at + 1), rows);
    const dims = mergePrefix(data[i]!.dims, index.dims);
    if (dims !== null && index.dims !== null) {
      extra = mergeDims(extra, dims.slice(index.dims.length));
    }
  }
  return extra && [rows, ...extra];
}

type StitchInputs = { readonly indices: readonly Tensor[] };

function stitchGradient({ indices }: StitchInputs, [dy]: readonly [Tensor]) {
  return {
    indices: indices.map(() => null),
    data: indices.map((places) => gather(dy, places)),
  };
}

export const DynamicStitch = op('DynamicStitch', {
  inputs: ['indices: N * int32', 'data: N * T'],
  outputs: ['merged: T'],
  attrs: ['N: int >= 1', 'T: type'],
  shape: ({ indices, data }) => stitched(indices, data),
}).gradient(stitchGradient);

export const ParallelDynamicStitch = op('ParallelDynamicStitch', {
  inputs: ['indices: N * int32', 'data: N * T'],
  outputs: ['merged: T'],
  attrs: ['N: int >= 1', 'T: type'],
  shape: ({ indices, data }) => {
    const dims = stitched(indices, data);
    return dims && [null, ...dims.slice(1)];
  },
}).gradient(stitchGradient);

/** One tensor from slices and the rows they belong to; of equal rows the last one stays. */
export const dynamic_stitch = fn(
  ['indices', 'data', 'name'],
  (indices: readonly TensorLike[], data: readonly TensorLike[], name: Name = null): Tensor =>
    DynamicStitch({ indices, data }, {}, name),
);
