/** Tensors with borders, and the blocks that move between space and batch. */

import { toTensor } from '../core/convert.ts';
import {
  addDim,
  type Dim,
  divideDim,
  multiplyDim,
  subtractDim,
  unknownDims,
  withRank,
  withRankAtLeast,
  withValue,
} from '../core/dims.ts';
import { int32, int64 } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { nameScope } from '../core/mode.ts';
import { op } from '../core/op.ts';
import { fn } from '../core/signature.ts';
import type { Dims, Name, Static, Tensor, TensorLike } from '../core/tensor.ts';
import { constant } from './constant.ts';
import { zeros } from './fill.ts';
import { stack } from './join.ts';
import { intsOf } from './literals.ts';
import { rank, reshape, shape } from './shape.ts';
import { slice } from './slice.ts';

/** `dims` with the widths of `paddings` added, or taken away. */
function bordered(input: Static, paddings: Static, change: typeof addDim): Dims {
  const [rows, columns] = withRank(paddings.dims, 2);
  if (columns !== undefined) withValue(columns, 2);
  const count = rows ?? input.dims?.length ?? null;
  if (count === null) return null;
  const dims = withRank(input.dims, count);
  const widths = intsOf(paddings);
  if (widths === undefined) return unknownDims(count);
  if (widths.some((width) => width < 0)) {
    throw new ValueError('Paddings must be non-negative');
  }
  return dims.map((dim, i) => change(change(dim, widths[2 * i]!), widths[2 * i + 1]!));
}

function unpadded(input: Tensor, paddings: Tensor, dy: Tensor): Tensor {
  const before = slice(paddings, [0, 0], stack([rank(input), 1]));
  return slice(dy, reshape(before, [-1]), shape(input, { out_type: paddings.dtype }));
}

export const Pad = op('Pad', {
  inputs: ['input: T', 'paddings: Tpaddings'],
  outputs: ['output: T'],
  attrs: ['T: type', 'Tpaddings: {int32, int64} = DT_INT32'],
  shape: ({ input, paddings }) => bordered(input, paddings, addDim),
}).gradient(({ input, paddings }, [dy]) => ({
  input: unpadded(input, paddings, dy),
  paddings: null,
}));

export const PadV2 = op('PadV2', {
  inputs: ['input: T', 'paddings: Tpaddings', 'constant_values: T'],
  outputs: ['output: T'],
  attrs: ['T: type', 'Tpaddings: {int32, int64} = DT_INT32'],
  shape: ({ input, paddings }) => bordered(input, paddings, addDim),
}).gradient(({ input, paddings }, [dy]) => ({
  input: unpadded(input, paddings, dy),
  paddings: null,
  constant_values: null,
}));

const MODES = "mode: {'REFLECT', 'SYMMETRIC'}";

export const MirrorPad = op('MirrorPad', {
  inputs: ['input: T', 'paddings: Tpaddings'],
  outputs: ['output: T'],
  attrs: ['T: type', 'Tpaddings: {int32, int64} = DT_INT32', MODES],
  shape: ({ input, paddings }) => bordered(input, paddings, addDim),
}).gradient(({ paddings }, [dy], { mode }) => ({
  input: MirrorPadGrad({ input: dy, paddings }, { mode }),
  paddings: null,
}));

export const MirrorPadGrad = op('MirrorPadGrad', {
  inputs: ['input: T', 'paddings: Tpaddings'],
  outputs: ['output: T'],
  attrs: ['T: type', 'Tpaddings: {int32, int64} = DT_INT32', MODES],
  shape: ({ input, paddings }) => bordered(input, paddings, subtractDim),
}).gradient(({ paddings }, [ddx], { mode }) => ({
  input: MirrorPad({ input: ddx, paddings }, { mode }),
  paddings: null,
}));

/**
 * Pads a tensor: `paddings[i]` says how much goes before and after dimension i. The border is
 * `constant_values` (CONSTANT), or the mirrored inside without (REFLECT) or with its edge
 * (SYMMETRIC). ValueError for another mode.
 */
export const pad = fn(
  ['tensor', 'paddings', 'mode', 'name', 'constant_values'],
  (
    tensor: TensorLike,
    paddings: TensorLike,
    mode: string = 'CONSTANT',
    name: Name = null,
    constant_values: TensorLike = 0,
  ): Tensor => {
    const input = tensor;
    const upper = mode.toUpperCase();
    if (upper === 'REFLECT' || upper === 'SYMMETRIC') {
      return MirrorPad({ input, paddings }, { mode: upper }, name);
    }
    if (upper !== 'CONSTANT') throw new ValueError(`Unknown padding mode: ${mode}`);
    if (constant_values === 0) return Pad({ input, paddings }, {}, name);
    return PadV2({ input, paddings, constant_values }, {}, name);
  },
);

