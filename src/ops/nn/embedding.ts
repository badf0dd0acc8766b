/** Looking up rows of embedding matrices, which may be split into several parameters. */

import { toTensor } from '../../core/convert.ts';
import { int32 } from '../../core/dtype.ts';
import { ValueError } from '../../core/errors.ts';
import { colocateWith, nameScope } from '../../core/mode.ts';
import { Operand } from '../../core/operand.ts';
import { fn } from '../../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../../core/tensor.ts';
import { maximum, minimum } from '../arithmetic.ts';
import { concat, gather, identity, reshape, shape, size, stack } from '../array.ts';
import { cast } from '../cast.ts';
import { Select } from '../compare.ts';
import { dynamic_partition, ParallelDynamicStitch } from '../gather.ts';
import { integers } from '../literals.ts';
import { rsqrt } from '../math.ts';
import { reduce_sum } from '../reduce.ts';
import { range } from '../sequence.ts';

/** How ids are spread over several parameters: in turn, or in runs. */
export type PartitionStrategy = 'mod' | 'div';

/** The parameters as a list. A variable that reads single rows stays as it is, so that it can. */
function parameters(params: TensorLike | readonly TensorLike[] | null): readonly TensorLike[] {
  if (params === null) throw new ValueError('params must be specified');
  const list = Array.isArray(params) ? (params as readonly TensorLike[]) : [params as TensorLike];
  if (list.length === 0) throw new ValueError('Need at least one param');
  if (list.some((param) => param instanceof Operand && 'sparse_read' in param)) return list;
  return list.map((param, i) => toTensor(param, null, list.length > 1 ? `params_${i}` : 'params'));
}

/** Each of the embeddings at `ids`, scaled down to the norm `max_norm` if it is larger. */
function clipped(embeddings: Tensor, ids: Tensor, max_norm: TensorLike | null): Tensor {
  if (max_norm === null) return embeddings;
  const [first, last] = [ids.dims?.length, embeddings.dims?.length];
  if (first === undefined || last === undefined) {
    throw new ValueError('max_norm needs params and ids of known rank.');
  }
  const axes = Array.from({ length: last - first }, (_, i) => first + i);
  const limit = toTensor(max_norm, embeddings.dtype.base_dtype);
  const inverse = rsqrt(reduce_sum(embeddings.multiply(embeddings), axes, true));
  return embeddings.multiply(limit).multiply(minimum(inverse, limit.pow(-1)));
}

interface Assignment {
  /** Which parameter each id belongs to, and its row there. */
  readonly parts: Tensor;
  readonly rows: Tensor;
}

function assign(ids: Tensor, params: readonly TensorLike[], strategy: string): Assignment {
  const count = params.length;
  if (strategy === 'mod') return { parts: ids.mod(count), rows: ids.floordiv(count) };
  if (strategy !== 'div') throw new ValueError(`Unrecognized partition strategy: ${strategy}`);
  const dtype = ids.dtype.base_dtype;
  const heights = params.map((param) => toTensor(param).dims?.[0] ?? null);
  const total = heights.every((n) => n !== null)
    ? toTensor(
        heights.reduce((a, b) => a + b, 0),
        dtype,
      )
    : reduce_sum(cast(stack(params.map((param) => shape(param).at(0))), dtype));
  const each = total.floordiv(count);
  const extras = total.mod(count);
  // The first `extras` parameters have one row more than the others.
  const parts = maximum(ids.floordiv(each.add(1)), ids.subtract(extras).floordiv(each));
  const inLarge = ids.mod(each.add(1));
  return {
    parts,
    rows: Select({ condition: parts.less(extras), t: inLarge, e: ids.subtract(extras).mod(each) }),
  };
}

function lookUpParts(
  params: readonly TensorLike[],
  ids: Tensor,
  strategy: string,
  max_norm: TensorLike | null,
  name: string,
): Tensor {
  const flat = reshape(ids, [-1]);
  const order = range(size(flat));
  const { parts, rows } = assign(flat, params, strategy);
  const numbers = cast(parts, int32);
  const rowsOf = dynamic_partition(rows, numbers, params.length);
  const placesOf = dynamic_partition(order, numbers, params.length);
  const found = params.map((param, i) => colocateWith(param, () => gather(param, rowsOf[i]!)));
  const stitched = ParallelDynamicStitch({ indices: placesOf, data: found }, {}, name);
  const row = found[0]!.dims?.slice(1);
  const rowSizes = row?.every((n) => n !== null)
    ? integers(row as number[])
    : shape(params[0]!).at('1:');
  const result = reshape(stitched, concat([shape(ids), rowSizes], 0));
  if (ids.dims && row) result.set_shape([...ids.dims, ...row]);
  return clipped(result, ids, max_norm);
}

/**
 * Looks up `ids` in a list of embedding tensors, or in one.
 *
 * @param partition_strategy With several parameters: `mod` gives id `i` to parameter `i % count`,
 *   `div` gives runs of ids to each.
 * @param max_norm Embeddings with a larger L2 norm are scaled down to it.
 */
export const embedding_lookup = fn(
  ['params', 'ids', 'partition_strategy', 'name', 'validate_indices', 'max_norm'],
  (
    params: TensorLike | readonly TensorLike[],
    ids: TensorLike,
    partition_strategy: PartitionStrategy = 'mod',
    name: Name = null,
    validate_indices: boolean = true,
    max_norm: TensorLike | null = null,
  ): Tensor =>
    nameScope(name, 'embedding_lookup', (scope) => {
      void validate_indices;
      const list = parameters(params);
      const rows = toTensor(ids, null, 'ids', int32);
      if (list.length > 1) return lookUpParts(list, rows, partition_strategy, max_norm, scope);
      const found = colocateWith(list[0]!, () =>
        clipped(gather(list[0]!, rows, null, scope), rows, max_norm),
      );
      return identity(found);
    }),
);
