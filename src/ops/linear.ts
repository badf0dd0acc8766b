/** Products of matrices and vectors. */

import { toTensor } from '../core/convert.ts';
import {
  broadcastDims,
  type Dim,
  isFullyDefined,
  mergeDim,
  mergeDims,
  sameDims,
  withRank,
  withRankAtLeast,
  withValue,
} from '../core/dims.ts';
import { bfloat16 } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { nameScope } from '../core/mode.ts';
import { op } from '../core/op.ts';
import { Operand } from '../core/operand.ts';
import { fn } from '../core/signature.ts';
import type { Dims, Name, Static, Tensor, TensorLike } from '../core/tensor.ts';
import { multiply } from './arithmetic.ts';
import { BroadcastGradientArgs } from './broadcast_gradient.ts';
import { conj } from './complex.ts';
import { reduce_sum } from './reduce.ts';
import { reshape, shape } from './shape.ts';

const PRODUCT_TYPES = 'T: {bfloat16, half, float, double, int32, complex64, complex128}';

// ---- one product -----------------------------------------------------------------------------

interface Flags {
  readonly transpose_a: boolean;
  readonly transpose_b: boolean;
}

function productDims(
  { a, b }: { readonly a: Static; readonly b: Static },
  { transpose_a, transpose_b }: Flags,
): Dims {
  const p = withRank(a.dims, 2);
  const q = withRank(b.dims, 2);
  mergeDim(p[transpose_a ? 0 : 1]!, q[transpose_b ? 1 : 0]!);
  return [p[transpose_a ? 1 : 0]!, q[transpose_b ? 0 : 1]!];
}

const product = (a: Tensor, b: Tensor, transpose_a: boolean, transpose_b: boolean): Tensor =>
  MatMul({ a, b }, { transpose_a, transpose_b });

export const MatMul = op('MatMul', {
  inputs: ['a: T', 'b: T'],
  outputs: ['product: T'],
  attrs: ['transpose_a: bool = false', 'transpose_b: bool = false', PRODUCT_TYPES],
  shape: productDims,
}).gradient(({ a, b }, [dy], { transpose_a: ta, transpose_b: tb }) => {
  const [p, q] = [conj(a), conj(b)];
  return {
    a: ta ? product(q, dy, tb, true) : product(dy, q, false, !tb),
    b: tb ? product(dy, p, true, ta) : product(p, dy, !ta, false),
  };
});

export const SparseMatMul = op('SparseMatMul', {
  inputs: ['a: Ta', 'b: Tb'],
  outputs: ['product: float'],
  attrs: [
    'transpose_a: bool = false',
    'transpose_b: bool = false',
    'a_is_sparse: bool = false',
    'b_is_sparse: bool = false',
    'Ta: {float, bfloat16} = DT_FLOAT',
    'Tb: {float, bfloat16} = DT_FLOAT',
  ],
  shape: productDims,
}).gradient(({ a, b }, [dy], { transpose_a: ta, transpose_b: tb }) => ({
  a: ta ? product(b, dy, tb, true) : product(dy, b, false, !tb),
  b: tb ? product(dy, a, true, ta) : product(a, dy, !ta, false),
}));

// ---- a batch of products ---------------------------------------------------------------------

function batchDims(
  { x, y }: { readonly x: Static; readonly y: Static },
  { adj_x, adj_y }: { readonly adj_x: boolean; readonly adj_y: boolean },
): Dims {
  const p = withRankAtLeast(x.dims, 2);
  const q = withRankAtLeast(y.dims, 2);
  if (p === null || q === null) return null;
  const lead = mergeDims(p.slice(0, -2), q.slice(0, -2));
  const side = (dims: readonly Dim[], fromEnd: number): Dim => dims[dims.length - fromEnd]!;
  mergeDim(side(p, adj_x ? 2 : 1), side(q, adj_y ? 1 : 2));
  return [...(lead ?? []), side(p, adj_x ? 1 : 2), side(q, adj_y ? 2 : 1)];
}