// ---- space and batch ---------------------------------------------------------------------------

interface Blocks {
  readonly block: readonly number[] | undefined;
  readonly edges: readonly number[] | undefined;
  /** How many dimensions the blocks have, if it is known. */
  readonly count: number | null;
}

function batched(dims: Dims, { block, edges, count }: Blocks): Dims {
  if (count === null || dims === null) return null;
  const sizes = withRankAtLeast(dims, count + 1)!;
  const inner = sizes.slice(1, count + 1).map((dim, i): Dim => {
    if (!block || !edges) return null;
    const padded = addDim(addDim(dim, edges[2 * i]!), edges[2 * i + 1]!);
    return divideDim(padded, block[i]!);
  });
  const batch = block
    ? multiplyDim(
        sizes[0]!,
        block.reduce((a, b) => a * b, 1),
      )
    : null;
  return [batch, ...inner, ...sizes.slice(count + 1)];
}

function unbatched(dims: Dims, { block, edges, count }: Blocks): Dims {
  if (count === null || dims === null) return null;
  const sizes = withRankAtLeast(dims, count + 1)!;
  const inner = sizes.slice(1, count + 1).map((dim, i): Dim => {
    if (!block || !edges) return null;
    const whole = multiplyDim(dim, block[i]!);
    return subtractDim(subtractDim(whole, edges[2 * i]!), edges[2 * i + 1]!);
  });
  const batch = block
    ? divideDim(
        sizes[0]!,
        block.reduce((a, b) => a * b, 1),
      )
    : null;
  return [batch, ...inner, ...sizes.slice(count + 1)];
}

function blocksOf(block: Static, edges: Static): Blocks {
  const [count] = withRank(block.dims, 1);
  const [rows] = withRank(edges.dims, 2);
  return { block: intsOf(block), edges: intsOf(edges), count: count ?? rows ?? null };
}

function squareBlocks(size: number, edges: Static): Blocks {
  return { block: [size, size], edges: intsOf(edges), count: 2 };
}

export const SpaceToBatchND = op('SpaceToBatchND', {
  inputs: ['input: T', 'block_shape: Tblock_shape', 'paddings: Tpaddings'],
  outputs: ['output: T'],
  attrs: [
    'T: type',
    'Tblock_shape: {int32, int64} = DT_INT32',
    'Tpaddings: {int32, int64} = DT_INT32',
  ],
  shape: ({ input, block_shape, paddings }) => batched(input.dims, blocksOf(block_shape, paddings)),
}).gradient(({ block_shape, paddings }, [dy]) => ({
  input: BatchToSpaceND({ input: dy, block_shape, crops: paddings }),
  block_shape: null,
  paddings: null,
}));

export const BatchToSpaceND = op('BatchToSpaceND', {
  inputs: ['input: T', 'block_shape: Tblock_shape', 'crops: Tcrops'],
  outputs: ['output: T'],
  attrs: [
    'T: type',
    'Tblock_shape: {int32, int64} = DT_INT32',
    'Tcrops: {int32, int64} = DT_INT32',
  ],
  shape: ({ input, block_shape, crops }) => unbatched(input.dims, blocksOf(block_shape, crops)),
}).gradient(({ block_shape, crops }, [dy]) => ({
  input: SpaceToBatchND({ input: dy, block_shape, paddings: crops }),
  block_shape: null,
  crops: null,
}));

export const SpaceToBatch = op('SpaceToBatch', {
  inputs: ['input: T', 'paddings: Tpaddings'],
  outputs: ['output: T'],
  attrs: ['T: type', 'Tpaddings: {int32, int64} = DT_INT32', 'block_size: int >= 2'],
  shape: ({ input, paddings }, { block_size }) =>
    batched(withRank(input.dims, 4), squareBlocks(block_size, paddings)),
}).gradient(({ paddings }, [dy], { block_size }) => ({
  input: BatchToSpace({ input: dy, crops: paddings }, { block_size }),
  paddings: null,
}));

export const BatchToSpace = op('BatchToSpace', {
  inputs: ['input: T', 'crops: Tidx'],
  outputs: ['output: T'],
  attrs: ['T: type', 'block_size: int >= 2', 'Tidx: {int32, int64} = DT_INT32'],
  shape: ({ input, crops }, { block_size }) =>
    unbatched(withRank(input.dims, 4), squareBlocks(block_size, crops)),
}).gradient(({ crops }, [dy], { block_size }) => ({
  input: SpaceToBatch({ input: dy, paddings: crops }, { block_size }),
  crops: null,
}));

