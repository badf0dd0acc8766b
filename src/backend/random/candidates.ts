/**
 * The kernels of candidate sampling: classes drawn from a distribution over [0, range), and how
 * often each class is expected among them. The bits are TensorFlow's, used as its samplers use them.
 */

import { float32, int32, int64 } from '../../core/dtype.ts';
import { NotFoundError } from '../../core/errors.ts';
import type { Attrs, KernelContext, Value } from '../../core/kernels.ts';
import { invalid } from '../host/box.ts';
import { kernel } from '../registry.ts';
import { doubleOf } from './box_muller.ts';
import { Stream, Words } from './philox.ts';

// ---- numbers from words ------------------------------------------------------------------------

/** A uniform integer in [0, n) from 32-bit words, without bias. */
function uniform32(words: Words, n: number): number {
  if ((n & (n - 1)) === 0) return (words.next() & (n - 1)) >>> 0;
  const rejected = (0xffffffff % n) + 1;
  for (;;) {
    const word = words.next() >>> 0;
    if (word >= rejected) return word % n;
  }
}

const ALL_BITS = 2n ** 64n - 1n;

/** The same from 64-bit words, the lower half first. */
function uniform64(words: Words, range: number): number {
  const n = BigInt(range);
  const rejected = (ALL_BITS % n) + 1n;
  for (;;) {
    const low = BigInt(words.next() >>> 0);
    const word = (BigInt(words.next() >>> 0) << 32n) | low;
    if ((n & (n - 1n)) === 0n) return Number(word & (n - 1n));
    if (word >= rejected) return Number(word % n);
  }
}

/** A float32 in [0, 1) from the lower 23 bits of a word. */
const unitFloat = (words: Words): number => (words.next() & 0x7fffff) / 2 ** 23;

// ---- samplers ----------------------------------------------------------------------------------

/** A distribution over the classes [0, range). */
interface Sampler {
  readonly range: number;
  draw(words: Words): number;
  /** The probability of a class, rounded to float32. */
  probability(value: number): number;
  /** Learns from the true classes of a run. */
  update?(values: ArrayLike<number>): void;
}

class UniformSampler implements Sampler {
  readonly range: number;
  constructor(range: number) {
    this.range = range;
  }
  draw(words: Words): number {
    return uniform64(words, this.range);
  }
  probability(): number {
    return Math.fround(1 / this.range);
  }
}

/** P(class) = log((class + 2) / (class + 1)) / log(range + 1): Zipf's law, about. */
class LogUniformSampler implements Sampler {
  readonly range: number;
  private readonly logRange: number;
  constructor(range: number) {
    this.range = range;
    this.logRange = Math.log1p(range);
  }
  draw(words: Words): number {
    const high = words.next();
    const unit = doubleOf(high, words.next());
    return (Math.trunc(Math.exp(unit * this.logRange)) - 1) % this.range;
  }
  probability(value: number): number {
    return Math.fround(Math.log((value + 2) / (value + 1)) / this.logRange);
  }
}

/** Counts how often it saw each class, starting from one. */
class LearnedSampler implements Sampler {
  readonly range: number;
  private readonly counts: Float64Array;
  private total: number;
  constructor(range: number) {
    this.range = range;
    this.counts = new Float64Array(range).fill(1);
    this.total = range;
  }
  draw(words: Words): number {
    let rest = uniform32(words, this.total);
    let value = 0;
    while (rest >= this.counts[value]!) rest -= this.counts[value++]!;
    return value;
  }
  probability(value: number): number {
    return Math.fround(Math.fround(this.counts[value]!) / this.total);
  }
  update(values: ArrayLike<number>): void {
    for (let i = 0; i < values.length; i++) this.counts[values[i]!]!++;
    this.total += values.length;
  }
}

/** Fixed weights, drawn from by Walker's alias method. */
class WeightedSampler implements Sampler {
  readonly range: number;
  private readonly weights: Float32Array;
  private readonly total: number;
  private readonly kept: Float32Array;
  private readonly alias: Int32Array;

  constructor(weights: Float32Array, total: number) {
    this.weights = weights;
    this.range = weights.length;
    this.total = total;
    this.kept = new Float32Array(this.range);
    this.alias = Int32Array.from(weights, (_, i) => i);
    this.pair();
  }

  /** Gives each class that is rarer than average the rest of its share from one that is not. */
  private pair(): void {
    let sum = 0;
    for (const weight of this.weights) sum += weight;
    const shares = Float64Array.from(this.weights, (w) => Math.fround(w * this.range) / sum);
    const [high, low]: [number[], number[]] = [[], []];
    shares.forEach((share, i) => {
      (share < 1 ? low : high).push(i);
    });
    while (high.length > 0 && low.length > 0) {
      const [poor, rich] = [low.pop()!, high.pop()!];
      this.alias[poor] = rich;
      shares[rich] = shares[rich]! - (1 - shares[poor]!);
      (shares[rich]! < 1 ? low : high).push(rich);
    }
    this.kept.set(shares);
    for (const i of [...high, ...low]) this.kept[i] = 1;
  }

  draw(words: Words): number {
    const unit = unitFloat(words);
    const index = uniform32(words, this.range);
    return unit < this.kept[index]! ? index : this.alias[index]!;
  }
  probability(value: number): number {
    return Math.fround((this.weights[value] ?? 0) / this.total);
  }
}

