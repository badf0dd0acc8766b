/** The loss of sequences of logits. */

import { toTensor } from '../../core/convert.ts';
import { int32 } from '../../core/dtype.ts';
import { ValueError } from '../../core/errors.ts';
import { nameScope } from '../../core/mode.ts';
import { fn } from '../../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../../core/tensor.ts';
import { reshape, shape, stack } from '../../ops/array.ts';
import { constant } from '../../ops/constant.ts';
import { over, plus, times } from '../../ops/infix.ts';
import { sparse_softmax_cross_entropy_with_logits } from '../../ops/nn/cross_entropy.ts';
import { reduce_sum } from '../../ops/reduce.ts';

type SoftmaxLoss = (given: { readonly labels: Tensor; readonly logits: Tensor }) => Tensor;

/**
 * The weighted cross entropy of sequences: averaged over steps, over the batch, over both (a scalar)
 * or over neither (`[batch, time]`). ValueError where a rank is wrong.
 *
 * @param logits `[batch, time, classes]`
 * @param targets `[batch, time]` int32 or int64 classes
 * @param weights `[batch, time]`: 0 masks a step
 * @param softmax_loss_function takes `{ labels, logits }`; cross entropy unless given
 */
export const sequence_loss = fn(
  [
    'logits',
    'targets',
    'weights',
    'average_across_timesteps',
    'average_across_batch',
    'softmax_loss_function',
    'name',
  ],
  (
    logits: TensorLike,
    targets: TensorLike,
    weights: TensorLike,
    average_across_timesteps: boolean = true,
    average_across_batch: boolean = true,
    softmax_loss_function: SoftmaxLoss | null = null,
    name: Name = null,
  ): Tensor =>
    nameScope(name, 'sequence_loss', () => {
      const x = ranked(toTensor(logits), 3, 'Logits', '[batch_size x sequence_length x logits]');
      const labels = ranked(
        toTensor(targets, null, null, int32),
        2,
        'Targets',
        '[batch_size x sequence_length]',
      );
      const w = ranked(toTensor(weights), 2, 'Weights', '[batch_size x sequence_length]');
      const [batch, time, classes] = [0, 1, 2].map((axis) => shape(x).at(axis)) as Tensor[];
      const entropy = softmax_loss_function ?? sparse_softmax_cross_entropy_with_logits;
      const flat = {
        labels: reshape(labels, [-1]),
        logits: reshape(x, stack([constant(-1, int32), classes!])),
      };
      const losses = times(entropy(flat), reshape(w, [-1]));
      const isWhole = average_across_timesteps && average_across_batch;
      const each = isWhole ? losses : reshape(losses, stack([batch!, time!]));
      if (!average_across_timesteps && !average_across_batch) return each;
      const axes = isWhole ? null : [average_across_timesteps ? 1 : 0];
      return over(reduce_sum(each, axes), plus(reduce_sum(w, axes), 1e-12));
    }),
);

function ranked(tensor: Tensor, rank: number, what: string, form: string): Tensor {
  if (tensor.shape.ndims === rank) return tensor;
  throw new ValueError(`${what} must be a ${form} tensor`);
}
