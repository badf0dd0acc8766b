/**
 * Distributions drawn by rejection, or by search: gamma, Poisson, categorical. Each output starts
 * 256 blocks after the one before, so that none depends on how much another one read.
 */

import { doubleOf, normalDoubles } from './box_muller.ts';
import { BLOCK, BLOCKS_PER_OUTPUT, type Philox, Words } from './philox.ts';

type Floats = Float32Array | Float64Array;

/** Uniform and normal doubles of one output: each kind takes a block at a time, its second first. */
class Draws {
  private readonly words = new Int32Array(BLOCK);
  private readonly uniforms = new Float64Array(2);
  private readonly normals = new Float64Array(2);
  private uniformsLeft = 0;
  private normalsLeft = 0;
  private readonly start: Philox;
  private generator: Philox;

  constructor(start: Philox) {
    this.start = start;
    this.generator = start;
  }

  /** Goes to where output number `index` reads. */
  seek(index: number): void {
    this.generator = this.start.clone();
    this.generator.skip(index * BLOCKS_PER_OUTPUT);
    this.uniformsLeft = 0;
    this.normalsLeft = 0;
  }

  uniform(): number {
    const { words, uniforms } = this;
    if (this.uniformsLeft === 0) {
      this.generator.fill(words, 0, 1);
      uniforms[0] = doubleOf(words[0]!, words[1]!);
      uniforms[1] = doubleOf(words[2]!, words[3]!);
      this.uniformsLeft = 2;
    }
    return uniforms[--this.uniformsLeft]!;
  }

  normal(): number {
    if (this.normalsLeft === 0) {
      this.generator.fill(this.words, 0, 1);
      normalDoubles(this.words, this.normals);
      this.normalsLeft = 2;
    }
    return this.normals[--this.normalsLeft]!;
  }
}

/** Calls `draw` for sample `s` of each parameter `p`, and stores what it gives at `[s, p]`. */
function eachSample(
  generator: Philox,
  parameters: ArrayLike<number>,
  out: { [index: number]: number; readonly length: number },
  sampler: (parameter: number, draws: Draws) => () => number,
): void {
  const draws = new Draws(generator);
  const count = parameters.length;
  const samples = count === 0 ? 0 : out.length / count;
  for (let p = 0; p < count; p++) {
    const draw = sampler(parameters[p]!, draws);
    for (let s = 0; s < samples; s++) {
      draws.seek(p * samples + s);
      out[s * count + p] = draw();
    }
  }
}

/**
 * Fills `out`, of shape [samples, ...alphas], with gamma numbers of shape `alphas` and rate 1.
 * Marsaglia and Tsang, "A simple method for generating gamma variables", 2000.
 */
export function gamma(generator: Philox, alphas: ArrayLike<number>, out: Floats): void {
  eachSample(generator, alphas, out, gammaSampler);
}

function gammaSampler(alpha: number, draws: Draws): () => number {
  if (alpha === 1) return () => -Math.log1p(-draws.uniform());
  const small = alpha < 1;
  const d = alpha + (small ? 2 / 3 : -1 / 3);
  const c = 1 / 3 / Math.sqrt(d);
  return () => {
    for (;;) {
      const x = draws.normal();
      const root = 1 + c * x;
      if (root <= 0) continue;
      const v = root * root * root;
      const u = draws.uniform();
      const accepted =
        u < 1 - 0.0331 * (x * x) * (x * x) || Math.log(u) < 0.5 * x * x + d * (1 - v + Math.log(v));
      if (accepted) return small ? d * v * draws.uniform() ** (1 / alpha) : d * v;
    }
  };
}

/**
 * Fills `out`, of shape [samples, ...rates], with Poisson numbers of mean `rates`, none above
 * `highest`. Rates below 10: Knuth's product of uniform numbers; others: Hoermann, "The transformed
 * rejection method for generating Poisson random variables", 1993. Infinity and NaN give
 * themselves.
 */
export function poisson(
  generator: Philox,
  rates: ArrayLike<number>,
  out: { [index: number]: number; readonly length: number },
  highest: number,
): void {
  eachSample(generator, rates, out, (rate, draws) => {
    if (!Number.isFinite(rate)) return () => rate;
    return rate < 10 ? smallPoisson(rate, draws) : largePoisson(rate, draws, highest);
  });
}

function smallPoisson(rate: number, draws: Draws): () => number {
  const limit = Math.exp(-rate);
  return () => {
    let product = draws.uniform();
    let count = 0;
    while (product > limit) {
      product *= draws.uniform();
      count++;
    }
    return count;
  };
}

function largePoisson(rate: number, draws: Draws, highest: number): () => number {
  const logRate = Math.log(rate);
  const b = 0.931 + 2.53 * Math.sqrt(rate);
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const squeeze = 0.9277 - 3.6224 / (b - 2);
  return () => {
    for (;;) {
      const u = draws.uniform() - 0.5;
      const v = draws.uniform();
      const inside = 0.5 - Math.abs(u);
      const k = Math.floor(((2 * a) / inside + b) * u + rate + 0.43);
      if (k > highest) continue;
      if (inside >= 0.07 && v <= squeeze) return k;
      if (k < 0 || (inside < 0.013 && v > inside)) continue;
      const s = Math.log((v * inverseAlpha) / (a / (inside * inside) + b));
      if (s <= -rate + k * logRate - logFactorial(k)) return k;
    }
  };
}

/** log(n!) for a whole n of 0 or more: Stirling's series, or the product below 16. */
export function logFactorial(n: number): number {
  if (n < 16) {
    let product = 1;
    for (let i = 2; i <= n; i++) product *= i;
    return Math.log(product);
  }
  const x = n + 1;
  const r = 1 / (x * x);
  const series = 1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r / 1188)));
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series / x;
}

/**
 * Fills `out`, of shape [rows, samples], with the classes drawn from `logits`, of shape
 * [rows, classes]. A row without a finite logit gives `classes`.
 */
export function categorical(
  generator: Philox,
  logits: ArrayLike<number>,
  classes: number,
  out: { [index: number]: number; readonly length: number },
  samples: number,
): void {
  const words = new Words(generator);
  const totals = new Float64Array(classes);
  for (let at = 0, row = 0; at < out.length; at += samples, row += classes) {
    const total = accumulate(logits, row, totals);
    for (let i = 0; i < samples; i++) {
      const high = words.next();
      out[at + i] = firstAbove(totals, doubleOf(high, words.next()) * total);
    }
  }
}

/** Fills `totals` with the running sums of a row's unnormalized probabilities; gives the last. */
function accumulate(logits: ArrayLike<number>, row: number, totals: Float64Array): number {
  let max = -Infinity;
  for (let j = 0; j < totals.length; j++) {
    const logit = logits[row + j]!;
    if (Number.isFinite(logit) && logit > max) max = logit;
  }
  let total = 0;
  for (let j = 0; j < totals.length; j++) {
    const logit = logits[row + j]!;
    if (Number.isFinite(logit)) total += Math.exp(logit - max);
    totals[j] = total;
  }
  return total;
}

/** The index of the first number above `x` in ascending `numbers`. */
function firstAbove(numbers: Float64Array, x: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle]! > x) high = middle;
    else low = middle + 1;
  }
  return low;
}
