/** `tf.layers`: densely connected layers, dropout and flattening. */

import { toTensor } from '../core/convert.ts';
import type { DType } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { executing_eagerly } from '../core/mode.ts';
import { Operand } from '../core/operand.ts';
import { TensorShape } from '../core/shape.ts';
import { type ArgsOf, fn, signature } from '../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../core/tensor.ts';
import { identity, reshape, shape, transpose } from '../ops/array.ts';
import { tensordot } from '../ops/contraction.ts';
import { zeros_initializer } from '../ops/initializers.ts';
import { matmul } from '../ops/linear.ts';
import { bias_add } from '../ops/nn/bias.ts';
import { dropout as nnDropout } from '../ops/nn/dropout.ts';
import type { Constraint } from '../variables/arguments.ts';
import type { InitializerLike, Reuse } from '../variables/requests.ts';
import type { Variable } from '../variables/variable.ts';
import type { VariableScope } from '../variables/variable_scope.ts';
import { type Activation, type Inputs, Layer, type Regularizer } from './base.ts';
import { InputSpec } from './input_spec.ts';
import { type Flag, smartCond, type Training, trainingFlag } from './smart_cond.ts';

/** An input as a tensor or variable: plain values become tensors. */
export function asInput(inputs: TensorLike): Operand & { readonly dtype: DType } {
  return inputs instanceof Operand ? (inputs as Operand & { dtype: DType }) : toTensor(inputs);
}

const denseArguments = signature(
  [
    'units',
    'activation',
    'use_bias',
    'kernel_initializer',
    'bias_initializer',
    'kernel_regularizer',
    'bias_regularizer',
    'activity_regularizer',
    'kernel_constraint',
    'bias_constraint',
    'trainable',
    'name',
    'dtype',
    '_scope',
    '_reuse',
  ],
  (
    units: number,
    activation: Activation | null = null,
    use_bias: boolean = true,
    kernel_initializer: InitializerLike | null = null,
    bias_initializer: InitializerLike | null = zeros_initializer(),
    kernel_regularizer: Regularizer | null = null,
    bias_regularizer: Regularizer | null = null,
    activity_regularizer: Regularizer | null = null,
    kernel_constraint: Constraint | null = null,
    bias_constraint: Constraint | null = null,
    trainable: boolean = true,
    name: string | null = null,
    dtype: DType | null = null,
    _scope: string | VariableScope | null = null,
    _reuse: Reuse = null,
  ) => ({
    units,
    activation,
    use_bias,
    kernel_initializer,
    bias_initializer,
    kernel_regularizer,
    bias_regularizer,
    kernel_constraint,
    bias_constraint,
    layer: { trainable, name, dtype, activity_regularizer, _scope, _reuse },
  }),
  { objects: ['kernel_initializer', 'bias_initializer'] },
);

/** A densely connected layer: `activation(inputs * kernel + bias)`, over the last axis of inputs. */
export class Dense extends Layer {
  readonly units: number;
  readonly use_bias: boolean;
  readonly activation: Activation | null;
  kernel!: Variable;
  bias: Variable | null = null;
  private readonly given: ReturnType<typeof denseArguments>;

  constructor(...args: ArgsOf<typeof denseArguments>) {
    const given = denseArguments(...args);
    super(given.layer);
    this.given = given;
    this.units = given.units;
    this.use_bias = given.use_bias;
    this.activation = given.activation;
    this.input_spec = new InputSpec({ min_ndim: 2 });
  }

  override build(input_shape: TensorShape): void {
    const width = input_shape.as_list().at(-1) ?? null;
    if (width === null) {
      throw new ValueError(
        'The last dimension of the inputs to `Dense` should be defined. Found `None`.',
      );
    }
    this.input_spec = new InputSpec({ min_ndim: 2, axes: { [-1]: width } });
    const { given } = this;
    this.kernel = this.add_weight('kernel', [width, this.units], {
      initializer: given.kernel_initializer,
      regularizer: given.kernel_regularizer,
      constraint: given.kernel_constraint,
      dtype: this.dtype,
    });
    if (this.use_bias) {
      this.bias = this.add_weight('bias', [this.units], {
        initializer: given.bias_initializer,
        regularizer: given.bias_regularizer,
        constraint: given.bias_constraint,
        dtype: this.dtype,
      });
    }
    this.built = true;
  }

  override call(inputs: Inputs): Tensor {
    const input = toTensor(inputs as TensorLike, this.dtype);
    let outputs = input.shape.ndims! > 2 ? this.acrossAxes(input) : matmul(input, this.kernel);
    if (this.bias !== null) outputs = bias_add(outputs, this.bias);
    return this.activation === null ? outputs : this.activation(outputs);
  }

  private acrossAxes(input: Tensor): Tensor {
    const outputs = tensordot(input, this.kernel, [[input.shape.ndims! - 1], [0]]);
    if (!executing_eagerly()) outputs.set_shape(this.compute_output_shape(input.shape));
    return outputs;
  }

  /** The shape of the result: as the input, with `units` as the last size. */
  compute_output_shape(input_shape: TensorShape): TensorShape {
    return new TensorShape([...input_shape.as_list().slice(0, -1), this.units]);
  }
}

