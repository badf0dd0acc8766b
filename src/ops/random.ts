/**
 * Random numbers. What an op puts out depends on its two seeds and on how often its session ran it;
 * `backend/random` has the kernels, whose numbers are TensorFlow's.
 */

import { toLiteral, toTensor } from '../core/convert.ts';
import { concatDims, withRank } from '../core/dims.ts';
import {
  as_dtype,
  bfloat16,
  type DType,
  float16,
  float32,
  float64,
  int32,
  int64,
} from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { nameScope } from '../core/mode.ts';
import { op } from '../core/op.ts';
import { fn } from '../core/signature.ts';
import type { Dims, Name, Static, Tensor, TensorLike } from '../core/tensor.ts';
import { add, maximum } from './arithmetic.ts';
import { zeros_like } from './fill.ts';
import { integers, shapeOf } from './literals.ts';
import { seedAttrs } from './random_seed.ts';

const FLOATS = 'dtype: {half, bfloat16, float, double}';
const SEEDS = ['seed: int = 0', 'seed2: int = 0'] as const;
const INDICES = 'T: {int32, int64}';

const ofShape = ({ shape }: { shape: Static }): Dims => shapeOf(shape);

// ---- uniform -----------------------------------------------------------------------------------

export const RandomUniform = op('RandomUniform', {
  inputs: ['shape: T'],
  outputs: ['output: dtype'],
  attrs: [...SEEDS, FLOATS, INDICES],
  shape: ofShape,
  stateful: true,
}).gradient(null);

export const RandomUniformInt = op('RandomUniformInt', {
  inputs: ['shape: T', 'minval: Tout', 'maxval: Tout'],
  outputs: ['output: Tout'],
  attrs: [...SEEDS, 'Tout: {int32, int64}', INDICES],
  shape: ofShape,
  stateful: true,
}).gradient(null);

const UNIFORM_TYPES: readonly DType[] = [float16, bfloat16, float32, float64, int32, int64];

/**
 * Uniform numbers in [minval, maxval). Floats are in [0, 1) unless the bounds say otherwise;
 * integers need a `maxval` (ValueError), and are slightly uneven where `maxval - minval` is no power
 * of two.
 */
export const random_uniform = fn(
  ['shape', 'minval', 'maxval', 'dtype', 'seed', 'name'],
  (
    shape: TensorLike,
    minval: TensorLike = 0,
    maxval: TensorLike | null = null,
    dtype: DType = float32,
    seed: number | null = null,
    name: Name = null,
  ): Tensor => {
    const type = as_dtype(dtype);
    if (!UNIFORM_TYPES.includes(type)) throw new ValueError(`Invalid dtype tf.${type.name}`);
    if (maxval === null && type.is_integer) {
      throw new ValueError(`Must specify maxval for integer dtype tf.${type.name}`);
    }
    return nameScope(name, 'random_uniform', (scope) => {
      const size = shapeTensor(shape);
      const low = toTensor(minval, type, 'min');
      const high = toTensor(maxval ?? 1, type, 'max');
      const seeds = seedAttrs(seed);
      if (type.is_integer) {
        return RandomUniformInt({ shape: size, minval: low, maxval: high }, seeds, scope);
      }
      const numbers = RandomUniform({ shape: size }, { ...seeds, dtype: type });
      return add(numbers.multiply(high.subtract(low)), low, scope);
    });
  },
);

/** A shape argument as a tensor: int32 where plain numbers give it. */
function shapeTensor(shape: TensorLike): Tensor {
  return toTensor(integers(shape), null, 'shape');
}

// ---- normal ------------------------------------------------------------------------------------

export const RandomStandardNormal = op('RandomStandardNormal', {
  inputs: ['shape: T'],
  outputs: ['output: dtype'],
  attrs: [...SEEDS, FLOATS, INDICES],
  shape: ofShape,
  stateful: true,
}).gradient(null);

/** Normal numbers of mean `mean` and standard deviation `stddev`, which broadcast over `shape`. */
export const random_normal = fn(
  ['shape', 'mean', 'stddev', 'dtype', 'seed', 'name'],
  (
    shape: TensorLike,
    mean: TensorLike = 0,
    stddev: TensorLike = 1,
    dtype: DType = float32,
    seed: number | null = null,
    name: Name = null,
  ): Tensor =>
    nameScope(name, 'random_normal', (scope) =>
      scaled(RandomStandardNormal, shape, mean, stddev, dtype, seed, scope),
    ),
);

