/** `tf.contrib.legacy_seq2seq`: losses of sequences given as lists of steps, and models with buckets. */

import { with_ } from '../../core/context.ts';
import { ValueError } from '../../core/errors.ts';
import { nameScope } from '../../core/mode.ts';
import { fn } from '../../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../../core/tensor.ts';
import { reshape, shape } from '../../ops/array.ts';
import { cast } from '../../ops/cast.ts';
import { over, plus, times } from '../../ops/infix.ts';
import { add_n } from '../../ops/math.ts';
import { sparse_softmax_cross_entropy_with_logits } from '../../ops/nn/cross_entropy.ts';
import { reduce_sum } from '../../ops/reduce.ts';
import { get_variable_scope, variable_scope } from '../../variables/scope_stack.ts';
import type { Decoded } from './decoders.ts';

/** The loss of one step, called with keywords. */
export type SoftmaxLoss = (options: { labels: Tensor; logits: Tensor }) => Tensor;

/** So little that a sum of weights may be zero. */
const TINY = 1e-12;

/**
 * The weighted cross entropy of every sequence of the batch, from lists with a tensor per step. The
 * sum over the steps is divided by the sum of the weights, unless `average_across_timesteps` is false.
 * ValueError for lists of different lengths.
 */
export const sequence_loss_by_example = fn(
  ['logits', 'targets', 'weights', 'average_across_timesteps', 'softmax_loss_function', 'name'],
  (
    logits: readonly Tensor[],
    targets: readonly TensorLike[],
    weights: readonly TensorLike[],
    average_across_timesteps: boolean = true,
    softmax_loss_function: SoftmaxLoss | null = null,
    name: Name = null,
  ): Tensor => {
    if (targets.length !== logits.length || weights.length !== logits.length) {
      throw new ValueError(
        `Lengths of logits, weights, and targets must be the same ${logits.length}, ${weights.length}, ${targets.length}.`,
      );
    }
    return nameScope(name, 'sequence_loss_by_example', () => {
      const losses = logits.map((logit, i) => {
        const loss = softmax_loss_function
          ? softmax_loss_function({ labels: targets[i] as Tensor, logits: logit })
          : sparse_softmax_cross_entropy_with_logits({
              labels: reshape(targets[i]!, [-1]),
              logits: logit,
            });
        return times(loss, weights[i]!);
      });
      const sums = add_n(losses);
      if (!average_across_timesteps) return sums;
      return over(sums, plus(add_n(weights), TINY));
    });
  },
);

/** The sum of `sequence_loss_by_example` over the batch, divided by its size unless `average_across_batch` is false. */
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
    logits: readonly Tensor[],
    targets: readonly TensorLike[],
    weights: readonly TensorLike[],
    average_across_timesteps: boolean = true,
    average_across_batch: boolean = true,
    softmax_loss_function: SoftmaxLoss | null = null,
    name: Name = null,
  ): Tensor =>
    nameScope(name, 'sequence_loss', () => {
      const cost = reduce_sum(
        sequence_loss_by_example(logits, targets, weights, {
          average_across_timesteps,
          softmax_loss_function,
        }),
      );
      if (!average_across_batch) return cost;
      return over(cost, cast(shape(targets[0]!).at(0), cost.dtype));
    }),
);

/** The sizes of the inputs and of the outputs of a bucket. */
export type Bucket = readonly [inputs: number, outputs: number];

function checkLength(what: string, length: number, least: number): void {
  if (length >= least) return;
  throw new ValueError(
    `Length of ${what} (${length}) must be at least that of last bucket (${least}).`,
  );
}

/**
 * One model per bucket, `seq2seq(encoder_inputs, decoder_inputs)` of as many steps as the bucket says,
 * with shared variables: the outputs and the loss of each. ValueError where the last bucket is longer
 * than what is given.
 */
export const model_with_buckets = fn(
  [
    'encoder_inputs',
    'decoder_inputs',
    'targets',
    'weights',
    'buckets',
    'seq2seq',
    'softmax_loss_function',
    'per_example_loss',
    'name',
  ],
  (
    encoder_inputs: readonly Tensor[],
    decoder_inputs: readonly Tensor[],
    targets: readonly Tensor[],
    weights: readonly Tensor[],
    buckets: readonly Bucket[],
    seq2seq: (encoder_inputs: Tensor[], decoder_inputs: Tensor[]) => Decoded,
    softmax_loss_function: SoftmaxLoss | null = null,
    per_example_loss: boolean = false,
    name: Name = null,
  ): [outputs: Tensor[][], losses: Tensor[]] => {
    const [inputs, outputs] = buckets.at(-1)!;
    checkLength('encoder_inputs', encoder_inputs.length, inputs);
    checkLength('targets', targets.length, outputs);
    checkLength('weights', weights.length, outputs);
    const lossOf = per_example_loss ? sequence_loss_by_example : sequence_loss;
    return nameScope(name, 'model_with_buckets', () => {
      const models = buckets.map(([read, written], i) => {
        const scope = variable_scope(get_variable_scope(), { reuse: i > 0 ? true : null });
        return with_(scope, () => {
          const [made] = seq2seq(encoder_inputs.slice(0, read), decoder_inputs.slice(0, written));
          const wanted = [targets.slice(0, written), weights.slice(0, written)] as const;
          return [made, lossOf(made, ...wanted, { softmax_loss_function })] as const;
        });
      });
      return [models.map(([made]) => made), models.map(([, loss]) => loss)];
    });
  },
);
