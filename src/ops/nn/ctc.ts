/**
 * Connectionist temporal classification: the loss of label sequences that are shorter than the
 * inputs and not aligned with them, and the decoders that read labels off. The last class is the blank.
 */

import { mergeDim, mergeDims, withRank } from '../../core/dims.ts';
import { op } from '../../core/op.ts';
import { fn } from '../../core/signature.ts';
import { SparseTensor } from '../../core/sparse_tensor.ts';
import type { Dims, Static, Tensor, TensorLike } from '../../core/tensor.ts';
import { expand_dims, transpose } from '../array.ts';
import { times } from '../infix.ts';
import { PreventGradient } from '../shape.ts';

/** Why the gradient of the loss has none itself: TF1's words. */
const SECOND_ORDER =
  "Currently there is no way to take the second  derivative of ctc_loss due to the fused implementation's interaction  with tf.gradients()";

/** The batch size that `[time, batch, classes]` inputs and their lengths agree on. */
function batchOf(inputs: Static, sequence_length: Static): number | null {
  const [, batch] = withRank(inputs.dims, 3);
  const [count] = withRank(sequence_length.dims, 1);
  return mergeDim(batch!, count!);
}

export const CTCLoss = op('CTCLoss', {
  inputs: [
    'inputs: float',
    'labels_indices: int64',
    'labels_values: int32',
    'sequence_length: int32',
  ],
  outputs: ['loss: float', 'gradient: float'],
  attrs: [
    'preprocess_collapse_repeated: bool = false',
    'ctc_merge_repeated: bool = true',
    'ignore_longer_outputs_than_inputs: bool = false',
  ],
  shape: ({ inputs, labels_indices, labels_values, sequence_length }) => {
    const [rows] = withRank(labels_indices.dims, 2);
    mergeDims([rows!], withRank(labels_values.dims, 1));
    const batch = batchOf(inputs, sequence_length);
    const [time, , classes] = withRank(inputs.dims, 3);
    return [[batch], [time!, batch, classes!]];
  },
}).gradient((_, [dloss], _attrs, { gradient }) => ({
  inputs: times(
    expand_dims(dloss, -1),
    PreventGradient({ input: gradient }, { message: SECOND_ORDER }),
  ),
  labels_indices: null,
  labels_values: null,
  sequence_length: null,
}));

export const CTCGreedyDecoder = op('CTCGreedyDecoder', {
  inputs: ['inputs: float', 'sequence_length: int32'],
  outputs: [
    'decoded_indices: int64',
    'decoded_values: int64',
    'decoded_shape: int64',
    'log_probability: float',
  ],
  attrs: ['merge_repeated: bool = false'],
  shape: ({ inputs, sequence_length }) => [
    [null, 2],
    [null],
    [2],
    [batchOf(inputs, sequence_length), 1],
  ],
}).gradient(null);

export const CTCBeamSearchDecoder = op('CTCBeamSearchDecoder', {
  inputs: ['inputs: float', 'sequence_length: int32'],
  outputs: [
    'decoded_indices: top_paths * int64',
    'decoded_values: top_paths * int64',
    'decoded_shape: top_paths * int64',
    'log_probability: float',
  ],
  attrs: ['beam_width: int >= 1', 'top_paths: int >= 1', 'merge_repeated: bool = true'],
  shape: ({ inputs, sequence_length }, { top_paths }) => {
    const batch = batchOf(inputs, sequence_length);
    const each = (dims: Dims): Dims[] => new Array<Dims>(top_paths).fill(dims);
    return [...each([null, 2]), ...each([null]), ...each([2]), [batch, top_paths]];
  },
}).gradient(null);

/**
 * The negative log probability of `labels` under all their alignments with the inputs (Graves et al.,
 * 2006), `[batch]`. The softmax of `inputs` is part of the op. InvalidArgumentError where a label
 * sequence is empty or longer than its inputs.
 *
 * @param labels an int32 SparseTensor `[batch, length]`
 * @param inputs `[time, batch, classes]` logits, `[batch, time, classes]` unless `time_major`
 * @param sequence_length `[batch]` int32: how many steps of each input count
 */
export const ctc_loss = fn(
  [
    'labels',
    'inputs',
    'sequence_length',
    'preprocess_collapse_repeated',
    'ctc_merge_repeated',
    'ignore_longer_outputs_than_inputs',
    'time_major',
  ],
  (
    labels: SparseTensor,
    inputs: TensorLike,
    sequence_length: TensorLike,
    preprocess_collapse_repeated: boolean = false,
    ctc_merge_repeated: boolean = true,
    ignore_longer_outputs_than_inputs: boolean = false,
    time_major: boolean = true,
  ): Tensor => {
    if (!(labels instanceof SparseTensor)) {
      throw new TypeError('Expected labels (first argument) to be a SparseTensor');
    }
    const timed = time_major ? inputs : transpose(inputs, [1, 0, 2]);
    const { indices: labels_indices, values: labels_values } = labels;
    const [loss] = CTCLoss(
      { inputs: timed, labels_indices, labels_values, sequence_length },
      { preprocess_collapse_repeated, ctc_merge_repeated, ignore_longer_outputs_than_inputs },
    );
    return loss;
  },
);

/**
 * The labels of the most probable class of each step: repetitions merged if `merge_repeated`, blanks
 * dropped. Gives a list of one SparseTensor, and `[batch, 1]` negative sums of the logits taken.
 *
 * @param inputs `[time, batch, classes]` logits
 * @param sequence_length `[batch]` int32
 */
export const ctc_greedy_decoder = fn(
  ['inputs', 'sequence_length', 'merge_repeated'],
  (
    inputs: TensorLike,
    sequence_length: TensorLike,
    merge_repeated: boolean = true,
  ): [decoded: SparseTensor[], log_probabilities: Tensor] => {
    const [indices, values, shape, logs] = CTCGreedyDecoder(
      { inputs, sequence_length },
      { merge_repeated },
    );
    return [[new SparseTensor(indices, values, shape)], logs];
  },
);

/**
 * The `top_paths` most probable label sequences that a search over `beam_width` prefixes finds: a list
 * of SparseTensors, best first, and their `[batch, top_paths]` log probabilities. `merge_repeated`
 * also merges equal labels next to each other in the result.
 *
 * @param inputs `[time, batch, classes]` logits
 * @param sequence_length `[batch]` int32
 */
export const ctc_beam_search_decoder = fn(
  ['inputs', 'sequence_length', 'beam_width', 'top_paths', 'merge_repeated'],
  (
    inputs: TensorLike,
    sequence_length: TensorLike,
    beam_width: number = 100,
    top_paths: number = 1,
    merge_repeated: boolean = true,
  ): [decoded: SparseTensor[], log_probabilities: Tensor] => {
    const [indices, values, shapes, logs] = CTCBeamSearchDecoder(
      { inputs, sequence_length },
      { beam_width, top_paths, merge_repeated },
    );
    const decoded = indices.map((rows, i) => new SparseTensor(rows, values[i]!, shapes[i]!));
    return [decoded, logs];
  },
);
