/** Sparse tensors made of sparse tensors: indices that come as values. */

import { pythonType } from '../core/call.ts';
import { int64 } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { nameScope } from '../core/mode.ts';
import { fn } from '../core/signature.ts';
import { SparseTensor } from '../core/sparse_tensor.ts';
import { type Name, Tensor } from '../core/tensor.ts';
import { cast } from './cast.ts';
import { concat } from './join.ts';
import { integers } from './literals.ts';
import { expand_dims } from './shape.ts';
import { sparse_reorder } from './sparse.ts';

type Size = number | Tensor;

/**
 * The sparse tensor with the values of `sp_values` at the indices that are the values of `sp_ids`, in
 * the place of its last dimension, which has then the size `vocab_size`; with lists of both, one more
 * dimension each.
 */
export const sparse_merge = fn(
  ['sp_ids', 'sp_values', 'vocab_size', 'name', 'already_sorted'],
  (
    sp_ids: SparseTensor | readonly SparseTensor[],
    sp_values: SparseTensor,
    vocab_size: Size | readonly Size[],
    name: Name = null,
    already_sorted: boolean = false,
  ): SparseTensor => {
    const [ids, sizes] = listsOf(sp_ids, vocab_size);
    return nameScope(name, 'SparseMerge', () => {
      const columns = ids.map(({ values }) =>
        expand_dims(values.dtype === int64 ? values : cast(values, int64), { axis: 1 }),
      );
      const bounds = sizes.map((size) => cast(integers(size), int64));
      const kept = ids[0]!.indices.at(':', ':-1');
      const indices = concat([kept, ...columns], 1);
      const shape = concat([ids[0]!.dense_shape.at(':-1'), bounds], 0);
      const merged = new SparseTensor(indices, sp_values.values, shape);
      if (already_sorted) return merged;
      const sorted = sparse_reorder(merged);
      return new SparseTensor(sorted.indices, sorted.values, shape);
    });
  },
);

/** Both as lists of the same length. */
function listsOf(
  ids: SparseTensor | readonly SparseTensor[],
  sizes: Size | readonly Size[],
): [ids: readonly SparseTensor[], sizes: readonly Size[]] {
  if (ids instanceof SparseTensor) {
    if (!isSize(sizes)) {
      throw new TypeError(
        `vocab_size has to be a Tensor or Python int. Found ${pythonType(sizes)}`,
      );
    }
    return [[ids], [sizes]];
  }
  if (!Array.isArray(ids)) {
    throw new TypeError(
      `sp_ids has to be a SparseTensor or list thereof. Found ${pythonType(ids)}`,
    );
  }
  const list: readonly unknown[] = Array.isArray(sizes) ? sizes : [null];
  const wrong = list.find((size) => !isSize(size));
  if (wrong !== undefined) {
    const found = Array.isArray(sizes) ? wrong : sizes;
    throw new TypeError(
      `vocab_size has to be a list of Tensors or Python ints. Found ${pythonType(found)}`,
    );
  }
  if (ids.length !== list.length) {
    throw new ValueError('sp_ids and vocab_size have to have equal lengths.');
  }
  return [ids, list as readonly Size[]];
}

function isSize(value: unknown): value is Size {
  return value instanceof Tensor || (typeof value === 'number' && Number.isInteger(value));
}
