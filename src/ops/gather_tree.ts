/** The sequences that a beam search found, read back from its last step along the beams they came from. */

import { toTensor } from '../core/convert.ts';
import { mergeDim, mergeDims, withRank } from '../core/dims.ts';
import { int32 } from '../core/dtype.ts';
import { op } from '../core/op.ts';
import { fn } from '../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../core/tensor.ts';

export const GatherTree = op('GatherTree', {
  inputs: ['step_ids: T', 'parent_ids: T', 'max_sequence_lengths: int32', 'end_token: T'],
  outputs: ['beams: T'],
  attrs: ['T: {int32}'],
  shape: ({ step_ids, parent_ids, max_sequence_lengths, end_token }) => {
    withRank(end_token.dims, 0);
    const dims = mergeDims(withRank(step_ids.dims, 3), withRank(parent_ids.dims, 3));
    mergeDim(dims![1]!, withRank(max_sequence_lengths.dims, 1)[0]!);
    return dims;
  },
}).gradient(null);

/**
 * The sequence of each beam, `[time, batch, beam]`: at each step the id of the beam that its later part
 * comes from; `end_token` after its first occurrence and beyond the lengths.
 *
 * @param step_ids `[time, batch, beam]` int32: the ids chosen at each step
 * @param parent_ids `[time, batch, beam]` int32: the beams that they continue
 * @param max_sequence_lengths `[batch]` int32
 * @param end_token an int32 scalar
 */
export const gather_tree = fn(
  ['step_ids', 'parent_ids', 'max_sequence_lengths', 'end_token', 'name'],
  (
    step_ids: TensorLike,
    parent_ids: TensorLike,
    max_sequence_lengths: TensorLike,
    end_token: TensorLike,
    name: Name = null,
  ): Tensor => {
    const ids = (value: TensorLike, what: string) => toTensor(value, null, what, int32);
    return GatherTree(
      {
        step_ids: ids(step_ids, 'step_ids'),
        parent_ids: ids(parent_ids, 'parent_ids'),
        max_sequence_lengths,
        end_token: ids(end_token, 'end_token'),
      },
      {},
      name,
    );
  },
);
