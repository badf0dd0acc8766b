/**
 * `tf.contrib.crf`: linear-chain conditional random fields. A sequence of tags scores the sum of the
 * unary scores of its tags and of the transitions between neighbours; its likelihood is that against
 * all sequences, which the forward recursion sums as a recurrent network (Lafferty et al., 2001).
 */

import { cond } from '../control/cond.ts';
import { toTensor } from '../core/convert.ts';
import { float32, int32, int64, type TypedArray } from '../core/dtype.ts';
import { fn } from '../core/signature.ts';
import type { Literal, Tensor, TensorLike } from '../core/tensor.ts';
import { knownFlag } from '../layers/smart_cond.ts';
import { toLiteral } from '../numpy/index.ts';
import { maximum } from '../ops/arithmetic.ts';
import {
  concat,
  expand_dims,
  fill,
  gather,
  gather_nd,
  reshape,
  shape,
  slice,
  squeeze,
  zeros_like,
} from '../ops/array.ts';
import { cast } from '../ops/cast.ts';
import { equal, less_equal } from '../ops/compare.ts';
import { constant } from '../ops/constant.ts';
import { minus, plus, times } from '../ops/infix.ts';
import { sequence_mask } from '../ops/masks.ts';
import { reverse_sequence } from '../ops/move.ts';
import { argmax, reduce_logsumexp, reduce_max, reduce_sum } from '../ops/reduce.ts';
import { where } from '../ops/search.ts';
import { range } from '../ops/sequence.ts';
import { get_variable } from '../variables/get_variable.ts';
import {
  CrfDecodeBackwardRnnCell,
  CrfDecodeForwardRnnCell,
  CrfForwardRnnCell,
} from './crf_cells.ts';
import { dynamic_rnn } from './dynamic.ts';

/** Numbers that are integers unless they are tensors or arrays of another type. */
const wholes = (value: TensorLike): Tensor => toTensor(value, null, null, int32);

/** What `single` builds for sequences of one step, `several` for others; decided in the run if unknown. */
function byLength<T>(inputs: Tensor, single: () => T, several: () => T): T {
  const known = inputs.shape.at(1).value;
  const steps = known === null ? shape(inputs).at(1) : constant(known, int32);
  const isSingle = equal(steps, constant(1, int32));
  const flag = knownFlag(isSingle);
  if (flag !== null) return flag ? single() : several();
  return cond(isSingle, single, several) as T;
}

/** `scores`, 0 for sequences without a step. */
function ofNonempty(scores: Tensor, lengths: Tensor): Tensor {
  const isEmpty = less_equal(lengths, constant(0, lengths.dtype.base_dtype));
  return where(isEmpty, zeros_like(scores), scores);
}

/** The number of transitions of each sequence. */
function transitionCounts(lengths: Tensor): Tensor {
  return maximum(constant(0, lengths.dtype.base_dtype), minus(lengths, 1));
}

/**
 * The unary scores `[batch]` of tag sequences: the sums of `inputs` at the tags, up to the lengths.
 *
 * @param tag_indices `[batch, time]` int32 or int64
 * @param sequence_lengths `[batch]`
 * @param inputs `[batch, time, tags]` unary potentials
 */
export const crf_unary_score = fn(
  ['tag_indices', 'sequence_lengths', 'inputs'],
  (tag_indices: TensorLike, sequence_lengths: TensorLike, inputs: TensorLike): Tensor => {
    const [tags, scores] = [wholes(tag_indices), toTensor(inputs)];
    const [batch, time, depth] = [0, 1, 2].map((axis) => shape(scores).at(axis)) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    const rows = expand_dims(times(times(range(batch), time), depth), 1);
    const offsets = plus(rows, expand_dims(times(range(time), depth), 0));
    const places = plus(tags.dtype === int64 ? cast(offsets, int64) : offsets, tags);
    const flat = gather(reshape(scores, [-1]), reshape(places, [-1]));
    const unary = reshape(flat, [batch, time]);
    const mask = sequence_mask(wholes(sequence_lengths), shape(tags).at(1), float32);
    return reduce_sum(times(unary, mask), 1);
  },
);

/**
 * The transition scores `[batch]` of tag sequences, up to the lengths.
 *
 * @param tag_indices `[batch, time]` int32 or int64
 * @param transition_params `[tags, tags]`: the score of going from row to column
 */
