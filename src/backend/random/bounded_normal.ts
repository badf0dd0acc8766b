/**
 * Normal numbers between given bounds (ParameterizedTruncatedNormal). Which of three rejection
 * samplers draws them depends on where the bounds lie: see Robert, "Simulation of truncated normal
 * variables", 1995. The arithmetic is that of the output's type.
 */

import { type DType, float64 } from '../../core/dtype.ts';
import { InternalError } from '../../core/errors.ts';
import { roundToBfloat16, roundToHalf } from '../../core/half.ts';
import { invalid } from '../host/box.ts';
import { logFloat } from './box_muller.ts';
import { normal, uniform } from './distributions.ts';
import { BLOCK, type Philox } from './philox.ts';

/** How often a sampler may refuse in a row. */
export const MAX_ITERATIONS = 1000;
/** Bounds this many deviations away leave so much that plain normal numbers are drawn. */
const WIDE = 1.3;

/** One batch's mean, deviation and bounds. */
export interface Bounds {
  readonly mean: number;
  readonly deviation: number;
  readonly low: number;
  readonly high: number;
}

type Floats = Float32Array | Float64Array;
type Round = (x: number) => number;

function rounding(dtype: DType): Round {
  if (dtype === float64) return (x) => x;
  if (dtype.name === 'float16') return roundToHalf;
  return dtype.name === 'bfloat16' ? roundToBfloat16 : Math.fround;
}

/** Draws bounded normal numbers of one float type from one generator, batch after batch. */
export class BoundedNormal {
  private readonly generator: Philox;
  private readonly dtype: DType;
  private readonly round: Round;
  private readonly log: Round;

  constructor(generator: Philox, dtype: DType) {
    const round = rounding(dtype);
    this.generator = generator;
    this.dtype = dtype;
    this.round = round;
    this.log = dtype === float64 ? Math.log : (x) => (x > 0 ? round(logFloat(x)) : -Infinity);
  }

  /** Fills `out[start:end]`. InvalidArgumentError for bounds that enclose nothing. */
  fill(out: Floats, start: number, end: number, bounds: Bounds): void {
    const { round: r } = this;
    let { mean, deviation, low, high } = bounds;
    if (!(deviation > 0 && low < high && (Number.isFinite(low) || Number.isFinite(high)))) {
      invalid('Invalid parameters');
    }
    if (low === -Infinity || high < mean) {
      [low, high] = [high, low];
      deviation = -deviation;
    }
    const from = r(r(low - mean) / deviation);
    const to = r(r(high - mean) / deviation);
    const root = r(Math.sqrt(r(r(from * from) + 4)));
    const exponent = r(0.5 + r(r(from * r(from - root)) / 4));
    const cutoff = r(r(2 * r(Math.exp(exponent))) / r(from + root));
    const next = this.sampler(from, to, cutoff, root);
    for (let i = start; i < end; i++) out[i] = r(r(next() * deviation) + mean);
  }

  private sampler(from: number, to: number, cutoff: number, root: number): () => number {
    if ((from < -WIDE && to >= 0) || (to > WIDE && from <= 0)) return this.plain(from, to);
    const width = this.round(to - from);
    return width < cutoff ? this.flat(from, width) : this.exponential(from, to, root);
  }

  private block(fill: (g: Philox, dtype: DType, out: Floats) => void): Floats {
    const out = this.dtype === float64 ? new Float64Array(BLOCK / 2) : new Float32Array(BLOCK);
    fill(this.generator, this.dtype, out);
    return out;
  }

  /** Normal numbers, kept if they lie between the bounds. */
  private plain(from: number, to: number): () => number {
    let numbers: Floats = new Float32Array(0);
    let at = 0;
    return () => {
      for (let refused = 0; ; refused++) {
        if (refused > MAX_ITERATIONS) exhausted('randn rejection sampler failed to accept');
        if (at === numbers.length) [numbers, at] = [this.block(normal), 0];
        const x = numbers[at++]!;
        if (x >= from && x <= to) return x;
      }
    };
  }

  /** Uniform numbers between the bounds, kept as often as the density says. */
  private flat(from: number, width: number): () => number {
    const { round: r } = this;
    const best = from < 0 ? 0 : r(from * from);
    let places: Floats = new Float32Array(0);
    let chances: Floats = places;
    let at = 0;
    return () => {
      for (let refused = 0; ; refused++) {
        if (refused >= MAX_ITERATIONS) exhausted('uniform rejection sampler failed to  accept');
        if (at === places.length) {
          [places, chances, at] = [this.block(uniform), this.block(uniform), 0];
        }
        const z = r(r(places[at]! * width) + from);
        const accepted = chances[at]! <= r(Math.exp(r(r(best - r(z * z)) / 2)));
        at++;
        if (accepted) return z;
      }
    };
  }

  /** Exponential numbers beyond the lower bound, kept as often as the density says. */
  private exponential(from: number, to: number, root: number): () => number {
    const { round: r } = this;
    const alpha = r(r(from + root) / 2);
    let numbers: Floats = new Float32Array(0);
    let at = 0;
    return () => {
      for (let refused = 0; ; refused++) {
        if (refused >= MAX_ITERATIONS) {
          exhausted('exponential distribution rejection sampler failed to accept');
        }
        if (at === numbers.length) [numbers, at] = [this.block(uniform), 0];
        const z = r(r(-this.log(numbers[at]!) / alpha) + from);
        const x = from < alpha ? r(alpha - z) : r(from - alpha);
        const chance = r(Math.exp(r(r(-x * x) / 2)));
        const accepted = numbers[at + 1]! <= chance && z < to;
        at += 2;
        if (accepted) return z;
      }
    };
  }
}

function exhausted(what: string): never {
  throw new InternalError(null, null, `TruncatedNormal ${what} a sample.`);
}