/** Moves blocks of an image, zero-padded by `paddings`, into the batch dimension. */
export const space_to_batch = fn(
  ['input', 'paddings', 'block_size', 'name'],
  (input: TensorLike, paddings: TensorLike, block_size: number, name: Name = null): Tensor => {
    const result = SpaceToBatchND({ input, block_shape: square(block_size), paddings }, {}, name);
    result.set_shape(result.shape.with_rank(4));
    return result;
  },
);

/** Moves blocks of `block_shape`, zero-padded by `paddings`, into the batch dimension. */
export const space_to_batch_nd = fn(
  ['input', 'block_shape', 'paddings', 'name'],
  (input: TensorLike, block_shape: TensorLike, paddings: TensorLike, name: Name = null): Tensor =>
    SpaceToBatchND({ input, block_shape, paddings }, {}, name),
);

/** Moves blocks of the batch dimension back into an image, then takes away `crops`. */
export const batch_to_space = fn(
  ['input', 'crops', 'block_size', 'name'],
  (input: TensorLike, crops: TensorLike, block_size: number, name: Name = null): Tensor => {
    const result = BatchToSpaceND({ input, block_shape: square(block_size), crops }, {}, name);
    result.set_shape(result.shape.with_rank(4));
    return result;
  },
);

/** Moves blocks of the batch dimension back into `block_shape`, then takes away `crops`. */
export const batch_to_space_nd = fn(
  ['input', 'block_shape', 'crops', 'name'],
  (input: TensorLike, block_shape: TensorLike, crops: TensorLike, name: Name = null): Tensor =>
    BatchToSpaceND({ input, block_shape, crops }, {}, name),
);

function square(size: number): TensorLike {
  return int64([size, size]);
}

/**
 * The paddings, at least `base_paddings`, that make a shape divisible by `block_shape`, and the
 * crops that take them away again: two tensors of shape `[block_shape.length, 2]`.
 */
export const required_space_to_batch_paddings = fn(
  ['input_shape', 'block_shape', 'base_paddings', 'name'],
  (
    input_shape: TensorLike,
    block_shape: TensorLike,
    base_paddings: TensorLike | null = null,
    name: Name = null,
  ): readonly [Tensor, Tensor] =>
    nameScope(name, 'required_space_to_batch_paddings', () => {
      const sizes = toTensor(input_shape, int32, 'input_shape');
      const block = toTensor(block_shape, int32, 'block_shape');
      block.shape.assert_is_fully_defined();
      block.shape.assert_has_rank(1);
      const [count] = block.dims as readonly number[];
      if (count === 0) return [zeros([0, 2], int32), zeros([0, 2], int32)];
      sizes.shape.assert_is_compatible_with([count!]);
      const base = baseOf(base_paddings, count!);
      const known = [sizes, block, base].map(intsOf);
      if (known.every((numbers) => numbers !== undefined)) return constantPaddings(known);
      return dynamicPaddings(sizes, block, base, count!);
    }),
);

function baseOf(base_paddings: TensorLike | null, count: number): Tensor {
  if (base_paddings === null) return zeros([count, 2], int32);
  const base = toTensor(base_paddings, int32, 'base_paddings');
  base.shape.assert_is_compatible_with([count, 2]);
  return base;
}

function constantPaddings(known: readonly number[][]): [Tensor, Tensor] {
  const [sizes, block, base] = known as [number[], number[], number[]];
  const extra = sizes.map((dim, i) => {
    const full = dim + base[2 * i]! + base[2 * i + 1]!;
    return (block[i]! - (full % block[i]!)) % block[i]!;
  });
  const paddings = extra.map((more, i) => [base[2 * i]!, base[2 * i + 1]! + more]);
  return [
    constant(paddings, int32, null, 'paddings'),
    constant(
      extra.map((more) => [0, more]),
      int32,
      null,
      'crops',
    ),
  ];
}

function dynamicPaddings(
  sizes: Tensor,
  block: Tensor,
  base: Tensor,
  count: number,
): [Tensor, Tensor] {
  const start = base.at(':', 0);
  const end = base.at(':', 1);
  const full = sizes.add(start).add(end);
  const extra = block.subtract(full.mod(block)).mod(block);
  const padEnd = end.add(extra);
  const rows = Array.from({ length: count }, (_, i) => i);
  const paddings = stack(
    rows.map((i) => [start.at(i), padEnd.at(i)]),
    0,
    'paddings',
  );
  const crops = stack(
    rows.map((i) => [0, extra.at(i)]),
    0,
    'crops',
  );
  return [paddings, crops];
}
