/** Sparse tensors: sums with dense and sparse ones, products with dense matrices, order, and dense copies. */

import { toTensor } from '../core/convert.ts';
import { mergeDims, withRank } from '../core/dims.ts';
import { type DType, int64 } from '../core/dtype.ts';
import { RuntimeError } from '../core/errors.ts';
import { executing_eagerly, nameScope } from '../core/mode.ts';
import { op } from '../core/op.ts';
import { as_shape, type ShapeLike } from '../core/shape.ts';
import { fn } from '../core/signature.ts';
import { SparseTensor } from '../core/sparse_tensor.ts';
import { type Dims, type Name, type Static, Tensor, type TensorLike } from '../core/tensor.ts';
import { conj } from './complex.ts';
import { constant, placeholder } from './constant.ts';
import { gather, gather_nd, sparse_to_dense } from './gather.ts';
import { invert_permutation, matrix_transpose } from './move.ts';
import { reduce_sum } from './reduce.ts';
import { range } from './sequence.ts';
import { identity, shape } from './shape.ts';

export const SparseTensorDenseAdd = op('SparseTensorDenseAdd', {
  inputs: ['a_indices: Tindices', 'a_values: T', 'a_shape: Tindices', 'b: T'],
  outputs: ['output: T'],
  attrs: ['T: numbertype', 'Tindices: {int32, int64}'],
  shape: ({ a_shape, b }) => mergeDims(b.dims, a_shape.known ?? null),
}).gradient(({ a_indices }, [dy]) => ({
  a_indices: null,
  a_values: gather_nd(dy, a_indices),
  a_shape: null,
  b: dy,
}));

/** Index vectors and values of an unknown number, and the shape. */
const sparseDims = (size: Static): Dims[] => {
  const rank = size.dims?.[0] ?? null;
  return [[null, rank], [null], [rank]];
};

export const SparseAdd = op('SparseAdd', {
  inputs: [
    'a_indices: int64',
    'a_values: T',
    'a_shape: int64',
    'b_indices: int64',
    'b_values: T',
    'b_shape: int64',
    'thresh: Treal',
  ],
  outputs: ['sum_indices: int64', 'sum_values: T', 'sum_shape: int64'],
  attrs: ['T: numbertype', 'Treal: realnumbertype'],
  shape: ({ a_shape, b_shape }) => {
    mergeDims(a_shape.dims, b_shape.dims);
    return sparseDims(a_shape);
  },
}).gradient(({ a_indices, b_indices }, [, backprop_val_grad], _, { sum_indices }) => {
  const [a_values, b_values] = SparseAddGrad({
    backprop_val_grad,
    a_indices,
    b_indices,
    sum_indices,
  });
  const none = { a_indices: null, a_shape: null, b_indices: null, b_shape: null, thresh: null };
  return { ...none, a_values, b_values };
});

/** The gradients of the values that SparseAdd adds. */
export const SparseAddGrad = op('SparseAddGrad', {
  inputs: ['backprop_val_grad: T', 'a_indices: int64', 'b_indices: int64', 'sum_indices: int64'],
  outputs: ['a_val_grad: T', 'b_val_grad: T'],
  attrs: ['T: numbertype'],
  shape: ({ a_indices, b_indices }) => [
    [withRank(a_indices.dims, 2)[0]!],
    [withRank(b_indices.dims, 2)[0]!],
  ],
});

/**
 * The sum of two tensors of which at least one is sparse: sparse where both are, without those sums of
 * two values that are smaller than `thresh`; dense otherwise.
 */
export const sparse_add = fn(
  ['a', 'b', 'thresh'],
  (
    a: SparseTensor | TensorLike,
    b: SparseTensor | TensorLike,
    thresh: TensorLike = 0,
  ): SparseTensor | Tensor => {
    if (a instanceof SparseTensor && b instanceof SparseTensor) {
      const type = a.values.dtype.real_dtype.base_dtype;
      const [indices, values, dense_shape] = SparseAdd({
        a_indices: a.indices,
        a_values: a.values,
        a_shape: a.dense_shape,
        b_indices: b.indices,
        b_values: b.values,
        b_shape: b.dense_shape,
        thresh: toTensor(thresh, type, 'thresh'),
      });
      return new SparseTensor(indices, values, dense_shape);
    }
    const [sparse, dense] = a instanceof SparseTensor ? [a, b] : [b, a];
    if (!(sparse instanceof SparseTensor)) {
      throw new TypeError(
        'At least one input should be SparseTensor; do you mean to use tf.add()?',
      );
    }
    return SparseTensorDenseAdd({
      a_indices: sparse.indices,
      a_values: sparse.values,
      a_shape: sparse.dense_shape,
      b: dense as TensorLike,
    });
  },
);

