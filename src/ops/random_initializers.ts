/** Initializers that draw random numbers, some at a scale that follows from the variable's shape. */

import { callable } from '../core/callable_class.ts';
import { as_dtype, type DType, float32 } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { type ArgsOf, fn, signature } from '../core/signature.ts';
import type { Tensor, TensorLike } from '../core/tensor.ts';
import { diag_part } from './diag.ts';
import { times } from './infix.ts';
import { type CallArgs, callArgs, floating, Initializer, sizesOf } from './initializers.ts';
import { qr } from './linear_algebra.ts';
import { sign } from './math.ts';
import { matrix_transpose } from './move.ts';
import { random_normal, random_uniform, truncated_normal } from './random.ts';
import { reshape } from './shape.ts';

const uniformArgs = signature(
  ['minval', 'maxval', 'seed', 'dtype'],
  (
    minval: TensorLike = 0,
    maxval: TensorLike | null = null,
    seed: number | null = null,
    dtype: DType = float32,
  ) => ({ minval, maxval, seed, dtype: as_dtype(dtype) }),
);

/** Uniform numbers in [minval, maxval); `maxval` is 1 for floats unless given. */
export class RandomUniform extends Initializer {
  minval: TensorLike;
  maxval: TensorLike | null;
  seed: number | null;
  dtype: DType;

  constructor(...args: ArgsOf<typeof uniformArgs>) {
    super();
    const { minval, maxval, seed, dtype } = uniformArgs(...args);
    this.minval = minval;
    this.maxval = maxval;
    this.seed = seed;
    this.dtype = dtype;
  }
  override call(...args: CallArgs): Tensor {
    const { shape, dtype } = callArgs(...args);
    const { minval, maxval, seed } = this;
    return random_uniform(shape as TensorLike, minval, maxval, dtype ?? this.dtype, seed);
  }
  override get_config(): Record<string, unknown> {
    const { minval, maxval, seed, dtype } = this;
    return { minval, maxval, seed, dtype: dtype.name };
  }
}

const normalArgs = signature(
  ['mean', 'stddev', 'seed', 'dtype'],
  (
    mean: TensorLike = 0,
    stddev: TensorLike = 1,
    seed: number | null = null,
    dtype: DType = float32,
  ) => ({ mean, stddev, seed, dtype: floating(dtype) }),
);

/** Normal numbers of mean `mean` and standard deviation `stddev`. */
export class RandomNormal extends Initializer {
  mean: TensorLike;
  stddev: TensorLike;
  seed: number | null;
  dtype: DType;

  constructor(...args: ArgsOf<typeof normalArgs>) {
    super();
    const { mean, stddev, seed, dtype } = normalArgs(...args);
    this.mean = mean;
    this.stddev = stddev;
    this.seed = seed;
    this.dtype = dtype;
  }
  override call(...args: CallArgs): Tensor {
    const { shape, dtype } = callArgs(...args);
    const { mean, stddev, seed } = this;
    return random_normal(shape as TensorLike, mean, stddev, dtype ?? this.dtype, seed);
  }
  override get_config(): Record<string, unknown> {
    const { mean, stddev, seed, dtype } = this;
    return { mean, stddev, seed, dtype: dtype.name };
  }
}

/** Normal numbers, of which those more than two deviations from the mean are drawn again. */
export class TruncatedNormal extends RandomNormal {
  override call(...args: CallArgs): Tensor {
    const { shape, dtype } = callArgs(...args);
    const { mean, stddev, seed } = this;
    return truncated_normal(shape as TensorLike, mean, stddev, dtype ?? this.dtype, seed);
  }
}

// ---- random numbers whose scale follows from the shape -----------------------------------------

const unitScalingArgs = signature(
  ['factor', 'seed', 'dtype'],
  (factor: number = 1, seed: number | null = null, dtype: DType = float32) => ({
    factor,
    seed,
    dtype: floating(dtype),
  }),
);

/**
 * Uniform numbers within `factor * sqrt(3 / n)`, where n is the product of all sizes but the last:
 * what goes through a linear layer keeps its scale.
 */
