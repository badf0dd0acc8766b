/** Tensors with their elements in another order: transposed, reversed, repeated, rolled. */

import { toTensor } from '../core/convert.ts';
import {
  type Dim,
  divideDim,
  mergeDims,
  multiplyDim,
  replaceDim,
  unknownDims,
  withRank,
  withRankAtLeast,
  withRankAtMost,
  withValue,
} from '../core/dims.ts';
import { int32 } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { executing_eagerly, nameScope } from '../core/mode.ts';
import { op } from '../core/op.ts';
import { fn } from '../core/signature.ts';
import type { Dims, Name, Static, Tensor, TensorLike } from '../core/tensor.ts';
import { constant } from './constant.ts';
import { concat, stack } from './join.ts';
import { frontAxis, integers, intsOf, shapeOf } from './literals.ts';
import { reduce_sum } from './reduce.ts';
import { Range, range } from './sequence.ts';
import { rank, reshape, shape, size } from './shape.ts';

// ---- transposing -------------------------------------------------------------------------------

function transposed(x: Static, perm: Static): Dims {
  const order = intsOf(perm);
  const [listed] = withRank(perm.dims, 1);
  const count = x.dims?.length ?? listed ?? order?.length;
  if (count === undefined || count === null) return null;
  if (listed !== undefined) withValue(listed, count);
  const dims = withRank(x.dims, count);
  if (order === undefined) return unknownDims(count);
  return order.map((axis) => {
    const front = frontAxis(axis, count);
    if (front === undefined) {
      throw new ValueError(`perm dim ${axis} is out of range of input rank ${count}`);
    }
    return dims[front]!;
  });
}

export const Transpose = op('Transpose', {
  inputs: ['x: T', 'perm: Tperm'],
  outputs: ['y: T'],
  attrs: ['T: type', 'Tperm: {int32, int64} = DT_INT32'],
  shape: ({ x, perm }) => transposed(x, perm),
}).gradient(({ perm }, [dy]) => ({ x: transpose(dy, invert_permutation(perm)), perm: null }));

export const ConjugateTranspose = op('ConjugateTranspose', {
  inputs: ['x: T', 'perm: Tperm'],
  outputs: ['y: T'],
  attrs: ['T: type', 'Tperm: {int32, int64} = DT_INT32'],
  shape: ({ x, perm }) => transposed(x, perm),
}).gradient(({ perm }, [dy]) => ({
  x: transpose(dy, invert_permutation(perm), { conjugate: true }),
  perm: null,
}));

/** Permutes the dimensions: dimension i of the result is `perm[i]` of `a`; reverses them without. */
export const transpose = fn(
  ['a', 'perm', 'name', 'conjugate'],
  (
    a: TensorLike,
    perm: TensorLike | null = null,
    name: Name = 'transpose',
    conjugate: boolean = false,
  ): Tensor =>
    nameScope(name, 'transpose', (scope) => {
      const x = toTensor(a, null, 'a');
      const move = conjugate && x.dtype.is_complex ? ConjugateTranspose : Transpose;
      return move({ x, perm: perm === null ? reversed(x) : integers(perm) }, {}, scope);
    }),
);

/** The order of dimensions that reverses them. */
function reversed(x: Tensor): Tensor {
  if (x.dims !== null) {
    const order = x.dims.map((_, i) => x.dims!.length - 1 - i);
    return constant(order, int32, [order.length], 'perm');
  }
  const last = rank(x).subtract(constant(1, int32, null, 'sub/y'));
  return Range({ start: last, limit: -1, delta: -1 });
}

/** Transposes the last two dimensions of `a`. */
export const matrix_transpose = fn(
  ['a', 'name', 'conjugate'],
  (a: TensorLike, name: Name = 'matrix_transpose', conjugate: boolean = false): Tensor =>
    nameScope(name, 'matrix_transpose', () => {
      const x = toTensor(a, null, 'a');
      if (x.dims === null) return transpose(x, lastTwoSwapped(x), { conjugate });
      const { length } = x.dims;
      if (length < 2) {
        throw new ValueError(
          `Argument 'a' should be a (batch) matrix, with rank >= 2.  Found: ${x.shape}`,
        );
      }
      const order = x.dims.map((_, i) => i);
      return transpose(x, [...order.slice(0, -2), length - 1, length - 2], { conjugate });
    }),
);

function lastTwoSwapped(x: Tensor): Tensor {
  const count = rank(x);
  const outer = Range({ start: 0, limit: count.subtract(2), delta: 1 });
  return concat([outer, [count.subtract(1), count.subtract(2)]], 0);
}

export const InvertPermutation = op('InvertPermutation', {
  inputs: ['x: T'],
  outputs: ['y: T'],
  attrs: ['T: {int32, int64} = DT_INT32'],
  shape: ({ x }) => withRank(x.dims, 1),
}).gradient(null);