/** A new `Dense` layer applied to `inputs`; with `reuse` it shares the variables of scope `name`. */
export const dense = fn(
  [
    'inputs',
    'units',
    'activation',
    'use_bias',
    'kernel_initializer',
    'bias_initializer',
    'kernel_regularizer',
    'bias_regularizer',
    'activity_regularizer',
    'kernel_constraint',
    'bias_constraint',
    'trainable',
    'name',
    'reuse',
  ],
  (
    inputs: TensorLike,
    units: number,
    activation: Activation | null = null,
    use_bias: boolean = true,
    kernel_initializer: InitializerLike | null = null,
    bias_initializer: InitializerLike | null = zeros_initializer(),
    kernel_regularizer: Regularizer | null = null,
    bias_regularizer: Regularizer | null = null,
    activity_regularizer: Regularizer | null = null,
    kernel_constraint: Constraint | null = null,
    bias_constraint: Constraint | null = null,
    trainable: boolean = true,
    name: Name = null,
    reuse: Reuse = null,
  ): Tensor => {
    const input = asInput(inputs);
    const layer = new Dense({
      units,
      activation,
      use_bias,
      kernel_initializer,
      bias_initializer,
      kernel_regularizer,
      bias_regularizer,
      activity_regularizer,
      kernel_constraint,
      bias_constraint,
      trainable,
      name,
      dtype: input.dtype.base_dtype,
      _scope: name,
      _reuse: reuse,
    });
    return layer.apply(input);
  },
  { objects: ['kernel_initializer', 'bias_initializer'] },
);

// ---- dropout -----------------------------------------------------------------------------------

const dropoutArguments = signature(
  ['rate', 'noise_shape', 'seed', 'name'],
  (
    rate: TensorLike = 0.5,
    noise_shape: readonly number[] | Tensor | null = null,
    seed: number | null = null,
    name: string | null = null,
  ) => ({ rate, noise_shape, seed, name }),
);

/** In training, sets a part `rate` of the inputs to zero and scales the others up to make up for it. */
export class Dropout extends Layer {
  private readonly given: ReturnType<typeof dropoutArguments>;

  constructor(...args: ArgsOf<typeof dropoutArguments>) {
    const given = dropoutArguments(...args);
    super({ name: given.name });
    this.given = given;
  }

  override call(inputs: Inputs, training: Training = false): Tensor {
    const { rate, noise_shape, seed } = this.given;
    const kept = typeof rate === 'number' ? 1 - rate : toTensor(1).subtract(rate);
    const input = inputs as TensorLike;
    return smartCond(
      trainingFlag(training),
      () => nnDropout(input, kept, { noise_shape, seed }),
      () => identity(input),
    );
  }
}

/** A new `Dropout` layer applied to `inputs`; it changes them only if `training`. */
export const dropout = fn(
  ['inputs', 'rate', 'noise_shape', 'seed', 'training', 'name'],
  (
    inputs: TensorLike,
    rate: TensorLike = 0.5,
    noise_shape: readonly number[] | Tensor | null = null,
    seed: number | null = null,
    training: Flag = false,
    name: Name = null,
  ): Tensor => new Dropout(rate, noise_shape, seed, name).apply(asInput(inputs), training),
);

// ---- flatten -----------------------------------------------------------------------------------

const flattenArguments = signature(
  ['data_format', 'name'],
  (data_format: string | null = null, name: string | null = null) => ({ data_format, name }),
);

/** Flattens all axes but the first; images with channels first get them last before. */
export class Flatten extends Layer {
  readonly data_format: string;

  constructor(...args: ArgsOf<typeof flattenArguments>) {
    const { data_format, name } = flattenArguments(...args);
    super({ name });
    this.data_format = dataFormat(data_format);
    this.input_spec = new InputSpec({ min_ndim: 2 });
  }

  override call(inputs: Inputs): Tensor {
    let input = toTensor(inputs as TensorLike);
    const rank = input.shape.ndims!;
    if (this.data_format === 'channels_first') {
      const permutation = [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1];
      input = transpose(input, permutation);
    }
    const outputs = reshape(input, [shape(input).at(0), -1]);
    if (!executing_eagerly()) outputs.set_shape(this.compute_output_shape(input.shape));
    return outputs;
  }

  /** The shape of the result: the first size, and the product of the others. */
  compute_output_shape(input_shape: TensorShape): TensorShape {
    const [first = null, ...rest] = input_shape.as_list();
    const isKnown = rest.every((size) => size !== null);
    const width = isKnown ? rest.reduce<number>((product, size) => product * size!, 1) : null;
    return new TensorShape([first, width]);
  }
}

/** `channels_last` or `channels_first`; ValueError for anything else. */
export function dataFormat(value: string | null): 'channels_last' | 'channels_first' {
  const format = (value ?? 'channels_last').toLowerCase();
  if (format === 'channels_last' || format === 'channels_first') return format;
  throw new ValueError(
    `The \`data_format\` argument must be one of "channels_first", "channels_last". Received: ${format}`,
  );
}

/** A new `Flatten` layer applied to `inputs`. */
export const flatten = fn(
  ['inputs', 'name'],
  (inputs: TensorLike, name: Name = null): Tensor => new Flatten({ name }).apply(asInput(inputs)),
);