function fixedSampler(attrs: Attrs): Sampler {
  const unigrams = attrs.unigrams as readonly number[];
  if ((attrs.vocab_file as string) !== '') {
    throw new NotFoundError(null, null, `${attrs.vocab_file}; vocabulary files are not read here`);
  }
  if (unigrams.length === 0) invalid('Must provide either vocab_file or unigrams.');
  const [reserved, shards] = [attrs.num_reserved_ids as number, attrs.num_shards as number];
  const weights: number[] = [];
  let total = 0;
  for (let id = 0; id < reserved + unigrams.length; id++) {
    if (id % shards !== attrs.shard) continue;
    const weight =
      id < reserved
        ? 0
        : Math.fround(unigrams[id - reserved]!) ** Math.fround(attrs.distortion as number);
    total += weight;
    weights.push(weight);
  }
  return new WeightedSampler(Float32Array.from(weights), total);
}

// ---- the op ------------------------------------------------------------------------------------

/** How often a class of probability `p` is expected in a sample of `count` that took `tries`. */
function expectedCount(p: number, count: number, tries: number): number {
  return tries === count ? p * count : -Math.expm1(tries * Math.log1p(-p));
}

interface Draw {
  readonly values: number[];
  readonly tries: number;
}

function drawSample(sampler: Sampler, words: Words, count: number, unique: boolean): Draw {
  if (!unique) {
    return { values: Array.from({ length: count }, () => sampler.draw(words)), tries: count };
  }
  const values = new Set<number>();
  let tries = 0;
  for (; values.size < count; tries++) values.add(sampler.draw(words));
  return { values: [...values], tries };
}

function checkClasses(classes: Value, attrs: Attrs): void {
  const { shape } = classes;
  if (shape.length !== 2) invalid('true_classes must be a matrix');
  if (shape[1] !== attrs.num_true) {
    const counts = `expected: ${shape[1]} was: ${attrs.num_true}`;
    invalid(`true_classes must have num_true columns, ${counts}`);
  }
}

function outputs(
  context: KernelContext,
  classes: Value,
  { values, tries }: Draw,
  probability: (value: number) => number,
): Value[] {
  const sampled = context.alloc(int64, [values.length]);
  const expected = context.alloc(float32, classes.shape);
  const sampledExpected = context.alloc(float32, [values.length]);
  const count = (value: number) => expectedCount(probability(value), values.length, tries);
  (sampled.data as Float64Array).set(values);
  (expected.data as Float32Array).set(Float32Array.from(classes.data as Float64Array, count));
  (sampledExpected.data as Float32Array).set(values.map(count));
  return [sampled, expected, sampledExpected];
}

/** What a sampling operation keeps: its distribution and its stream. */
interface Kept {
  readonly sampler: Sampler;
  readonly stream: Stream;
}

/** 32-bit words that TensorFlow reserves for each candidate, in blocks of four. */
const BLOCKS_PER_CANDIDATE = 512;

function sampling(type: string, make: (attrs: Attrs) => Sampler): void {
  kernel(type, ([classes], attrs, context) => {
    checkClasses(classes!, attrs);
    const count = attrs.num_sampled as number;
    const { sampler, stream } = context.state<Kept>(() => ({
      sampler: make(attrs),
      stream: new Stream(attrs.seed as number, attrs.seed2 as number),
    }));
    if (attrs.unique && count > sampler.range) invalid("Sampler's range is too small.");
    const words = new Words(stream.reserve(count * BLOCKS_PER_CANDIDATE));
    const drawn = drawSample(sampler, words, count, attrs.unique as boolean);
    const result = outputs(context, classes!, drawn, (value) => sampler.probability(value));
    sampler.update?.(classes!.data as Float64Array);
    return result;
  });
}

sampling('UniformCandidateSampler', (attrs) => new UniformSampler(attrs.range_max as number));
sampling('LogUniformCandidateSampler', (attrs) => new LogUniformSampler(attrs.range_max as number));
sampling(
  'LearnedUnigramCandidateSampler',
  (attrs) => new LearnedSampler(attrs.range_max as number),
);
sampling(
  'ThreadUnsafeUnigramCandidateSampler',
  (attrs) => new LearnedSampler(attrs.range_max as number),
);
sampling('FixedUnigramCandidateSampler', fixedSampler);

kernel('AllCandidateSampler', ([classes], attrs, context) => {
  checkClasses(classes!, attrs);
  const count = attrs.num_sampled as number;
  const values = Array.from({ length: count }, (_, i) => i);
  return outputs(context, classes!, { values, tries: 1 }, () => 1);
});

kernel('ComputeAccidentalHits', ([classes, sampled], attrs, context) => {
  checkClasses(classes!, attrs);
  const positions = new Map<number, number>();
  (sampled!.data as Float64Array).forEach((value, i) => {
    positions.set(value, i);
  });
  const width = attrs.num_true as number;
  const [rows, ids]: [number[], number[]] = [[], []];
  (classes!.data as Float64Array).forEach((value, i) => {
    const position = positions.get(value);
    if (position === undefined) return;
    rows.push(Math.floor(i / width));
    ids.push(position);
  });
  const results = [int32, int64, float32].map((dtype) => context.alloc(dtype, [rows.length]));
  (results[0]!.data as Int32Array).set(rows);
  (results[1]!.data as Float64Array).set(ids);
  (results[2]!.data as Float32Array).fill(float32.min);
  return results;
});
