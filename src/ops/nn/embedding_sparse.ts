/** Looking up and combining as many embeddings per row as a sparse tensor names. */

import { toTensor } from '../../core/convert.ts';
import { int32 } from '../../core/dtype.ts';
import { ValueError } from '../../core/errors.ts';
import { nameScope } from '../../core/mode.ts';
import { fn } from '../../core/signature.ts';
import { SparseTensor } from '../../core/sparse_tensor.ts';
import type { Name, Tensor, TensorLike } from '../../core/tensor.ts';
import { div } from '../arithmetic.ts';
import { concat, expand_dims, fill, rank, reshape, shape } from '../array.ts';
import { cast } from '../cast.ts';
import { sqrt, square } from '../math.ts';
import { unique } from '../search.ts';
import { segment_sum } from '../segment.ts';
import {
  sparse_segment_mean,
  sparse_segment_sqrt_n,
  sparse_segment_sum,
} from '../sparse_segment.ts';
import { embedding_lookup, type PartitionStrategy } from './embedding.ts';

/** How the embeddings of one row become one. */
export type Combiner = 'mean' | 'sqrtn' | 'sum';

const COMBINERS: readonly string[] = ['mean', 'sqrtn', 'sum'];

function checkIds(sp_ids: SparseTensor, sp_weights: SparseTensor | null): void {
  if (!(sp_ids instanceof SparseTensor)) throw new TypeError('sp_ids must be SparseTensor');
  if (sp_weights === null) return;
  if (!(sp_weights instanceof SparseTensor)) {
    throw new TypeError('sp_weights must be either None or SparseTensor');
  }
  sp_ids.values.shape.assert_is_compatible_with(sp_weights.values.shape);
  sp_ids.indices.shape.assert_is_compatible_with(sp_weights.indices.shape);
  sp_ids.dense_shape.shape.assert_is_compatible_with(sp_weights.dense_shape.shape);
}

/** The weights of the embeddings' type, with dimensions of size 1 to broadcast along each row. */
function broadcastable(given: Tensor, embeddings: Tensor): Tensor {
  const weights = cast(given, embeddings.dtype.base_dtype);
  const ones = fill(expand_dims(rank(embeddings).subtract(1), 0), toTensor(1, int32));
  const result = reshape(weights, concat([shape(weights), ones], 0));
  if (embeddings.dims && weights.dims) {
    result.set_shape([...weights.dims, ...embeddings.dims.slice(1).map(() => 1)]);
  }
  return result;
}

function combineWeighted(
  embeddings: Tensor,
  weights: Tensor,
  segments: Tensor,
  combiner: Combiner,
  name: string,
): Tensor {
  const weighted = embeddings.multiply(weights);
  if (combiner === 'sum') return segment_sum(weighted, segments, name);
  const total = segment_sum(weighted, segments);
  if (combiner === 'mean') return div(total, segment_sum(weights, segments), name);
  return div(total, sqrt(segment_sum(square(weights), segments)), name);
}

/**
 * Computes embeddings for the ids in `sp_ids`, and combines those of each row into one.
 *
 * @param sp_ids `[rows, n]` int64 ids; the rows must be in order and each have one at least.
 * @param sp_weights One weight per id, or `null` for ones.
 * @param combiner `sum`, `mean` (the default), or `sqrtn`: the sum over the weights' L2 norm.
 */
export const embedding_lookup_sparse = fn(
  ['params', 'sp_ids', 'sp_weights', 'partition_strategy', 'name', 'combiner', 'max_norm'],
  (
    params: TensorLike | readonly TensorLike[],
    sp_ids: SparseTensor,
    sp_weights: SparseTensor | null,
    partition_strategy: PartitionStrategy = 'mod',
    name: Name = null,
    combiner: Combiner | null = null,
    max_norm: TensorLike | null = null,
  ): Tensor => {
    const how = combiner ?? 'mean';
    if (!COMBINERS.includes(how)) {
      throw new ValueError("combiner must be one of 'mean', 'sqrtn' or 'sum'");
    }
    checkIds(sp_ids, sp_weights);
    return nameScope(name, 'embedding_lookup_sparse', (scope) => {
      const segments = cast(sp_ids.indices.at(':', 0), int32);
      const look = (ids: Tensor): Tensor =>
        embedding_lookup(params, ids, { partition_strategy, max_norm });
      if (sp_weights !== null) {
        const embeddings = look(sp_ids.values);
        const weights = broadcastable(sp_weights.values, embeddings);
        return combineWeighted(embeddings, weights, segments, how, scope);
      }
      const [ids, rows] = unique(sp_ids.values);
      const combine = {
        sum: sparse_segment_sum,
        mean: sparse_segment_mean,
        sqrtn: sparse_segment_sqrt_n,
      };
      return combine[how](look(ids!), rows!, segments, scope);
    });
  },
);
