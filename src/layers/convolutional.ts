/** `tf.layers`: convolutions over images. */

import { toTensor } from '../core/convert.ts';
import type { DType } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import type { TensorShape } from '../core/shape.ts';
import { type ArgsOf, fn, signature } from '../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../core/tensor.ts';
import { zeros_initializer } from '../ops/initializers.ts';
import { bias_add } from '../ops/nn/bias.ts';
import { conv2d as nnConv2d } from '../ops/nn/conv.ts';
import { convolution } from '../ops/nn/convolution.ts';
import type { Constraint } from '../variables/arguments.ts';
import type { InitializerLike, Reuse } from '../variables/requests.ts';
import type { Variable } from '../variables/variable.ts';
import type { VariableScope } from '../variables/variable_scope.ts';
import { type Activation, type Inputs, Layer, type Regularizer } from './base.ts';
import { asInput, dataFormat } from './core.ts';
import { InputSpec } from './input_spec.ts';
import { type Pair, paddingOf, pairOf } from './windows.ts';

const OPTIONS = [
  'filters',
  'kernel_size',
  'strides',
  'padding',
  'data_format',
  'dilation_rate',
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
] as const;

const conv2dArguments = signature(
  [...OPTIONS, 'dtype', '_scope', '_reuse'],
  (
    filters: number,
    kernel_size: Pair,
    strides: Pair = [1, 1],
    padding: string = 'valid',
    data_format: string = 'channels_last',
    dilation_rate: Pair = [1, 1],
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
    filters,
    kernel_size: pairOf(kernel_size, 'kernel_size'),
    strides: pairOf(strides, 'strides'),
    padding: paddingOf(padding),
    data_format: dataFormat(data_format),
    dilation_rate: pairOf(dilation_rate, 'dilation_rate'),
    activation,
    use_bias,
    kernel: {
      initializer: kernel_initializer,
      regularizer: kernel_regularizer,
      constraint: kernel_constraint,
    },
    bias: {
      initializer: bias_initializer,
      regularizer: bias_regularizer,
      constraint: bias_constraint,
    },
    layer: { trainable, name, dtype, activity_regularizer, _scope, _reuse },
  }),
  { objects: ['kernel_initializer', 'bias_initializer'] },
);

/** A convolution over the height and width of images, with a bias and an activation. */
export class Conv2D extends Layer {
  kernel!: Variable;
  bias: Variable | null = null;
  private readonly given: ReturnType<typeof conv2dArguments>;

  constructor(...args: ArgsOf<typeof conv2dArguments>) {
    const given = conv2dArguments(...args);
    super(given.layer);
    this.given = given;
    this.input_spec = new InputSpec({ ndim: 4 });
  }

  override build(input_shape: TensorShape): void {
    const { filters, kernel_size, data_format, use_bias, kernel, bias } = this.given;
    const axis = data_format === 'channels_first' ? 1 : -1;
    const channels = input_shape.as_list().at(axis) ?? null;
    if (channels === null) {
      throw new ValueError('The channel dimension of the inputs should be defined. Found `None`.');
    }
    const { dtype } = this;
    this.kernel = this.add_weight('kernel', [...kernel_size, channels, filters], {
      ...kernel,
      dtype,
    });
    if (use_bias) this.bias = this.add_weight('bias', [filters], { ...bias, dtype });
    this.input_spec = new InputSpec({ ndim: 4, axes: { [axis]: channels } });
    this.built = true;
  }

  override call(inputs: Inputs): Tensor {
    const { data_format, activation } = this.given;
    let outputs = this.convolve(toTensor(inputs as TensorLike));
    if (this.bias !== null) {
      outputs = bias_add(outputs, this.bias, {
        data_format: data_format === 'channels_first' ? 'NCHW' : 'NHWC',
      });
    }
    return activation === null ? outputs : activation(outputs);
  }

  private convolve(input: Tensor): Tensor {
    const { strides, padding, data_format, dilation_rate } = this.given;
    const first = data_format === 'channels_first';
    const format = first ? 'NCHW' : 'NHWC';
    if (dilation_rate.some((rate) => rate !== 1)) {
      return convolution(input, this.kernel, padding, {
        strides,
        dilation_rate,
        data_format: format,
      });
    }
    return nnConv2d(input, this.kernel, first ? [1, 1, ...strides] : [1, ...strides, 1], padding, {
      data_format: format,
    });
  }
}

/** A new `Conv2D` layer applied to `inputs`; with `reuse` it shares the variables of scope `name`. */
export const conv2d = fn(
  ['inputs', ...OPTIONS, 'reuse'],
  (
    inputs: TensorLike,
    filters: number,
    kernel_size: Pair,
    strides: Pair = [1, 1],
    padding: string = 'valid',
    data_format: string = 'channels_last',
    dilation_rate: Pair = [1, 1],
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
    const layer = new Conv2D({
      filters,
      kernel_size,
      strides,
      padding,
      data_format,
      dilation_rate,
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
