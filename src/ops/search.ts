/** Looking among the elements: what is true, different, largest. */

import { toTensor } from '../core/convert.ts';
import { type Dim, mergeDim, multiplyDim, withRank, withRankAtLeast } from '../core/dims.ts';
import { bool, type DType, int32 } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { nameScope } from '../core/mode.ts';
import { type NamedTuple, namedtuple } from '../core/namedtuple.ts';
import { op } from '../core/op.ts';
import { fn } from '../core/signature.ts';
import type { Dims, Name, Static, Tensor, TensorLike } from '../core/tensor.ts';
import { Select } from './compare.ts';
import { scatter_nd } from './gather.ts';
import { stack } from './join.ts';
import { integers, intOf, intsOf } from './literals.ts';
import { range } from './sequence.ts';
import { expand_dims, reshape, shape, size } from './shape.ts';

// ---- where -------------------------------------------------------------------------------------

export const Where = op('Where', {
  inputs: ['input: T'],
  outputs: ['index: int64'],
  attrs: [
    'T: {float, double, int32, uint8, int16, int8, complex64, int64, qint8, quint8, qint32, bfloat16, uint16, complex128, half, uint32, uint64, bool} = DT_BOOL',
  ],
  shape: ({ input }) => [null, input.dims?.length ?? null],
}).gradient(null);

/**
 * With `x` and `y`, their elements where `condition` is true and false; without, the indices of the
 * true elements: `[n, rank]` int64. ValueError if only one of them is given.
 */
export const where = fn(
  ['condition', 'x', 'y', 'name'],
  (
    condition: TensorLike,
    x: TensorLike | null = null,
    y: TensorLike | null = null,
    name: Name = null,
  ): Tensor => {
    if (x !== null && y !== null) return Select({ condition, t: x, e: y }, {}, name);
    if (x !== null || y !== null) {
      throw new ValueError('x and y must both be non-None or both be None.');
    }
    return nameScope(name, 'Where', (scope) =>
      Where({ input: toTensor(condition, null, 'condition', bool) }, {}, scope),
    );
  },
);

// ---- different elements ------------------------------------------------------------------------

const vectorOf = (x: Static): readonly Dim[] => withRank(x.dims, 1);
const UNIQUE_ATTRS = ['T: type', 'out_idx: {int32, int64} = DT_INT32'] as const;

export const Unique = op('Unique', {
  inputs: ['x: T'],
  outputs: ['y: T', 'idx: out_idx'],
  attrs: UNIQUE_ATTRS,
  shape: ({ x }): Dims[] => [[null], vectorOf(x)],
}).gradient(null);

export const UniqueWithCounts = op('UniqueWithCounts', {
  inputs: ['x: T'],
  outputs: ['y: T', 'idx: out_idx', 'count: out_idx'],
  attrs: UNIQUE_ATTRS,
  shape: ({ x }): Dims[] => [[null], vectorOf(x), [null]],
}).gradient(null);

const AXIS_ATTRS = [
  'T: type',
  'Taxis: {int32, int64} = DT_INT64',
  'out_idx: {int32, int64} = DT_INT32',
] as const;

export const UniqueV2 = op('UniqueV2', {
  inputs: ['x: T', 'axis: Taxis'],
  outputs: ['y: T', 'idx: out_idx'],
  attrs: AXIS_ATTRS,
  shape: ({ x, axis }): Dims[] => uniqueAlong(x, axis),
}).gradient(null);

export const UniqueWithCountsV2 = op('UniqueWithCountsV2', {
  inputs: ['x: T', 'axis: Taxis'],
  outputs: ['y: T', 'idx: out_idx', 'count: out_idx'],
  attrs: AXIS_ATTRS,
  shape: ({ x, axis }): Dims[] => [...uniqueAlong(x, axis), [null]],
}).gradient(null);