export const TruncatedNormal = op('TruncatedNormal', {
  inputs: ['shape: T'],
  outputs: ['output: dtype'],
  attrs: [...SEEDS, FLOATS, INDICES],
  shape: ofShape,
  stateful: true,
}).gradient(null);

/** Normal numbers, of which those more than two deviations from the mean are drawn again. */
export const truncated_normal = fn(
  ['shape', 'mean', 'stddev', 'dtype', 'seed', 'name'],
  (
    shape: TensorLike,
    mean: TensorLike = 0,
    stddev: TensorLike = 1,
    dtype: DType = float32,
    seed: number | null = null,
    name: Name = null,
  ): Tensor =>
    nameScope(name, 'truncated_normal', (scope) =>
      scaled(TruncatedNormal, shape, mean, stddev, dtype, seed, scope),
    ),
);

function scaled(
  numbers: typeof RandomStandardNormal | typeof TruncatedNormal,
  shape: TensorLike,
  mean: TensorLike,
  stddev: TensorLike,
  dtype: DType,
  seed: number | null,
  scope: string,
): Tensor {
  const type = as_dtype(dtype);
  const size = shapeTensor(shape);
  const center = toTensor(mean, type, 'mean');
  const deviation = toTensor(stddev, type, 'stddev');
  const drawn = numbers({ shape: size }, { ...seedAttrs(seed), dtype: type });
  return add(drawn.multiply(deviation), center, scope);
}

export const ParameterizedTruncatedNormal = op('ParameterizedTruncatedNormal', {
  inputs: ['shape: T', 'means: dtype', 'stdevs: dtype', 'minvals: dtype', 'maxvals: dtype'],
  outputs: ['output: dtype'],
  attrs: [...SEEDS, FLOATS, INDICES],
  shape: ofShape,
  stateful: true,
}).gradient(null);

/**
 * Normal numbers between `minvals` and `maxvals`. The parameters are scalars, or vectors with one
 * element for each row of `shape`.
 */
export const parameterized_truncated_normal = fn(
  ['shape', 'means', 'stddevs', 'minvals', 'maxvals', 'dtype', 'seed', 'name'],
  (
    shape: TensorLike,
    means: TensorLike = 0,
    stddevs: TensorLike = 1,
    minvals: TensorLike = -2,
    maxvals: TensorLike = 2,
    dtype: DType = float32,
    seed: number | null = null,
    name: Name = null,
  ): Tensor =>
    nameScope(name, 'parameterized_truncated_normal', () => {
      const type = as_dtype(dtype);
      const inputs = {
        shape: shapeTensor(shape),
        means: toTensor(means, type, 'means'),
        stdevs: toTensor(stddevs, type, 'stddevs'),
        minvals: toTensor(minvals, type, 'minvals'),
        maxvals: toTensor(maxvals, type, 'maxvals'),
      };
      return ParameterizedTruncatedNormal(inputs, seedAttrs(seed));
    }),
);

// ---- other distributions -----------------------------------------------------------------------

export const Multinomial = op('Multinomial', {
  inputs: ['logits: T', 'num_samples: int32'],
  outputs: ['output: output_dtype'],
  attrs: [...SEEDS, 'T: realnumbertype', 'output_dtype: {int32, int64} = DT_INT64'],
  shape: drawnClasses,
  stateful: true,
}).gradient(null);

/** The static shape of classes drawn from rows of logits. */
export function drawnClasses(inputs: { logits: Static; num_samples: Static }): Dims {
  const [rows] = withRank(inputs.logits.dims, 2);
  withRank(inputs.num_samples.dims, 0);
  const samples = inputs.num_samples.known?.[0] ?? null;
  if (samples !== null && samples < 0) {
    throw new ValueError(
      `Dimension size, given by scalar input 1, must be non-negative but is ${samples}`,
    );
  }
  return [rows!, samples];
}

/**
 * Draws `num_samples` classes for each row of `logits`, the unnormalized log-probabilities of shape
 * [batch, classes]. The result, of shape [batch, num_samples], is int64 unless `output_dtype` says
 * int32.
 */