function broadcastBatchDims(
  { x, y }: { readonly x: Static; readonly y: Static },
  { adj_x, adj_y }: { readonly adj_x: boolean; readonly adj_y: boolean },
): Dims {
  const p = withRankAtLeast(x.dims, 2);
  const q = withRankAtLeast(y.dims, 2);
  if (p === null || q === null) return null;
  const lead = broadcastDims(p.slice(0, -2), q.slice(0, -2));
  if (lead === null) return null;
  mergeDim(p.at(adj_x ? -2 : -1)!, q.at(adj_y ? -1 : -2)!);
  return [...lead, p.at(adj_x ? -1 : -2)!, q.at(adj_y ? -2 : -1)!];
}

const batchProduct = (x: Tensor, y: Tensor, adj_x: boolean, adj_y: boolean): Tensor =>
  BatchMatMul({ x, y }, { adj_x, adj_y });

export const BatchMatMul = op('BatchMatMul', {
  inputs: ['x: T', 'y: T'],
  outputs: ['output: T'],
  attrs: [PRODUCT_TYPES, 'adj_x: bool = false', 'adj_y: bool = false'],
  shape: batchDims,
}).gradient(({ x, y }, [dy], { adj_x, adj_y }) => ({
  x: adj_x ? batchProduct(y, dy, adj_y, true) : batchProduct(dy, y, false, !adj_y),
  y: adj_y ? batchProduct(dy, x, true, adj_x) : batchProduct(x, dy, !adj_x, false),
}));

/** What later versions build for a batch: its leading dimensions are broadcast. */
export const BatchMatMulV2 = op('BatchMatMulV2', {
  inputs: ['x: T', 'y: T'],
  outputs: ['output: T'],
  attrs: [
    'T: {bfloat16, half, float, double, int16, int32, int64, uint8, uint16, uint32, uint64, complex64, complex128}',
    'adj_x: bool = false',
    'adj_y: bool = false',
  ],
  shape: broadcastBatchDims,
}).gradient(({ x, y }, [dy], { adj_x, adj_y }) =>
  broadcastProductGradients(x, y, dy, adj_x, adj_y),
);

/** BatchMatMulV2 of two types, with the result in a third. */
export const BatchMatMulV3 = op('BatchMatMulV3', {
  inputs: ['x: Ta', 'y: Tb'],
  outputs: ['output: Tout'],
  attrs: [
    'Ta: {bfloat16, half, float, double, uint8, int8, int16, int32, int64, complex64, complex128}',
    'Tb: {bfloat16, half, float, double, uint8, int8, int16, int32, int64, complex64, complex128}',
    'Tout: {bfloat16, half, float, double, int16, int32, int64, complex64, complex128}',
    'adj_x: bool = false',
    'adj_y: bool = false',
  ],
  shape: broadcastBatchDims,
});

function broadcastProductGradients(
  x: Tensor,
  y: Tensor,
  dy: Tensor,
  adj_x: boolean,
  adj_y: boolean,
): { x: Tensor; y: Tensor } {
  const dx = adj_x ? wideProduct(y, dy, adj_y, true) : wideProduct(dy, y, false, !adj_y);
  const slope = adj_y ? wideProduct(dy, x, true, adj_x) : wideProduct(x, dy, !adj_x, false);
  return { x: summedToBatch(dx, x), y: summedToBatch(slope, y) };
}

const wideProduct = (x: Tensor, y: Tensor, adj_x: boolean, adj_y: boolean): Tensor =>
  BatchMatMulV2({ x, y }, { adj_x, adj_y });

/** Adds up what belongs to the same matrix of `x`. */
function summedToBatch(slope: Tensor, x: Tensor): Tensor {
  if (isFullyDefined(x.dims) && isFullyDefined(slope.dims) && sameDims(x.dims, slope.dims)) {
    return slope;
  }
  const size = shape(x);
  const [axes] = BroadcastGradientArgs({ s0: size.at(':-2'), s1: shape(slope).at(':-2') });
  return reshape(reduce_sum(slope, axes), size);
}

// ---- the public function ---------------------------------------------------------------------

const mayHaveBatch = (x: Tensor): boolean => x.dims === null || x.dims.length > 2;

/**
 * The product of matrices `a` and `b`, or of batches of them. Each may be transposed, or made
 * adjoint (transposed and conjugated), but not both.
 */