export const crf_binary_score = fn(
  ['tag_indices', 'sequence_lengths', 'transition_params'],
  (
    tag_indices: TensorLike,
    sequence_lengths: TensorLike,
    transition_params: TensorLike,
  ): Tensor => {
    const [tags, transitions] = [wholes(tag_indices), toTensor(transition_params)];
    const count = minus(shape(tags).at(1), 1);
    const depth = transitions.shape.at(0).value ?? shape(transitions).at(0);
    const starts = slice(tags, [0, 0], [-1, count]);
    const ends = slice(tags, [0, 1], [-1, count]);
    const places = plus(times(starts, depth), ends);
    const binary = gather(reshape(transitions, [-1]), places);
    const mask = sequence_mask(wholes(sequence_lengths), shape(tags).at(1), float32);
    return reduce_sum(times(binary, slice(mask, [0, 1], [-1, -1])), 1);
  },
);

/**
 * The scores `[batch]` of tag sequences, not normalized.
 *
 * @param inputs `[batch, time, tags]` unary potentials
 * @param tag_indices `[batch, time]` int32 or int64
 * @param sequence_lengths `[batch]`: how many steps count
 * @param transition_params `[tags, tags]`
 */
export const crf_sequence_score = fn(
  ['inputs', 'tag_indices', 'sequence_lengths', 'transition_params'],
  (
    inputs: TensorLike,
    tag_indices: TensorLike,
    sequence_lengths: TensorLike,
    transition_params: TensorLike,
  ): Tensor => {
    const [scores, tags] = [toTensor(inputs), wholes(tag_indices)];
    const lengths = wholes(sequence_lengths);
    const single = () => {
      const type = tags.dtype.base_dtype;
      const batch = shape(scores, null, type).at(0);
      const rows = reshape(range(batch, null, constant(1, type), type), [-1, 1]);
      const chosen = gather_nd(squeeze(scores, [1]), concat([rows, tags], 1));
      return ofNonempty(chosen, lengths);
    };
    const several = () =>
      plus(
        crf_unary_score(tags, lengths, scores),
        crf_binary_score(tags, lengths, transition_params),
      );
    return byLength(scores, single, several);
  },
);

/**
 * The logarithm `[batch]` of the summed scores of all tag sequences: what normalizes a likelihood.
 *
 * @param inputs `[batch, time, tags]` unary potentials
 * @param sequence_lengths `[batch]`
 * @param transition_params `[tags, tags]`
 */
export const crf_log_norm = fn(
  ['inputs', 'sequence_lengths', 'transition_params'],
  (inputs: TensorLike, sequence_lengths: TensorLike, transition_params: TensorLike): Tensor => {
    const [scores, lengths] = [toTensor(inputs), wholes(sequence_lengths)];
    const first = squeeze(slice(scores, [0, 0, 0], [-1, 1, -1]), [1]);
    const single = () => ofNonempty(reduce_logsumexp(first, [1]), lengths);
    const several = () => {
      const [, alphas] = dynamic_rnn({
        cell: new CrfForwardRnnCell(transition_params),
        inputs: slice(scores, [0, 1, 0], [-1, -1, -1]),
        sequence_length: transitionCounts(lengths),
        initial_state: first,
        dtype: float32,
      });
      return ofNonempty(reduce_logsumexp(alphas, [1]), lengths);
    };
    return byLength(scores, single, several);
  },
);

/**
 * The scores `[batch]` of all tag sequences that `tag_bitmap` allows, together: with one tag allowed
 * at each step, `crf_sequence_score`.
 *
 * @param tag_bitmap `[batch, time, tags]` bool
 */
export const crf_multitag_sequence_score = fn(
  ['inputs', 'tag_bitmap', 'sequence_lengths', 'transition_params'],
  (
    inputs: TensorLike,
    tag_bitmap: TensorLike,
    sequence_lengths: TensorLike,
    transition_params: TensorLike,
  ): Tensor => {
    const scores = toTensor(inputs);
    const filtered = () =>
      where(tag_bitmap, scores, fill(shape(scores), constant(-Infinity, scores.dtype)));
    return byLength(
      scores,
      () => reduce_logsumexp(filtered(), [1, 2]),
      () => crf_log_norm(filtered(), sequence_lengths, transition_params),
    );
  },
);

/**
 * The log likelihoods `[batch]` of tag sequences, and the transition scores: a new variable
 * `transitions` unless they are given.
 *
 * @param inputs `[batch, time, tags]` unary potentials
 * @param tag_indices `[batch, time]` int32 or int64
 * @param sequence_lengths `[batch]`
 */