export const multinomial = fn(
  ['logits', 'num_samples', 'seed', 'name', 'output_dtype'],
  (
    logits: TensorLike,
    num_samples: TensorLike,
    seed: number | null = null,
    name: Name = null,
    output_dtype: DType | null = null,
  ): Tensor =>
    nameScope(name, 'multinomial', () => {
      const rows = toTensor(logits, null, 'logits');
      const type = output_dtype === null ? {} : { output_dtype: as_dtype(output_dtype) };
      return Multinomial({ logits: rows, num_samples }, { ...seedAttrs(seed), ...type });
    }),
);

export const RandomGamma = op('RandomGamma', {
  inputs: ['shape: S', 'alpha: T'],
  outputs: ['output: T'],
  attrs: [...SEEDS, 'S: {int32, int64}', 'T: {half, float, double}'],
  shape: ({ shape, alpha }) => concatDims(shapeOf(shape), alpha.dims),
  stateful: true,
}).gradient(null);

/** The smallest positive normal number of each type: `np.finfo(dtype).tiny`. */
const TINY = new Map<DType, number>([
  [float16, 2 ** -14],
  [float32, 2 ** -126],
  [float64, 2 ** -1022],
]);

/**
 * Gamma numbers of shape `alpha` and inverse scale `beta`: `shape` samples for each element of
 * `alpha` and `beta`, which broadcast. The result has the shape `shape + (alpha + beta).shape`.
 */
export const random_gamma = fn(
  ['shape', 'alpha', 'beta', 'dtype', 'seed', 'name'],
  (
    shape: TensorLike,
    alpha: TensorLike,
    beta: TensorLike | null = null,
    dtype: DType = float32,
    seed: number | null = null,
    name: Name = null,
  ): Tensor =>
    nameScope(name, 'random_gamma', () => {
      const type = as_dtype(dtype);
      const size = toTensor(shape, int32, 'shape');
      const alphas = toTensor(alpha, type, 'alpha');
      const betas = toTensor(beta ?? 1, type, 'beta');
      const broadcast = alphas.add(zeros_like(betas));
      const drawn = RandomGamma({ shape: size, alpha: broadcast }, seedAttrs(seed));
      return maximum(toLiteral(TINY.get(type) ?? 0, type), drawn.truediv(betas));
    }),
);

/** Replaced by RandomPoissonV2; older graphs have it. */
export const RandomPoisson = op('RandomPoisson', {
  inputs: ['shape: S', 'rate: dtype'],
  outputs: ['output: dtype'],
  attrs: [...SEEDS, 'S: {int32, int64}', 'dtype: {half, float, double}'],
  shape: ({ shape, rate }) => concatDims(shapeOf(shape), rate.dims),
  stateful: true,
}).gradient(null);

export const RandomPoissonV2 = op('RandomPoissonV2', {
  inputs: ['shape: S', 'rate: R'],
  outputs: ['output: dtype'],
  attrs: [
    ...SEEDS,
    'S: {int32, int64}',
    'R: {half, float, double, int32, int64} = DT_DOUBLE',
    'dtype: {half, float, double, int32, int64} = DT_INT64',
  ],
  shape: ({ shape, rate }) => concatDims(shapeOf(shape), rate.dims),
  stateful: true,
}).gradient(null);

/**
 * Poisson numbers: `shape` samples for each rate in `lam`. The result has the shape
 * `shape + lam.shape`.
 */
export const random_poisson = fn(
  ['lam', 'shape', 'dtype', 'seed', 'name'],
  (
    lam: TensorLike,
    shape: TensorLike,
    dtype: DType = float32,
    seed: number | null = null,
    name: Name = null,
  ): Tensor =>
    nameScope(name, 'random_poisson', () => {
      const size = toTensor(shape, int32, 'shape');
      const attrs = { ...seedAttrs(seed), dtype: as_dtype(dtype) };
      return RandomPoissonV2({ shape: size, rate: lam }, attrs);
    }),
);

// ---- rows --------------------------------------------------------------------------------------

export const RandomShuffle = op('RandomShuffle', {
  inputs: ['value: T'],
  outputs: ['output: T'],
  attrs: [...SEEDS, 'T: type'],
  shape: ({ value }) => value.dims,
  stateful: true,
}).gradient(null);

/** `value` with its rows, along the first dimension, in random order. */
export const random_shuffle = fn(
  ['value', 'seed', 'name'],
  (value: TensorLike, seed: number | null = null, name: Name = null): Tensor =>
    RandomShuffle({ value }, seedAttrs(seed), name),
);
