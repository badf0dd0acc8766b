/** Losses over very many classes that are computed on the true ones and a few sampled ones. */

import { toTensor } from '../../core/convert.ts';
import { int32, int64 } from '../../core/dtype.ts';
import { nameScope } from '../../core/mode.ts';
import { fn } from '../../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../../core/tensor.ts';
import { multiply } from '../arithmetic.ts';
import {
  concat,
  expand_dims,
  ones,
  ones_like,
  reshape,
  shape,
  slice,
  stack,
  stop_gradient,
  zeros_like,
} from '../array.ts';
import { cast } from '../cast.ts';
import { sparse_to_dense } from '../gather.ts';
import { matmul } from '../linear.ts';
import { integers } from '../literals.ts';
import { log } from '../math.ts';
import { compute_accidental_hits, log_uniform_candidate_sampler } from './candidates.ts';
import {
  sigmoid_cross_entropy_with_logits,
  softmax_cross_entropy_with_logits,
} from './cross_entropy.ts';
import { embedding_lookup, type PartitionStrategy } from './embedding.ts';

/** `[sampled_candidates, true_expected_count, sampled_expected_count]`, as samplers give them. */
type Sampled = Iterable<Tensor>;

interface Sampling {
  readonly weights: TensorLike | readonly TensorLike[];
  readonly biases: TensorLike | readonly TensorLike[];
  readonly labels: Tensor;
  readonly inputs: Tensor;
  readonly num_sampled: number;
  readonly num_classes: number;
  readonly num_true: number;
  readonly sampled_values: Sampled | null;
  readonly remove_accidental_hits: boolean;
  readonly partition_strategy: PartitionStrategy;
  readonly seed: number | null;
}

/** The sum of each row of a matrix, as a product: its gradient is cheaper than a reduction's. */
function sumRows(x: Tensor): Tensor {
  const columns = shape(x).at(1);
  return reshape(matmul(x, ones(stack([columns, 1]), x.dtype.base_dtype)), [-1]);
}

function sampleOf(s: Sampling): readonly [Tensor, Tensor, Tensor] {
  const { labels, num_true, num_sampled, num_classes, seed } = s;
  const sample =
    s.sampled_values ??
    log_uniform_candidate_sampler(labels, num_true, num_sampled, true, num_classes, seed);
  const [candidates, trueCount, sampledCount] = [...sample].map((t) => stop_gradient(t));
  return [cast(candidates!, int64), trueCount!, sampledCount!];
}

/** The logits of the true classes, without biases: each input's product with its rows of `weights`. */
function trueLogits(inputs: Tensor, weights: Tensor, num_true: number): Tensor {
  const depth = shape(weights).at('1:2');
  const perExample = reshape(weights, concat([integers([-1, num_true]), depth], 0));
  const dots = multiply(expand_dims(inputs, 1), perExample);
  const rows = reshape(dots, concat([integers([-1]), depth], 0));
  return reshape(sumRows(rows), [-1, num_true]);
}

/** A matrix with the lowest float where a sampled class is a true class of the example. */
function accidentalHits(s: Sampling, candidates: Tensor, logits: Tensor): Tensor {
  const [rows, ids, weights] = compute_accidental_hits(s.labels, candidates, s.num_true);
  const columns = reshape(cast(ids, int32), [-1, 1]);
  const places = concat([reshape(rows, [-1, 1]), columns], 1, 'sparse_indices');
  const sizes = concat([shape(s.labels).at(':1'), expand_dims(integers(s.num_sampled), 0)], 0);
  const values = cast(weights, logits.dtype.base_dtype);
  return sparse_to_dense(places, sizes, values, 0, false);
}