/** The permutation that undoes `x`. */
export const invert_permutation = fn(
  ['x', 'name'],
  (x: TensorLike, name: Name = null): Tensor => InvertPermutation({ x }, {}, name),
);

// ---- reversing ---------------------------------------------------------------------------------

export const Reverse = op('Reverse', {
  inputs: ['tensor: T', 'dims: bool'],
  outputs: ['output: T'],
  attrs: [
    'T: {uint8, int8, uint16, int16, int32, int64, bool, half, float, double, complex64, complex128, string}',
  ],
  shape: ({ tensor, dims }) => {
    const [count] = withRank(dims.dims, 1);
    return count === null || count === undefined ? tensor.dims : withRank(tensor.dims, count);
  },
}).gradient(({ dims }, [dy]) => ({ tensor: Reverse({ tensor: dy, dims }), dims: null }));

export const ReverseV2 = op('ReverseV2', {
  inputs: ['tensor: T', 'axis: Tidx'],
  outputs: ['output: T'],
  attrs: [
    'Tidx: {int32, int64} = DT_INT32',
    'T: {uint8, int8, uint16, int16, int32, int64, bool, bfloat16, half, float, double, complex64, complex128, string}',
  ],
  shape: ({ tensor, axis }) => {
    withRank(axis.dims, 1);
    const axes = intsOf(axis);
    if (tensor.dims === null || axes === undefined) return tensor.dims;
    const { length } = tensor.dims;
    const seen = new Set<number>();
    for (const [i, asked] of axes.entries()) {
      const front = frontAxis(asked, length);
      if (front === undefined) {
        throw new ValueError(`'axis'[${i}] = ${asked} is out of valid range [0, ${length - 1}]`);
      }
      if (seen.has(front)) throw new ValueError(`axis ${front} specified more than once.`);
      seen.add(front);
    }
    return tensor.dims;
  },
}).gradient(({ axis }, [dy]) => ({ tensor: reverse(dy, axis), axis: null }));

/** Reverses a tensor along the dimensions `axis`. */
export const reverse = fn(
  ['tensor', 'axis', 'name'],
  (tensor: TensorLike, axis: TensorLike, name: Name = null): Tensor =>
    ReverseV2({ tensor, axis }, {}, name),
);

/** The same as `reverse`. */
export const reverse_v2 = fn(
  ['tensor', 'axis', 'name'],
  (tensor: TensorLike, axis: TensorLike, name: Name = null): Tensor =>
    ReverseV2({ tensor, axis }, {}, name),
);

export const ReverseSequence = op('ReverseSequence', {
  inputs: ['input: T', 'seq_lengths: Tlen'],
  outputs: ['output: T'],
  attrs: ['seq_dim: int', 'batch_dim: int = 0', 'T: type', 'Tlen: {int32, int64} = DT_INT64'],
  shape: ({ input, seq_lengths }, { seq_dim, batch_dim }) => {
    const [count] = withRank(seq_lengths.dims, 1);
    const { dims } = input;
    if (dims === null) return null;
    if (batch_dim >= dims.length) {
      throw new ValueError(`batch_dim must be < input rank: ${batch_dim} vs. ${dims.length}`);
    }
    if (seq_dim >= dims.length) {
      throw new ValueError(`seq_dim must be < input rank: ${seq_dim} vs. ${dims.length}`);
    }
    const [merged] = mergeDims([dims[batch_dim]!], [count ?? null])!;
    return replaceDim(dims, batch_dim, merged!);
  },
}).gradient(({ seq_lengths }, [dy], { seq_dim, batch_dim }) => ({
  input: ReverseSequence({ input: dy, seq_lengths }, { seq_dim, batch_dim }),
  seq_lengths: null,
}));

/** Reverses the first `seq_lengths[i]` places along `seq_axis` of each row i along `batch_axis`. */
export const reverse_sequence = fn(
  ['input', 'seq_lengths', 'seq_axis', 'batch_axis', 'name', 'seq_dim', 'batch_dim'],
  (
    input: TensorLike,
    seq_lengths: TensorLike,
    seq_axis: number | null = null,
    batch_axis: number | null = null,
    name: Name = null,
    seq_dim: number | null = null,
    batch_dim: number | null = null,
  ): Tensor => {
    const sequence = seq_axis ?? seq_dim;
    if (sequence === null) throw new TypeError('Required argument "seq_axis" missing');
    return ReverseSequence(
      { input, seq_lengths: integers(seq_lengths) },
      { seq_dim: sequence, batch_dim: batch_axis ?? batch_dim ?? 0 },
      name,
    );
  },
);

// ---- repeating and rolling ---------------------------------------------------------------------