export const matmul = fn(
  [
    'a',
    'b',
    'transpose_a',
    'transpose_b',
    'adjoint_a',
    'adjoint_b',
    'a_is_sparse',
    'b_is_sparse',
    'name',
  ],
  (
    a: TensorLike,
    b: TensorLike,
    transpose_a: boolean = false,
    transpose_b: boolean = false,
    adjoint_a: boolean = false,
    adjoint_b: boolean = false,
    a_is_sparse: boolean = false,
    b_is_sparse: boolean = false,
    name: Name = null,
  ): Tensor =>
    nameScope(name, 'MatMul', (scope) => {
      if (transpose_a && adjoint_a) {
        throw new ValueError('Only one of transpose_a and adjoint_a can be True.');
      }
      if (transpose_b && adjoint_b) {
        throw new ValueError('Only one of transpose_b and adjoint_b can be True.');
      }
      const p = toTensor(a, null, 'a');
      const q = toTensor(b, b instanceof Operand ? null : p.dtype.base_dtype, 'b');
      const sparse = a_is_sparse || b_is_sparse;
      if (!sparse && (mayHaveBatch(p) || mayHaveBatch(q))) {
        // A batch is made adjoint, never transposed: conjugated first, it comes out transposed.
        const [x, y] = [transpose_a ? conj(p) : p, transpose_b ? conj(q) : q];
        const attrs = { adj_x: transpose_a || adjoint_a, adj_y: transpose_b || adjoint_b };
        return BatchMatMul({ x, y }, attrs, scope);
      }
      const [x, y] = [adjoint_a ? conj(p) : p, adjoint_b ? conj(q) : q];
      const flags = {
        transpose_a: transpose_a || adjoint_a,
        transpose_b: transpose_b || adjoint_b,
      };
      if (sparse || (p.dtype === bfloat16 && q.dtype === bfloat16)) {
        return SparseMatMul({ a: x, b: y }, { ...flags, a_is_sparse, b_is_sparse }, scope);
      }
      return MatMul({ a: x, b: y }, flags, scope);
    }),
);

/** The product of two float32 or bfloat16 matrices, for matrices of mostly zeros. */
export const sparse_matmul = fn(
  ['a', 'b', 'transpose_a', 'transpose_b', 'a_is_sparse', 'b_is_sparse', 'name'],
  (
    a: TensorLike,
    b: TensorLike,
    transpose_a: boolean = false,
    transpose_b: boolean = false,
    a_is_sparse: boolean = false,
    b_is_sparse: boolean = false,
    name: Name = null,
  ): Tensor => SparseMatMul({ a, b }, { transpose_a, transpose_b, a_is_sparse, b_is_sparse }, name),
);

// ---- vectors ---------------------------------------------------------------------------------

export const Cross = op('Cross', {
  inputs: ['a: T', 'b: T'],
  outputs: ['product: T'],
  attrs: ['T: realnumbertype'],
  shape: ({ a, b }) => {
    const p = withRankAtLeast(a.dims, 1);
    const dims = mergeDims(p, withRankAtLeast(b.dims, 1));
    if (dims !== null) withValue(dims.at(-1)!, 3);
    return dims;
  },
}).gradient(({ a, b }, [dy]) => ({ a: cross(b, dy), b: cross(dy, a) }));
/** The cross product of the vectors of length 3 along the last axis. */
export const cross = fn(
  ['a', 'b', 'name'],
  (a: TensorLike, b: TensorLike, name: Name = null): Tensor => Cross({ a, b }, {}, name),
);

export const L2Loss = op('L2Loss', {
  inputs: ['t: T'],
  outputs: ['output: T'],
  attrs: ['T: {half, bfloat16, float, double}'],
  shape: () => [],
}).gradient(({ t }, [dy]) => ({ t: multiply(t, dy) }));
/** `sum(t ** 2) / 2`. */
export const l2_loss = fn(
  ['t', 'name'],
  (t: TensorLike, name: Name = null): Tensor => L2Loss({ t }, {}, name),
);

/** `t` brought into the range from `clip_value_min` to `clip_value_max`, which are scalars or of its shape. */
export const ClipByValue = op('ClipByValue', {
  inputs: ['t: T', 'clip_value_min: T', 'clip_value_max: T'],
  outputs: ['output: T'],
  attrs: ['T: numbertype'],
  shape: ({ t }) => t.dims,
});
