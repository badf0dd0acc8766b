/**
 * Batch normalization (Ioffe and Szegedy, 2015): inputs are shifted and scaled to mean 0 and variance 1
 * over the batch, then by `beta` and `gamma`, which are learned. Moving averages of both stand for the
 * batch's once training is over; what updates them is in the collection UPDATE_OPS.
 */

import { toTensor } from '../core/convert.ts';
import { type DType, float16, float32 } from '../core/dtype.ts';
import { NotImplementedError, ValueError, withHint } from '../core/errors.ts';
import { executing_eagerly, nameScope } from '../core/mode.ts';
import type { Operand } from '../core/operand.ts';
import type { TensorShape } from '../core/shape.ts';
import { type ArgsOf, fn, signature } from '../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../core/tensor.ts';
import { identity, reshape } from '../ops/array.ts';
import { cast } from '../ops/cast.ts';
import { constant } from '../ops/constant.ts';
import { minus, times } from '../ops/infix.ts';
import { ones_initializer, zeros_initializer } from '../ops/initializers.ts';
import { moments } from '../ops/nn/moments.ts';
import { fused_batch_norm, batch_normalization as nnBatchNormalization } from '../ops/nn/norm.ts';
import type { Constraint } from '../variables/arguments.ts';
import { assign_moving_average } from '../variables/moving_average.ts';
import type { InitializerLike, Reuse } from '../variables/requests.ts';
import { assign_sub } from '../variables/updates.ts';
import type { Variable } from '../variables/variable.ts';
import type { VariableScope } from '../variables/variable_scope.ts';
import { type Inputs, Layer, type Regularizer } from './base.ts';
import { asInput } from './core.ts';
import { InputSpec } from './input_spec.ts';
import { type Flag, knownFlag, smartCond, type Training, trainingFlag } from './smart_cond.ts';

/** The axes that are normalized each for itself, mostly that of the channels. */
type Axis = number | readonly number[];

const HEAD = [
  'axis',
  'momentum',
  'epsilon',
  'center',
  'scale',
  'beta_initializer',
  'gamma_initializer',
  'moving_mean_initializer',
  'moving_variance_initializer',
  'beta_regularizer',
  'gamma_regularizer',
  'beta_constraint',
  'gamma_constraint',
] as const;
const INITIALIZERS = {
  objects: [
    'beta_initializer',
    'gamma_initializer',
    'moving_mean_initializer',
    'moving_variance_initializer',
  ],
} as const;

const normArguments = signature(
  [
    ...HEAD,
    'renorm',
    'renorm_clipping',
    'renorm_momentum',
    'fused',
    'trainable',
    'virtual_batch_size',
    'adjustment',
    'name',
    'dtype',
    '_scope',
    '_reuse',
  ],
  (
    axis: Axis = -1,
    momentum: number = 0.99,
    epsilon: number = 0.001,
    center: boolean = true,
    scale: boolean = true,
    beta_initializer: InitializerLike = zeros_initializer(),
    gamma_initializer: InitializerLike = ones_initializer(),
    moving_mean_initializer: InitializerLike = zeros_initializer(),
    moving_variance_initializer: InitializerLike = ones_initializer(),
    beta_regularizer: Regularizer | null = null,
    gamma_regularizer: Regularizer | null = null,
    beta_constraint: Constraint | null = null,
    gamma_constraint: Constraint | null = null,
    renorm: boolean = false,
    _renorm_clipping: unknown = null,
    _renorm_momentum: number = 0.99,
    fused: boolean | null = null,
    trainable: boolean = true,
    virtual_batch_size: number | null = null,
    adjustment: unknown = null,
    name: string | null = null,
    dtype: DType | null = null,
    _scope: string | VariableScope | null = null,
    _reuse: Reuse = null,
  ) => {
    refuseVariants({ renorm, virtual_batch_size, adjustment });
    return {
      axis: typeof axis === 'number' ? [axis] : [...axis],
      momentum,
      epsilon,
      center,
      scale,
      beta: {
        initializer: beta_initializer,
        regularizer: beta_regularizer,
        constraint: beta_constraint,
      },
      gamma: {
        initializer: gamma_initializer,
        regularizer: gamma_regularizer,
        constraint: gamma_constraint,
      },
      moving_mean_initializer,
      moving_variance_initializer,
      fused,
      layer: { trainable, name, dtype, _scope, _reuse },
    };
  },
  INITIALIZERS,
);

function refuseVariants(given: Readonly<Record<string, unknown>>): void {
  const asked = Object.keys(given).find((name) => given[name]);
  if (asked === undefined) return;
  throw new NotImplementedError(
    withHint(`Batch normalization does not support \`${asked}\`.`, 'Leave the argument out.'),
  );
}