export const SparseTensorDenseMatMul = op('SparseTensorDenseMatMul', {
  inputs: ['a_indices: Tindices', 'a_values: T', 'a_shape: int64', 'b: T'],
  outputs: ['product: T'],
  attrs: [
    'T: type',
    'Tindices: {int32, int64} = DT_INT64',
    'adjoint_a: bool = false',
    'adjoint_b: bool = false',
  ],
  shape: ({ a_shape, b }, { adjoint_a, adjoint_b }) => {
    const inner = withRank(b.dims, 2);
    return [a_shape.known?.[adjoint_a ? 1 : 0] ?? null, inner[adjoint_b ? 0 : 1]!];
  },
}).gradient((inputs, [dy], { adjoint_a, adjoint_b }) => {
  const { a_indices, a_values, a_shape, b } = inputs;
  const slope = SparseTensorDenseMatMul(
    { a_indices, a_values, a_shape, b: dy },
    { adjoint_a: !adjoint_a },
  );
  const [rows, columns] = [a_indices.at(':', 0), a_indices.at(':', 1)];
  const fromDy = gather(dy, adjoint_a ? columns : rows);
  const other = adjoint_b ? matrix_transpose(conj(b)) : b;
  const fromB = gather(other, adjoint_a ? rows : columns);
  return {
    a_indices: null,
    a_values: reduce_sum(fromDy.multiply(fromB), [1]),
    a_shape: null,
    b: adjoint_b ? matrix_transpose(conj(slope)) : slope,
  };
});

/** The product of a sparse matrix and a dense one, either of them adjoint. */
export const sparse_tensor_dense_matmul = fn(
  ['sp_a', 'b', 'adjoint_a', 'adjoint_b', 'name'],
  (
    sp_a: SparseTensor,
    b: TensorLike,
    adjoint_a: boolean = false,
    adjoint_b: boolean = false,
    name: Name = null,
  ): Tensor =>
    nameScope(name, 'SparseTensorDenseMatMul', (scope) =>
      SparseTensorDenseMatMul(
        { a_indices: sp_a.indices, a_values: sp_a.values, a_shape: sp_a.dense_shape, b },
        { adjoint_a, adjoint_b },
        scope,
      ),
    ),
);

export const SparseReorder = op('SparseReorder', {
  inputs: ['input_indices: int64', 'input_values: T', 'input_shape: int64'],
  outputs: ['output_indices: int64', 'output_values: T'],
  attrs: ['T: type'],
  shape: ({ input_indices, input_values }) => [
    withRank(input_indices.dims, 2),
    withRank(input_values.dims, 1),
  ],
}).gradient(({ input_indices, input_shape }, [, dy]) => {
  const entries = range(shape(input_indices).at(0));
  const [, order] = SparseReorder({ input_indices, input_values: entries, input_shape });
  return {
    input_indices: null,
    input_values: gather(dy, invert_permutation(order)),
    input_shape: null,
  };
});

/** A sparse tensor with its values in row-major order. */
export const sparse_reorder = fn(
  ['sp_input', 'name'],
  (sp_input: SparseTensor, name: Name = null): SparseTensor => {
    const { indices, values, dense_shape } = sp_input;
    const [ordered, moved] = SparseReorder(
      { input_indices: indices, input_values: values, input_shape: dense_shape },
      {},
      name,
    );
    return new SparseTensor(ordered, moved, identity(dense_shape));
  },
);

/** A sparse tensor as a dense one, with `default_value` where no value is written down. */
export const sparse_tensor_to_dense = fn(
  ['sp_input', 'default_value', 'validate_indices', 'name'],
  (
    sp_input: SparseTensor,
    default_value: TensorLike = 0,
    validate_indices: boolean = true,
    name: Name = null,
  ): Tensor => {
    if (!(sp_input instanceof SparseTensor)) throw new TypeError('Input must be a SparseTensor.');
    const { indices, values, dense_shape } = sp_input;
    const rest = toTensor(default_value, values.dtype.base_dtype, 'default_value');
    return sparse_to_dense(indices, dense_shape, values, rest, validate_indices, name);
  },
);

/**
 * A sparse tensor whose parts are placeholders; `shape` may be given as far as it is known. It is fed
 * with a `SparseTensorValue`, or with `[indices, values, dense_shape]`.
 */
export const sparse_placeholder = fn(
  ['dtype', 'shape', 'name'],
  (dtype: DType, shape: ShapeLike | Tensor = null, name: Name = null): SparseTensor => {
    if (executing_eagerly()) {
      throw new RuntimeError('tf.sparse_placeholder() is not compatible with eager execution.');
    }
    const part = (label: string): Name => (name === null ? null : `${name}/${label}`);
    const dense_shape = placeholderShape(shape, part('shape'));
    const values = placeholder(dtype, { shape: [null], name: part('values') });
    const rank = dense_shape.shape.at(0).value;
    const indices = placeholder(int64, { shape: [null, rank], name: part('indices') });
    return new SparseTensor(indices, values, dense_shape);
  },
);

function placeholderShape(given: ShapeLike | Tensor, name: Name): Tensor {
  if (given instanceof Tensor) return given;
  if (given === null) return placeholder(int64, { shape: [null], name });
  const dims = as_shape(given).as_list();
  if (!dims.includes(null)) return constant(dims as number[], int64, { name });
  return placeholder(int64, { shape: [dims.length], name });
}