export class UniformUnitScaling extends Initializer {
  factor: number;
  seed: number | null;
  dtype: DType;

  constructor(...args: ArgsOf<typeof unitScalingArgs>) {
    super();
    const { factor, seed, dtype } = unitScalingArgs(...args);
    this.factor = factor;
    this.seed = seed;
    this.dtype = dtype;
  }
  override call(...args: CallArgs): Tensor {
    const { shape, dtype, partition_info } = callArgs(...args);
    const sizes = sizesOf(shape);
    const full = partition_info?.full_shape ?? sizes;
    const inputs = Math.max(product(full.slice(0, -1)), 1);
    const limit = Math.sqrt(3 / inputs) * this.factor;
    return random_uniform(sizes, -limit, limit, dtype ?? this.dtype, this.seed);
  }
  override get_config(): Record<string, unknown> {
    const { factor, seed, dtype } = this;
    return { factor, seed, dtype: dtype.name };
  }
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((result, size) => result * size, 1);
}

/** How many inputs and outputs a unit of a weight of this shape has; the last sizes count channels. */
export function fansOf(shape: readonly number[]): [fanIn: number, fanOut: number] {
  if (shape.length < 2) return [shape[0] ?? 1, shape[0] ?? 1];
  const field = product(shape.slice(0, -2));
  return [shape.at(-2)! * field, shape.at(-1)! * field];
}

/** By which fan `VarianceScaling` scales. */
export type FanMode = 'fan_in' | 'fan_out' | 'fan_avg';

const varianceArgs = signature(
  ['scale', 'mode', 'distribution', 'seed', 'dtype'],
  (
    scale: number = 1,
    mode: string = 'fan_in',
    distribution: string = 'normal',
    seed: number | null = null,
    dtype: DType = float32,
  ) => ({ scale, mode, distribution: distribution.toLowerCase(), seed, dtype: floating(dtype) }),
);

/**
 * Truncated normal numbers of standard deviation `sqrt(scale / n)`, or uniform ones of that
 * deviation, where n is the number of inputs, of outputs, or their mean: Glorot and Bengio, 2010;
 * He et al., 2015.
 */
export class VarianceScaling extends Initializer {
  scale: number;
  mode: string;
  distribution: string;
  seed: number | null;
  dtype: DType;

  constructor(...args: ArgsOf<typeof varianceArgs>) {
    super();
    const { scale, mode, distribution, seed, dtype } = varianceArgs(...args);
    if (scale <= 0) throw new ValueError('`scale` must be positive float.');
    if (!['fan_in', 'fan_out', 'fan_avg'].includes(mode)) {
      throw new ValueError(`('Invalid \`mode\` argument:', '${mode}')`);
    }
    if (!['normal', 'uniform'].includes(distribution)) {
      throw new ValueError(`('Invalid \`distribution\` argument:', '${distribution}')`);
    }
    this.scale = scale;
    this.mode = mode;
    this.distribution = distribution;
    this.seed = seed;
    this.dtype = dtype;
  }
  override call(...args: CallArgs): Tensor {
    const { shape, dtype, partition_info } = callArgs(...args);
    const sizes = sizesOf(shape);
    const [fanIn, fanOut] = fansOf(partition_info?.full_shape ?? sizes);
    const fans: Record<string, number> = { fan_in: fanIn, fan_out: fanOut };
    const variance = this.scale / Math.max(1, fans[this.mode] ?? (fanIn + fanOut) / 2);
    const type = dtype ?? this.dtype;
    if (this.distribution === 'normal') {
      return truncated_normal(sizes, 0, Math.sqrt(variance), type, this.seed);
    }
    const limit = Math.sqrt(3 * variance);
    return random_uniform(sizes, -limit, limit, type, this.seed);
  }
  override get_config(): Record<string, unknown> {
    const { scale, mode, distribution, seed, dtype } = this;
    return { scale, mode, distribution, seed, dtype: dtype.name };
  }
}

const orthogonalArgs = signature(
  ['gain', 'seed', 'dtype'],
  (gain: number = 1, seed: number | null = null, dtype: DType = float32) => ({
    gain,
    seed,
    dtype: floating(dtype),
  }),
);