function uniqueAlong({ dims }: Static, axis: Static): Dims[] {
  const along = intsOf(axis)?.[0] ?? 0;
  if (dims === null) return [null, [null]];
  const at = along < 0 ? along + dims.length : along;
  return [dims.map((dim, i) => (i === at ? null : dim)), [dims[at] ?? null]];
}

const UniqueResult = namedtuple('Unique', ['y', 'idx']);
const UniqueWithCountsResult = namedtuple('UniqueWithCounts', ['y', 'idx', 'count']);
const ListDiffResult = namedtuple('ListDiff', ['out', 'idx']);

/** The different elements of a vector in order of appearance, and which of them each element is. */
export const unique = fn(
  ['x', 'out_idx', 'name'],
  (x: TensorLike, out_idx: DType = int32, name: Name = null): NamedTuple<'y' | 'idx', Tensor> =>
    new UniqueResult(...Unique({ x }, { out_idx }, name)),
);

/** As `unique`, and how often each element appears. */
export const unique_with_counts = fn(
  ['x', 'out_idx', 'name'],
  (
    x: TensorLike,
    out_idx: DType = int32,
    name: Name = null,
  ): NamedTuple<'y' | 'idx' | 'count', Tensor> =>
    new UniqueWithCountsResult(...UniqueWithCounts({ x }, { out_idx }, name)),
);

export const ListDiff = op('ListDiff', {
  inputs: ['x: T', 'y: T'],
  outputs: ['out: T', 'idx: out_idx'],
  attrs: UNIQUE_ATTRS,
  shape: ({ x, y }): Dims[] => {
    vectorOf(x);
    vectorOf(y);
    return [[null], [null]];
  },
}).gradient(null);

/** The elements of vector `x` that are not in `y`, and where they are in `x`. */
export const setdiff1d = fn(
  ['x', 'y', 'index_dtype', 'name'],
  (
    x: TensorLike,
    y: TensorLike,
    index_dtype: DType = int32,
    name: Name = null,
  ): NamedTuple<'out' | 'idx', Tensor> =>
    new ListDiffResult(...ListDiff({ x, y }, { out_idx: index_dtype }, name)),
);

// ---- order -------------------------------------------------------------------------------------

function topDims(input: Static, k: number | undefined): Dims[] {
  const dims = withRankAtLeast(input.dims, 1);
  if (dims === null) return [null, null];
  const last = dims.at(-1)!;
  if (k !== undefined && last !== null && last < k) {
    throw new ValueError(`input must have last dimension >= k = ${k} but is ${last}`);
  }
  const result = [...dims.slice(0, -1), k ?? null];
  return [result, result];
}

/** Puts what belongs to the chosen elements back among zeros. */
function scattered(input: Tensor, indices: Tensor, dy: Tensor): Tensor {
  const whole = shape(input);
  const last = whole.at(-1);
  const columns = shape(indices).at(-1);
  const rows = reshape(indices, stack([-1, columns]));
  const starts = range(0, size(input), last);
  const places = reshape(expand_dims(starts, -1).add(rows), [-1]);
  const flat = scatter_nd(expand_dims(places, -1), reshape(dy, [-1]), expand_dims(size(input), 0));
  return reshape(flat, whole);
}

export const TopK = op('TopK', {
  inputs: ['input: T'],
  outputs: ['values: T', 'indices: int32'],
  attrs: ['k: int >= 0', 'sorted: bool = true', 'T: realnumbertype'],
  shape: ({ input }, { k }) => topDims(input, k),
}).gradient(({ input }, [dy], _, { indices }) => ({ input: scattered(input, indices, dy) }));

export const TopKV2 = op('TopKV2', {
  inputs: ['input: T', 'k: int32'],
  outputs: ['values: T', 'indices: int32'],
  attrs: ['sorted: bool = true', 'T: realnumbertype'],
  shape: ({ input, k }) => {
    withRank(k.dims, 0);
    return topDims(input, intOf(k));
  },
}).gradient(({ input }, [dy], _, { indices }) => ({
  input: scattered(input, indices, dy),
  k: null,
}));