/** A layer that normalizes over batches. Call it with `training` to use and gather the batch's statistics. */
export class BatchNormalization extends Layer {
  gamma: Variable | null = null;
  beta: Variable | null = null;
  moving_mean!: Variable;
  moving_variance!: Variable;
  /** The normalized axes, counted from the front once the layer is built. */
  axis: number[];
  /** Whether one op does it all, as for images. */
  fused: boolean;
  private readonly given: ReturnType<typeof normArguments>;

  constructor(...args: ArgsOf<typeof normArguments>) {
    const given = normArguments(...args);
    super(given.layer);
    this.given = given;
    this.axis = given.axis;
    this.fused = given.fused ?? true;
  }

  override build(input_shape: TensorShape): void {
    const { ndims } = input_shape;
    if (ndims === null) throw new ValueError(`('Input has undefined rank:', ${input_shape})`);
    this.axis = frontAxes(this.given.axis, ndims);
    const [first] = this.axis;
    this.fused =
      this.fused && ndims === 4 && this.axis.length === 1 && (first === 1 || first === 3);
    const sizes = this.sizesOf(input_shape);
    this.input_spec = new InputSpec({
      ndim: ndims,
      axes: Object.fromEntries(this.axis.map((axis) => [axis, sizes[axis]!])),
    });
    const shape =
      this.axis.length === 1
        ? [sizes[first!]!]
        : sizes.map((size, i) => (this.axis.includes(i) ? size! : 1));
    this.makeWeights(shape);
    this.built = true;
  }

  private sizesOf(input_shape: TensorShape): (number | null)[] {
    const sizes = input_shape.as_list();
    for (const axis of this.axis) {
      if (sizes[axis] !== null) continue;
      throw new ValueError(
        `('Input has undefined \`axis\` dimension. Input shape: ', ${input_shape})`,
      );
    }
    return sizes;
  }

  private makeWeights(shape: readonly number[]): void {
    const { given } = this;
    const dtype = this.parameterType;
    if (given.scale) this.gamma = this.add_weight('gamma', shape, { ...given.gamma, dtype });
    if (given.center) this.beta = this.add_weight('beta', shape, { ...given.beta, dtype });
    const trainable = false;
    this.moving_mean = this.add_weight('moving_mean', shape, {
      initializer: given.moving_mean_initializer,
      dtype,
      trainable,
    });
    this.moving_variance = this.add_weight('moving_variance', shape, {
      initializer: given.moving_variance_initializer,
      dtype,
      trainable,
    });
  }

  /** Half floats are too short for statistics. */
  private get parameterType(): DType {
    return this.dtype === float16 ? float32 : (this.dtype ?? float32);
  }

  override call(inputs: Inputs, training: Training = false): Tensor {
    const input = toTensor(inputs as TensorLike);
    const flag = trainingFlag(training);
    return this.fused ? this.callFused(input, flag) : this.callComposed(input, flag);
  }

  // ---- images --------------------------------------------------------------------------------

  private callFused(input: Tensor, training: Flag): Tensor {
    const { epsilon, momentum } = this.given;
    const data_format = this.axis[0] === 1 ? 'NCHW' : 'NHWC';
    const like = { dtype: this.parameterType, shape: this.moving_mean.get_shape() };
    const beta = this.beta ?? constant(0, like);
    const gamma = this.gamma ?? constant(1, like);
    const results = this.choose(
      training,
      () => fused_batch_norm(input, gamma, beta, { epsilon, data_format }),
      () =>
        fused_batch_norm(input, gamma, beta, {
          mean: this.moving_mean,
          variance: this.moving_variance,
          epsilon,
          is_training: false,
          data_format,
        }),
    );
    const [outputs, mean, variance] = results;
    const known = knownFlag(training);
    if (known === false) return outputs;
    const kept = known
      ? toTensor(momentum)
      : smartCond(
          training,
          () => constant(momentum),
          () => constant(1),
        );
    this.add_update(moved(this.moving_mean, mean, kept), input);
    this.add_update(moved(this.moving_variance, variance, kept), input);
    return outputs;
  }

  /** All results of one branch; where only a run can tell, each is chosen for itself. */
  private choose(
    training: Flag,
    whenTrue: () => readonly [Tensor, Tensor, Tensor],
    whenFalse: () => readonly [Tensor, Tensor, Tensor],
  ): readonly [Tensor, Tensor, Tensor] {
    const known = knownFlag(training);
    if (known !== null) return known ? whenTrue() : whenFalse();
    const [yes, no] = [whenTrue(), whenFalse()];
    const pick = (i: 0 | 1 | 2) =>
      smartCond(
        training,
        () => yes[i],
        () => no[i],
      );
    return [pick(0), pick(1), pick(2)];
  }

  // ---- anything else -------------------------------------------------------------------------

