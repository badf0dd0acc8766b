/** Nested structures that are walked together, and what decoders ask of tensors in them. */

import { executing_eagerly } from '../../core/mode.ts';
import { isComposite, leavesOf, mapLeaves } from '../../core/nest.ts';
import type { Tensor, TensorLike } from '../../core/tensor.ts';
import { shape } from '../../ops/array.ts';
import { embedding_lookup } from '../../ops/nn/embedding.ts';
import { where } from '../../ops/search.ts';

/** A table of embeddings, or a function from ids to them. */
export type Embedding = TensorLike | readonly TensorLike[] | ((ids: Tensor) => Tensor);

/** The function from ids to embeddings that `embedding` stands for. */
export function embeddingFunction(embedding: Embedding): (ids: Tensor) => Tensor {
  if (typeof embedding === 'function' && !('dtype' in embedding)) return embedding;
  return (ids) => embedding_lookup(embedding as TensorLike, ids);
}

/** A structure like `first` of `f` of its leaves and those of `second`, composites whole. */
export function mapTogether(
  f: (a: unknown, b: unknown) => unknown,
  first: unknown,
  second: unknown,
): unknown {
  const others = leavesOf(second);
  let at = 0;
  return mapLeaves((leaf) => f(leaf, others[at++]), first);
}

/** The size of `tensor` along `axis`: plain where it is known. */
export function sizeAlong(tensor: Tensor, axis: number): number | Tensor {
  return tensor.shape.at(axis).value ?? shape(tensor).at(axis);
}

/** `old` for sequences that are `finished`, else `next`; arrays and scalars are `next`. */
export function unlessFinished(finished: Tensor, next: unknown, old: unknown): unknown {
  if (isComposite(old)) return next;
  const [after, before] = [next as Tensor, old as Tensor];
  if (!executing_eagerly()) after.set_shape(before.shape);
  return after.shape.ndims === 0 ? after : where(finished, before, after);
}