export const Tile = op('Tile', {
  inputs: ['input: T', 'multiples: Tmultiples'],
  outputs: ['output: T'],
  attrs: ['T: type', 'Tmultiples: {int32, int64} = DT_INT32'],
  shape: ({ input, multiples }) => {
    const counts = shapeOf(multiples);
    if (counts === null) return input.dims && unknownDims(input.dims.length);
    return withRank(input.dims, counts.length).map((dim, i) => multiplyDim(dim, counts[i]!));
  },
}).gradient(({ input, multiples }, [dy], { Tmultiples }) => {
  const sizes = shape(input, { out_type: Tmultiples });
  const interleaved = reshape(transpose(stack([multiples, sizes])), [-1]);
  const axes = range(0, size(interleaved), 2);
  const sum = reduce_sum(reshape(dy, interleaved), axes);
  if (!executing_eagerly()) sum.set_shape(input.shape);
  return { input: sum, multiples: null };
});

/** Repeats a tensor `multiples[i]` times along dimension i. */
export const tile = fn(
  ['input', 'multiples', 'name'],
  (input: TensorLike, multiples: TensorLike, name: Name = null): Tensor =>
    Tile({ input, multiples }, {}, name),
);

export const Roll = op('Roll', {
  inputs: ['input: T', 'shift: Tshift', 'axis: Taxis'],
  outputs: ['output: T'],
  attrs: ['T: type', 'Tshift: {int32, int64}', 'Taxis: {int32, int64}'],
  shape: ({ input, shift, axis }) => {
    withRankAtMost(shift.dims, 1);
    withRankAtMost(axis.dims, 1);
    return withRankAtLeast(input.dims, 1);
  },
}).gradient(({ shift, axis }, [dy]) => ({
  input: roll(dy, shift.negative(), axis),
  shift: null,
  axis: null,
}));

/** Shifts the elements along `axis` by `shift` places; what leaves at one end enters at the other. */
export const roll = fn(
  ['input', 'shift', 'axis'],
  (input: TensorLike, shift: TensorLike, axis: TensorLike): Tensor =>
    Roll({ input, shift: integers(shift), axis: integers(axis) }),
);

// ---- depth and space ---------------------------------------------------------------------------

type Format = 'NHWC' | 'NCHW' | 'NCHW_VECT_C';
const FORMATS = "data_format: {'NHWC', 'NCHW', 'NCHW_VECT_C'} = 'NHWC'";

/** The shape after `height` and `width` change by `space`, and the depth by `depth`. */
function rearranged(
  dims: Dims,
  format: Format,
  space: (dim: Dim) => Dim,
  depth: (dim: Dim) => Dim,
): Dims {
  const first = format === 'NHWC';
  return withRank(dims, format === 'NCHW_VECT_C' ? 5 : 4).map((dim, i) => {
    if (i === 0 || i === 4) return dim;
    return i === (first ? 3 : 1) ? depth(dim) : space(dim);
  });
}

export const SpaceToDepth = op('SpaceToDepth', {
  inputs: ['input: T'],
  outputs: ['output: T'],
  attrs: ['T: type', 'block_size: int >= 2', FORMATS],
  shape: ({ input }, { block_size: block, data_format }) =>
    rearranged(
      input.dims,
      data_format,
      (dim) => divideDim(dim, block),
      (dim) => multiplyDim(dim, block * block),
    ),
}).gradient((_, [dy], { block_size, data_format }) => ({
  input: DepthToSpace({ input: dy }, { block_size, data_format }),
}));

/** Moves blocks of `block_size` by `block_size` pixels into the depth. */
export const space_to_depth = fn(
  ['input', 'block_size', 'name', 'data_format'],
  (
    input: TensorLike,
    block_size: number,
    name: Name = null,
    data_format: Format = 'NHWC',
  ): Tensor => SpaceToDepth({ input }, { block_size, data_format }, name),
);

export const DepthToSpace = op('DepthToSpace', {
  inputs: ['input: T'],
  outputs: ['output: T'],
  attrs: ['T: type', 'block_size: int >= 2', FORMATS],
  shape: ({ input }, { block_size: block, data_format }) =>
    rearranged(
      input.dims,
      data_format,
      (dim) => multiplyDim(dim, block),
      (dim) => divideDim(dim, block * block),
    ),
}).gradient((_, [dy], { block_size, data_format }) => ({
  input: SpaceToDepth({ input: dy }, { block_size, data_format }),
}));

/** Spreads the depth over blocks of `block_size` by `block_size` pixels. */
export const depth_to_space = fn(
  ['input', 'block_size', 'name', 'data_format'],
  (
    input: TensorLike,
    block_size: number,
    name: Name = null,
    data_format: Format = 'NHWC',
  ): Tensor => DepthToSpace({ input }, { block_size, data_format }, name),
);