const TopKResult = namedtuple('TopKV2', ['values', 'indices']);

/** The `k` largest elements of each last row, largest first, and their places in it. */
export const top_k = fn(
  ['input', 'k', 'sorted', 'name'],
  (
    input: TensorLike,
    k: TensorLike = 1,
    sorted: boolean = true,
    name: Name = null,
  ): NamedTuple<'values' | 'indices', Tensor> =>
    new TopKResult(...TopKV2({ input, k }, { sorted }, name)),
);

function targetDims(predictions: Static, targets: Static): Dims {
  const [rows] = withRank(predictions.dims, 2);
  const [count] = withRank(targets.dims, 1);
  return [mergeDim(rows ?? null, count ?? null)];
}

export const InTopK = op('InTopK', {
  inputs: ['predictions: float', 'targets: T'],
  outputs: ['precision: bool'],
  attrs: ['k: int', 'T: {int32, int64} = DT_INT32'],
  shape: ({ predictions, targets }) => targetDims(predictions, targets),
}).gradient(null);

export const InTopKV2 = op('InTopKV2', {
  inputs: ['predictions: float', 'targets: T', 'k: T'],
  outputs: ['precision: bool'],
  attrs: ['T: {int32, int64} = DT_INT32'],
  shape: ({ predictions, targets }) => targetDims(predictions, targets),
}).gradient(null);

/** Whether the target class of each row is among its `k` highest predictions. */
export const in_top_k = fn(
  ['predictions', 'targets', 'k', 'name'],
  (predictions: TensorLike, targets: TensorLike, k: TensorLike, name: Name = null): Tensor =>
    nameScope(name, 'in_top_k', () => InTopKV2({ predictions, targets: integers(targets), k })),
);

export const NthElement = op('NthElement', {
  inputs: ['input: T', 'n: int32'],
  outputs: ['values: T'],
  attrs: ['reverse: bool = false', 'T: realnumbertype'],
  shape: ({ input, n }) => {
    withRank(n.dims, 0);
    const dims = withRankAtLeast(input.dims, 1);
    const place = intOf(n);
    const last = dims?.at(-1) ?? null;
    if (place !== undefined && last !== null && last <= place) {
      throw new ValueError(`Input must have last dimension > n = ${place} but is ${last}`);
    }
    return dims?.slice(0, -1) ?? null;
  },
});

/** The n-th smallest element of each last row, or with `reverse` the n-th largest. */
export const nth_element = fn(
  ['input', 'n', 'reverse', 'name'],
  (input: TensorLike, n: TensorLike, reverse: boolean = false, name: Name = null): Tensor =>
    NthElement({ input, n }, { reverse }, name),
);

export const Bucketize = op('Bucketize', {
  inputs: ['input: T'],
  outputs: ['output: int32'],
  attrs: ['T: {int32, int64, float, double}', 'boundaries: list(float)'],
  shape: ({ input }) => input.dims,
}).gradient(null);

// ---- positions ---------------------------------------------------------------------------------

export const UnravelIndex = op('UnravelIndex', {
  inputs: ['indices: Tidx', 'dims: Tidx'],
  outputs: ['output: Tidx'],
  attrs: ['Tidx: {int32, int64} = DT_INT32'],
  shape: ({ indices, dims }) => {
    const [rank] = withRank(dims.dims, 1);
    if (indices.dims === null) return null;
    const count = indices.dims.reduce<Dim>((all, dim) => multiplyDim(all, dim), 1);
    return indices.dims.length === 0 ? [rank ?? null] : [rank ?? null, count];
  },
}).gradient(null);

/** The positions, in an array of shape `dims`, of flat indices: one column per index. */
export const unravel_index = fn(
  ['indices', 'dims', 'name'],
  (indices: TensorLike, dims: TensorLike, name: Name = null): Tensor =>
    UnravelIndex({ indices, dims }, {}, name),
);