export const crf_log_likelihood = fn(
  ['inputs', 'tag_indices', 'sequence_lengths', 'transition_params'],
  <T extends TensorLike = Tensor>(
    inputs: TensorLike,
    tag_indices: TensorLike,
    sequence_lengths: TensorLike,
    transition_params: T | null = null,
  ): [log_likelihood: Tensor, transition_params: T] => {
    const scores = toTensor(inputs);
    const depth = scores.shape.at(2).value;
    const transitions: TensorLike =
      transition_params ?? get_variable('transitions', [depth, depth] as number[]);
    const chosen = crf_sequence_score(scores, tag_indices, sequence_lengths, transitions);
    const all = crf_log_norm(scores, sequence_lengths, transitions);
    return [minus(chosen, all), transitions as T];
  },
);

/**
 * The best tag sequences `[batch, time]` int32 and their scores `[batch]`, by Viterbi's recursion.
 *
 * @param potentials `[batch, time, tags]` unary potentials
 * @param transition_params `[tags, tags]`
 * @param sequence_length `[batch]`
 */
export const crf_decode = fn(
  ['potentials', 'transition_params', 'sequence_length'],
  (
    potentials: TensorLike,
    transition_params: TensorLike,
    sequence_length: TensorLike,
  ): [decode_tags: Tensor, best_score: Tensor] => {
    const [scores, lengths] = [toTensor(potentials), wholes(sequence_length)];
    const single = (): [Tensor, Tensor] => {
      const only = squeeze(scores, [1]);
      const best = expand_dims(argmax(only, 1), 1);
      return [cast(best, int32), reduce_max(only, 1)];
    };
    return byLength(scores, single, () => viterbi(scores, transition_params, lengths));
  },
);

/** Viterbi's recursion: forwards for the best score that ends in each tag, backwards along the way it took. */
function viterbi(scores: Tensor, transitions: TensorLike, lengths: Tensor): [Tensor, Tensor] {
  const counts = transitionCounts(lengths);
  const [pointers, last] = dynamic_rnn({
    cell: new CrfDecodeForwardRnnCell(transitions),
    inputs: slice(scores, [0, 1, 0], [-1, -1, -1]),
    sequence_length: counts,
    initial_state: squeeze(slice(scores, [0, 0, 0], [-1, 1, -1]), [1]),
    dtype: int32,
  });
  const final = expand_dims(cast(argmax(last, 1), int32), -1);
  const [tags] = dynamic_rnn({
    cell: new CrfDecodeBackwardRnnCell(scores.shape.at(2).value!),
    inputs: reverse_sequence(pointers, counts, { seq_dim: 1 }),
    sequence_length: counts,
    initial_state: final,
    dtype: int32,
  });
  const backwards = concat([final, squeeze(tags, [2])], 1);
  return [reverse_sequence(backwards, lengths, { seq_dim: 1 }), reduce_max(last, 1)];
}

/**
 * The best tag sequence and its score, of numbers and outside of any graph.
 *
 * @param score `[time, tags]` unary potentials
 * @param transition_params `[tags, tags]`
 */
export const viterbi_decode = fn(
  ['score', 'transition_params'],
  (
    score: Literal | readonly (readonly number[])[],
    transition_params: Literal | readonly (readonly number[])[],
  ): [viterbi: number[], viterbi_score: number] => {
    const unary = toLiteral(score);
    const [steps, depth] = unary.shape as [number, number];
    const x = unary.data as TypedArray;
    const transitions = toLiteral(transition_params).data as TypedArray;
    let best = Array.from({ length: depth }, (_, tag) => x[tag]!);
    const pointers: number[][] = [];
    for (let t = 1; t < steps; t++) {
      const from = best.map((_, to) =>
        indexOfMost(best.map((s, i) => s + transitions[i * depth + to]!)),
      );
      pointers.push(from);
      const past = best;
      best = from.map((i, to) => x[t * depth + to]! + past[i]! + transitions[i * depth + to]!);
    }
    const tags = [indexOfMost(best)];
    for (const from of pointers.reverse()) tags.unshift(from[tags[0]!]!);
    return [tags, Math.max(...best)];
  },
);

function indexOfMost(values: readonly number[]): number {
  return values.indexOf(Math.max(...values));
}