/**
 * A matrix with orthogonal columns, or rows if it has fewer of them, times `gain`: from the QR
 * factorization of normal numbers. Of more than two dimensions, all but the last count as rows.
 */
export class Orthogonal extends Initializer {
  gain: number;
  seed: number | null;
  dtype: DType;

  constructor(...args: ArgsOf<typeof orthogonalArgs>) {
    super();
    const { gain, seed, dtype } = orthogonalArgs(...args);
    this.gain = gain;
    this.seed = seed;
    this.dtype = dtype;
  }
  override call(...args: CallArgs): Tensor {
    const { shape, dtype } = callArgs(...args);
    const sizes = sizesOf(shape);
    if (sizes.length < 2) {
      throw new ValueError('The tensor to initialize must be at least two-dimensional');
    }
    const rows = product(sizes.slice(0, -1));
    const columns = sizes.at(-1)!;
    const flat = rows < columns ? [columns, rows] : [rows, columns];
    const numbers = random_normal(flat, { dtype: dtype ?? this.dtype, seed: this.seed });
    const [q, r] = qr(numbers, { full_matrices: false });
    const uniform = q.multiply(sign(diag_part(r)));
    const matrix = rows < columns ? matrix_transpose(uniform) : uniform;
    return times(this.gain, reshape(matrix, sizes));
  }
  override get_config(): Record<string, unknown> {
    const { gain, seed, dtype } = this;
    return { gain, seed, dtype: dtype.name };
  }
}

// ---- by name -----------------------------------------------------------------------------------

type Distribution = 'normal' | 'uniform';

function glorot(distribution: Distribution) {
  return fn(
    ['seed', 'dtype'],
    (seed: number | null = null, dtype: DType = float32): VarianceScaling =>
      new VarianceScaling(1, 'fan_avg', distribution, seed, dtype),
  );
}

function scaled(scale: number, mode: FanMode, distribution: Distribution) {
  return fn(
    ['seed'],
    (seed: number | null = null): VarianceScaling =>
      new VarianceScaling(scale, mode, distribution, seed),
  );
}

/** Uniform numbers within `sqrt(6 / (inputs + outputs))`, also known as Xavier's. */
export const glorot_uniform_initializer = glorot('uniform');
/** Truncated normal numbers of deviation `sqrt(2 / (inputs + outputs))`. */
export const glorot_normal_initializer = glorot('normal');
/** As `glorot_uniform_initializer`; the `tf.keras` form. */
export const glorot_uniform = scaled(1, 'fan_avg', 'uniform');
/** As `glorot_normal_initializer`; the `tf.keras` form. */
export const glorot_normal = scaled(1, 'fan_avg', 'normal');
/** Uniform numbers within `sqrt(3 / inputs)`. */
export const lecun_uniform = scaled(1, 'fan_in', 'uniform');
/** Truncated normal numbers of deviation `sqrt(1 / inputs)`. */
export const lecun_normal = scaled(1, 'fan_in', 'normal');
/** Uniform numbers within `sqrt(6 / inputs)`. */
export const he_uniform = scaled(2, 'fan_in', 'uniform');
/** Truncated normal numbers of deviation `sqrt(2 / inputs)`. */
export const he_normal = scaled(2, 'fan_in', 'normal');

/** The class `Orthogonal` under TF1's name, with `new` and without. */
export const orthogonal_initializer = callable(Orthogonal);
/** The class `RandomNormal` under TF1's name, with `new` and without. */
export const random_normal_initializer = callable(RandomNormal);
/** The class `RandomUniform` under TF1's name, with `new` and without. */
export const random_uniform_initializer = callable(RandomUniform);
/** The class `TruncatedNormal` under TF1's name, with `new` and without. */
export const truncated_normal_initializer = callable(TruncatedNormal);
/** The class `UniformUnitScaling` under TF1's name, with `new` and without. */
export const uniform_unit_scaling_initializer = callable(UniformUnitScaling);
/** The class `VarianceScaling` under TF1's name, with `new` and without. */
export const variance_scaling_initializer = callable(VarianceScaling);
