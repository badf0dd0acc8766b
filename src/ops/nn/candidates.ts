/** Candidate sampling: some of very many classes, drawn at random, that stand for all of them in a loss. */

import { toTensor } from '../../core/convert.ts';
import { mergeDim, withRank } from '../../core/dims.ts';
import { int64 } from '../../core/dtype.ts';
import { namedtuple } from '../../core/namedtuple.ts';
import { op } from '../../core/op.ts';
import { fn } from '../../core/signature.ts';
import type { Dims, Name, Static, Tensor, TensorLike } from '../../core/tensor.ts';
import { seedAttrs } from '../random_seed.ts';

const OUTPUTS = [
  'sampled_candidates: int64',
  'true_expected_count: float',
  'sampled_expected_count: float',
] as const;
const COUNTS = ['num_true: int >= 1', 'num_sampled: int >= 1', 'unique: bool'] as const;
const SEEDS = ['seed: int = 0', 'seed2: int = 0'] as const;
const RANGED = [...COUNTS, 'range_max: int >= 1', ...SEEDS] as const;

interface Counts {
  readonly num_true: number;
  readonly num_sampled: number;
}

function sampleDims(
  { true_classes }: { readonly true_classes: Static },
  { num_true, num_sampled }: Counts,
): Dims[] {
  const [batch] = withRank(true_classes.dims, 2);
  return [[num_sampled], [batch!, num_true], [num_sampled]];
}

const sampler = (type: string) =>
  op(type, {
    inputs: ['true_classes: int64'],
    outputs: OUTPUTS,
    attrs: RANGED,
    shape: sampleDims,
    stateful: true,
  }).gradient(null);

export const UniformCandidateSampler = sampler('UniformCandidateSampler');
export const LogUniformCandidateSampler = sampler('LogUniformCandidateSampler');
export const LearnedUnigramCandidateSampler = sampler('LearnedUnigramCandidateSampler');
export const ThreadUnsafeUnigramCandidateSampler = sampler('ThreadUnsafeUnigramCandidateSampler');

export const FixedUnigramCandidateSampler = op('FixedUnigramCandidateSampler', {
  inputs: ['true_classes: int64'],
  outputs: OUTPUTS,
  attrs: [
    ...COUNTS,
    'range_max: int >= 1',
    "vocab_file: string = ''",
    'distortion: float = 1.0',
    'num_reserved_ids: int = 0',
    'num_shards: int >= 1 = 1',
    'shard: int >= 0 = 0',
    'unigrams: list(float) = []',
    ...SEEDS,
  ],
  shape: sampleDims,
  stateful: true,
}).gradient(null);

export const AllCandidateSampler = op('AllCandidateSampler', {
  inputs: ['true_classes: int64'],
  outputs: OUTPUTS,
  attrs: [...COUNTS, ...SEEDS],
  shape: sampleDims,
  stateful: true,
}).gradient(null);

export const ComputeAccidentalHits = op('ComputeAccidentalHits', {
  inputs: ['true_classes: int64', 'sampled_candidates: int64'],
  outputs: ['indices: int32', 'ids: int64', 'weights: float'],
  attrs: ['num_true: int', ...SEEDS],
  shape: ({ true_classes }, { num_true }) => {
    const [, width] = withRank(true_classes.dims, 2);
    mergeDim(width!, num_true);
    return [[null], [null], [null]];
  },
}).gradient(null);

/** What every sampler gives. */
const CandidateSample = namedtuple('CandidateSample', [
  'sampled_candidates',
  'true_expected_count',
  'sampled_expected_count',
]);

type RangedSampler = typeof UniformCandidateSampler;

const sampling = (build: RangedSampler) =>
  fn(
    ['true_classes', 'num_true', 'num_sampled', 'unique', 'range_max', 'seed', 'name'],
    (
      true_classes: TensorLike,
      num_true: number,
      num_sampled: number,
      unique: boolean,
      range_max: number,
      seed: number | null = null,
      name: Name = null,
    ) => {
      const attrs = { num_true, num_sampled, unique, range_max, ...seedAttrs(seed) };
      return new CandidateSample(...build({ true_classes }, attrs, name));
    },
  );

/**
 * Samples `num_sampled` classes in `[0, range_max)` uniformly, without repetition where `unique`.
 *
 * @param true_classes `[batch, num_true]` int64: the classes whose expected counts are wanted.
 * @returns `[sampled_candidates, true_expected_count, sampled_expected_count]`
 */
export const uniform_candidate_sampler = sampling(UniformCandidateSampler);

/**
 * Samples classes with probability `log((class + 2) / (class + 1)) / log(range_max + 1)`: right for
 * classes in the order of falling frequency.
 */
export const log_uniform_candidate_sampler = sampling(LogUniformCandidateSampler);

/** Samples classes as often as it saw them among the `true_classes` of earlier runs. */
export const learned_unigram_candidate_sampler = sampling(LearnedUnigramCandidateSampler);

/** Samples classes in proportion to `unigrams`, each to the power `distortion`. */
export const fixed_unigram_candidate_sampler = fn(
  [
    'true_classes',
    'num_true',
    'num_sampled',
    'unique',
    'range_max',
    'vocab_file',
    'distortion',
    'num_reserved_ids',
    'num_shards',
    'shard',
    'unigrams',
    'seed',
    'name',
  ],
  (
    true_classes: TensorLike,
    num_true: number,
    num_sampled: number,
    unique: boolean,
    range_max: number,
    vocab_file: string = '',
    distortion: number = 1,
    num_reserved_ids: number = 0,
    num_shards: number = 1,
    shard: number = 0,
    unigrams: readonly number[] = [],
    seed: number | null = null,
    name: Name = null,
  ) => {
    const weights = { vocab_file, distortion, num_reserved_ids, num_shards, shard, unigrams };
    const attrs = { num_true, num_sampled, unique, range_max, ...weights, ...seedAttrs(seed) };
    return new CandidateSample(...FixedUnigramCandidateSampler({ true_classes }, attrs, name));
  },
);

/** Gives the classes `[0, num_sampled)`, all of them: for comparison with real samplers. */
export const all_candidate_sampler = fn(
  ['true_classes', 'num_true', 'num_sampled', 'unique', 'seed', 'name'],
  (
    true_classes: TensorLike,
    num_true: number,
    num_sampled: number,
    unique: boolean,
    seed: number | null = null,
    name: Name = null,
  ) => {
    const attrs = { num_true, num_sampled, unique, ...seedAttrs(seed) };
    return new CandidateSample(...AllCandidateSampler({ true_classes }, attrs, name));
  },
);

/**
 * Finds the sampled candidates that are true classes of an example.
 *
 * @returns `[indices, ids, weights]`: the example, the position in the sample, and the lowest float32.
 */
export const compute_accidental_hits = fn(
  ['true_classes', 'sampled_candidates', 'num_true', 'seed', 'name'],
  (
    true_classes: TensorLike,
    sampled_candidates: TensorLike,
    num_true: number,
    seed: number | null = null,
    name: Name = null,
  ): readonly [Tensor, Tensor, Tensor] =>
    ComputeAccidentalHits(
      { true_classes, sampled_candidates: toTensor(sampled_candidates, int64) },
      { num_true, ...seedAttrs(seed) },
      name,
    ),
);