  private callComposed(input: Tensor, training: Flag): Tensor {
    const rank = input.shape.ndims!;
    const reduced = Array.from({ length: rank }, (_, i) => i).filter((i) => !this.axis.includes(i));
    const isLast = this.axis.length === 1 && this.axis[0] === rank - 1;
    const spread = (value: Operand) => (isLast ? value : this.spread(toTensor(value), input));
    const scale = this.gamma === null ? null : spread(this.gamma);
    const offset = this.beta === null ? null : spread(this.beta);
    const [mean, variance] = this.statistics(input, reduced, training);
    const outputs = nnBatchNormalization(
      input,
      spread(mean),
      spread(variance),
      offset,
      scale,
      this.given.epsilon,
    );
    if (!executing_eagerly()) outputs.set_shape(input.shape);
    return outputs;
  }

  /** One number per normalized size, shaped to broadcast with the input. */
  private spread(value: Tensor, input: Tensor): Tensor {
    if (value.shape.ndims === input.shape.ndims) return value;
    const sizes = input.shape.as_list();
    return reshape(
      value,
      sizes.map((size, i) => (i === this.axis[0] ? size! : 1)),
    );
  }

  /** The mean and variance to normalize by: of the batch in training, else the moving ones. */
  private statistics(
    input: Tensor,
    reduced: readonly number[],
    training: Flag,
  ): [Operand, Operand] {
    if (knownFlag(training) === false) return [this.moving_mean, this.moving_variance];
    const [ofBatch, variation] = moments(input, reduced, { keep_dims: this.axis.length > 1 });
    const mean = smartCond(
      training,
      () => ofBatch,
      () => toTensor(this.moving_mean),
    );
    const variance = smartCond(
      training,
      () => variation,
      () => toTensor(this.moving_variance),
    );
    this.add_update(this.movedBy(this.moving_mean, mean, training), input);
    this.add_update(this.movedBy(this.moving_variance, variance, training), input);
    return [mean, variance];
  }

  private movedBy(average: Variable, value: Tensor, training: Flag): Operand {
    const move = () => assign_moving_average(average, value, this.given.momentum, false);
    if (knownFlag(training)) return move();
    return smartCond(
      training,
      () => identity(move()),
      () => identity(average),
    );
  }
}

/** `average` moved towards `value` by the part `1 - momentum`. */
function moved(average: Variable, value: Tensor, momentum: Tensor): Operand {
  return nameScope(null, 'AssignMovingAvg', (name) => {
    const part = cast(minus(1, momentum), average.dtype.base_dtype);
    return assign_sub(average, times(minus(average, value), part), { name });
  });
}

/** Axes counted from the front. ValueError where one is outside or twice there. */
function frontAxes(axes: readonly number[], rank: number): number[] {
  const front = axes.map((axis) => (axis < 0 ? axis + rank : axis));
  for (const axis of front) {
    if (axis < 0 || axis >= rank) throw new ValueError(`Invalid axis: ${axis}`);
  }
  if (new Set(front).size !== front.length) {
    throw new ValueError(`Duplicate axis: [${front.join(', ')}]`);
  }
  return front;
}

/**
 * A new `BatchNormalization` layer applied to `inputs`. The updates of its moving averages run only if
 * a step depends on them: `tf.get_collection(tf.GraphKeys.UPDATE_OPS)`.
 */
export const batch_normalization = fn(
  [
    'inputs',
    ...HEAD,
    'training',
    'trainable',
    'name',
    'reuse',
    'renorm',
    'renorm_clipping',
    'renorm_momentum',
    'fused',
    'virtual_batch_size',
    'adjustment',
  ],
  (
    inputs: TensorLike,
    axis: Axis = -1,
    momentum: number = 0.99,
    epsilon: number = 0.001,
    center: boolean = true,
    scale: boolean = true,
    beta_initializer: InitializerLike = zeros_initializer(),
    gamma_initializer: InitializerLike = ones_initializer(),
    moving_mean_initializer: InitializerLike = zeros_initializer(),
    moving_variance_initializer: InitializerLike = ones_initializer(),
    beta_regularizer: Regularizer | null = null,
    gamma_regularizer: Regularizer | null = null,
    beta_constraint: Constraint | null = null,
    gamma_constraint: Constraint | null = null,
    training: Flag = false,
    trainable: boolean = true,
    name: Name = null,
    reuse: Reuse = null,
    renorm: boolean = false,
    renorm_clipping: unknown = null,
    renorm_momentum: number = 0.99,
    fused: boolean | null = null,
    virtual_batch_size: number | null = null,
    adjustment: unknown = null,
  ): Tensor => {
    const input = asInput(inputs);
    const layer = new BatchNormalization({
      axis,
      momentum,
      epsilon,
      center,
      scale,
      beta_initializer,
      gamma_initializer,
      moving_mean_initializer,
      moving_variance_initializer,
      beta_regularizer,
      gamma_regularizer,
      beta_constraint,
      gamma_constraint,
      renorm,
      renorm_clipping,
      renorm_momentum,
      fused,
      trainable,
      virtual_batch_size,
      adjustment,
      name,
      dtype: input.dtype.base_dtype,
      _reuse: reuse,
      _scope: name,
    });
    return layer.apply(input, training);
  },
  INITIALIZERS,
);