/** `[logits, labels]`, both `[batch, num_true + num_sampled]`: true classes first. */
function sampledLogits(s: Sampling, name: Name): readonly [Tensor, Tensor] {
  return nameScope(name, 'compute_sampled_logits', () => {
    const flat = reshape(s.labels, [-1]);
    const [candidates, trueCount, sampledCount] = sampleOf(s);
    const ids = concat([flat, candidates], 0);
    const { inputs, num_true, partition_strategy } = s;
    const rows = embedding_lookup(s.weights, ids, { partition_strategy });
    const count = () => shape(flat).at(0);
    const trueRows = slice(rows, [0, 0], stack([count(), -1]));
    const sampledRows = slice(rows, stack([count(), 0]), [-1, -1]);
    let sampled = matmul(inputs, sampledRows, false, true);
    const offsets = embedding_lookup(s.biases, ids, { partition_strategy });
    const trueOffsets = slice(offsets, [0], shape(flat));
    const sampledOffsets = slice(offsets, shape(flat), [-1]);
    let truth = trueLogits(inputs, trueRows, num_true);
    truth = truth.add(reshape(trueOffsets, [-1, num_true]));
    sampled = sampled.add(sampledOffsets);
    if (s.remove_accidental_hits) sampled = sampled.add(accidentalHits(s, candidates, sampled));
    // Subtracting log Q makes up for classes being sampled at different rates.
    truth = truth.subtract(log(trueCount));
    sampled = sampled.subtract(log(sampledCount));
    const logits = concat([truth, sampled], 1);
    const labels = concat([ones_like(truth).div(num_true), zeros_like(sampled)], 1);
    return [logits, labels];
  });
}

type Weights = TensorLike | readonly TensorLike[];

const int64Labels = (labels: TensorLike): Tensor => {
  const t = toTensor(labels, null, 'labels', int64);
  return t.dtype.base_dtype === int64 ? t : cast(t, int64);
};

/**
 * The noise-contrastive estimation loss (Gutmann and Hyvarinen 2010) of each example: the true
 * classes are told apart from sampled ones.
 *
 * @param weights `[num_classes, dim]`, or a list of parts of it.
 * @param labels `[batch, num_true]` int64 classes, numbered by falling frequency.
 * @param sampled_values What a candidate sampler gave; a log-uniform one is asked otherwise.
 * @returns `[batch]` losses.
 */
export const nce_loss = fn(
  [
    'weights',
    'biases',
    'labels',
    'inputs',
    'num_sampled',
    'num_classes',
    'num_true',
    'sampled_values',
    'remove_accidental_hits',
    'partition_strategy',
    'name',
  ],
  (
    weights: Weights,
    biases: Weights,
    labels: TensorLike,
    inputs: TensorLike,
    num_sampled: number,
    num_classes: number,
    num_true: number = 1,
    sampled_values: Sampled | null = null,
    remove_accidental_hits: boolean = false,
    partition_strategy: PartitionStrategy = 'mod',
    name: Name = 'nce_loss',
  ): Tensor => {
    const [logits, targets] = sampledLogits(
      {
        weights,
        biases,
        labels: int64Labels(labels),
        inputs: toTensor(inputs),
        num_sampled,
        num_classes,
        num_true,
        sampled_values,
        remove_accidental_hits,
        partition_strategy,
        seed: null,
      },
      name,
    );
    return sumRows(
      sigmoid_cross_entropy_with_logits({ labels: targets, logits, name: 'sampled_losses' }),
    );
  },
);

/**
 * The softmax cross entropy of each example over its true classes and sampled ones (Jean et al.
 * 2014): for training only, and generally an underestimate.
 *
 * @param labels `[batch, num_true]` int64 classes, numbered by falling frequency.
 * @returns `[batch]` losses.
 */
export const sampled_softmax_loss = fn(
  [
    'weights',
    'biases',
    'labels',
    'inputs',
    'num_sampled',
    'num_classes',
    'num_true',
    'sampled_values',
    'remove_accidental_hits',
    'partition_strategy',
    'name',
    'seed',
  ],
  (
    weights: Weights,
    biases: Weights,
    labels: TensorLike,
    inputs: TensorLike,
    num_sampled: number,
    num_classes: number,
    num_true: number = 1,
    sampled_values: Sampled | null = null,
    remove_accidental_hits: boolean = true,
    partition_strategy: PartitionStrategy = 'mod',
    name: Name = 'sampled_softmax_loss',
    seed: number | null = null,
  ): Tensor => {
    const [logits, targets] = sampledLogits(
      {
        weights,
        biases,
        labels: int64Labels(labels),
        inputs: toTensor(inputs),
        num_sampled,
        num_classes,
        num_true,
        sampled_values,
        remove_accidental_hits,
        partition_strategy,
        seed,
      },
      name,
    );
    return softmax_cross_entropy_with_logits({ labels: targets, logits });
  },
);
