/** The cells without options: the simplest recurrent cell, the gated one (GRU), and the plain LSTM. */

import { type DType, int32 } from '../core/dtype.ts';
import type { TensorShape } from '../core/shape.ts';
import { type ArgsOf, signature } from '../core/signature.ts';
import type { Tensor, TensorLike } from '../core/tensor.ts';
import type { Activation, Inputs } from '../layers/base.ts';
import { InputSpec } from '../layers/input_spec.ts';
import { add, multiply } from '../ops/arithmetic.ts';
import { concat, split } from '../ops/array.ts';
import { constant } from '../ops/constant.ts';
import { minus, plus, times } from '../ops/infix.ts';
import { constant_initializer, zeros_initializer } from '../ops/initializers.ts';
import { matmul } from '../ops/linear.ts';
import { sigmoid, tanh } from '../ops/math.ts';
import { bias_add } from '../ops/nn/bias.ts';
import type { InitializerLike, Reuse } from '../variables/requests.ts';
import type { Variable } from '../variables/variable.ts';
import { inputDepth, LayerRNNCell, membersOf, type Step } from './cell.ts';
import { LSTMStateTuple, type Size, type StateLike } from './state.ts';

/** The inputs and the state side by side, times `kernel`, plus `bias`. @internal */
export function gatesOf(
  parts: readonly TensorLike[],
  kernel: TensorLike,
  bias: TensorLike | null,
): Tensor {
  const product = matmul(concat(parts, 1), kernel);
  return bias === null ? product : bias_add(product, bias);
}

const basicArguments = signature(
  ['num_units', 'activation', 'reuse', 'name', 'dtype'],
  (
    num_units: number,
    activation: Activation | null = null,
    reuse: Reuse = null,
    name: string | null = null,
    dtype: DType | null = null,
  ) => ({ num_units, activation: activation ?? tanh, layer: { _reuse: reuse, name, dtype } }),
);

/** The simplest cell: `output = state = activation([inputs, state] * kernel + bias)`. */
export class BasicRNNCell extends LayerRNNCell {
  private readonly units: number;
  private readonly activation: Activation;
  private kernel!: Variable;
  private bias!: Variable;

  constructor(...args: ArgsOf<typeof basicArguments>) {
    const { num_units, activation, layer } = basicArguments(...args);
    super(layer);
    this.input_spec = new InputSpec({ ndim: 2 });
    this.units = num_units;
    this.activation = activation;
  }

  override get state_size(): Size {
    return this.units;
  }
  override get output_size(): Size {
    return this.units;
  }

  override build(input_shape: TensorShape): void {
    const depth = inputDepth(input_shape);
    this.kernel = this.add_weight('kernel', [depth + this.units, this.units]);
    this.bias = this.add_weight('bias', [this.units], {
      initializer: zeros_initializer({ dtype: this.dtype! }),
    });
    this.built = true;
  }

  override call(inputs: Inputs, state: StateLike): Step {
    const sums = gatesOf([inputs as TensorLike, state as TensorLike], this.kernel, this.bias);
    const output = this.activation(sums);
    return [output, output];
  }
}

const gruArguments = signature(
  ['num_units', 'activation', 'reuse', 'kernel_initializer', 'bias_initializer', 'name', 'dtype'],
  (
    num_units: number,
    activation: Activation | null = null,
    reuse: Reuse = null,
    kernel_initializer: InitializerLike | null = null,
    bias_initializer: InitializerLike | null = null,
    name: string | null = null,
    dtype: DType | null = null,
  ) => ({
    num_units,
    activation: activation ?? tanh,
    kernel_initializer,
    bias_initializer,
    layer: { _reuse: reuse, name, dtype },
  }),
  { objects: ['kernel_initializer', 'bias_initializer'] },
);

/** The gated recurrent unit (Cho et al., 2014): gates say how much of the state to read and to keep. */
export class GRUCell extends LayerRNNCell {
  private readonly given: ReturnType<typeof gruArguments>;
  private gateKernel!: Variable;
  private gateBias!: Variable;
  private candidateKernel!: Variable;
  private candidateBias!: Variable;

  constructor(...args: ArgsOf<typeof gruArguments>) {
    const given = gruArguments(...args);
    super(given.layer);
    this.input_spec = new InputSpec({ ndim: 2 });
    this.given = given;
  }

  override get state_size(): Size {
    return this.given.num_units;
  }
  override get output_size(): Size {
    return this.given.num_units;
  }

  override build(input_shape: TensorShape): void {
    const { num_units, kernel_initializer, bias_initializer } = this.given;
    const depth = inputDepth(input_shape) + num_units;
    const dtype = this.dtype!;
    this.gateKernel = this.add_weight('gates/kernel', [depth, 2 * num_units], {
      initializer: kernel_initializer,
    });
    this.gateBias = this.add_weight('gates/bias', [2 * num_units], {
      initializer: bias_initializer ?? constant_initializer(1, { dtype }),
    });
    this.candidateKernel = this.add_weight('candidate/kernel', [depth, num_units], {
      initializer: kernel_initializer,
    });
    this.candidateBias = this.add_weight('candidate/bias', [num_units], {
      initializer: bias_initializer ?? zeros_initializer({ dtype }),
    });
    this.built = true;
  }

  override call(inputs: Inputs, state: StateLike): Step {
    const [input, old] = [inputs as TensorLike, state as TensorLike];
    const gates = sigmoid(gatesOf([input, old], this.gateKernel, this.gateBias));
    const [read, keep] = split(gates, 2, 1) as [Tensor, Tensor];
    const candidate = gatesOf([input, times(read, old)], this.candidateKernel, this.candidateBias);
    const proposed = this.given.activation(candidate);
    const output = plus(times(keep, old), times(minus(1, keep), proposed));
    return [output, output];
  }
}

const lstmArguments = signature(
  ['num_units', 'forget_bias', 'state_is_tuple', 'activation', 'reuse', 'name', 'dtype'],
  (
    num_units: number,
    forget_bias: number = 1,
    state_is_tuple: boolean = true,
    activation: Activation | null = null,
    reuse: Reuse = null,
    name: string | null = null,
    dtype: DType | null = null,
  ) => ({
    num_units,
    forget_bias,
    state_is_tuple,
    activation: activation ?? tanh,
    layer: { _reuse: reuse, name, dtype },
  }),
);

/** The LSTM (Hochreiter and Schmidhuber, 1997; with forget gates) without peepholes, clipping or projection. */
export class BasicLSTMCell extends LayerRNNCell {
  private readonly given: ReturnType<typeof lstmArguments>;
  private kernel!: Variable;
  private bias!: Variable;

  constructor(...args: ArgsOf<typeof lstmArguments>) {
    const given = lstmArguments(...args);
    super(given.layer);
    if (!given.state_is_tuple) warnAboutState(this);
    this.input_spec = new InputSpec({ ndim: 2 });
    this.given = given;
  }

  override get state_size(): Size {
    const { num_units, state_is_tuple } = this.given;
    return state_is_tuple ? new LSTMStateTuple(num_units, num_units) : 2 * num_units;
  }
  override get output_size(): Size {
    return this.given.num_units;
  }

  override build(input_shape: TensorShape): void {
    const { num_units } = this.given;
    const depth = inputDepth(input_shape);
    this.kernel = this.add_weight('kernel', [depth + num_units, 4 * num_units]);
    this.bias = this.add_weight('bias', [4 * num_units], {
      initializer: zeros_initializer({ dtype: this.dtype! }),
    });
    this.built = true;
  }

  override call(inputs: Inputs, state: StateLike): Step {
    const { forget_bias, state_is_tuple, activation } = this.given;
    const one = constant(1, int32);
    const [c, h] = state_is_tuple ? membersOf(state, 2) : split(state as TensorLike, 2, one);
    const sums = gatesOf([inputs as TensorLike, h!], this.kernel, this.bias);
    const [i, j, f, o] = split(sums, 4, one) as [Tensor, Tensor, Tensor, Tensor];
    const kept = multiply(c!, sigmoid(add(f, constant(forget_bias, f.dtype))));
    const memory = add(kept, multiply(sigmoid(i), activation(j)));
    const output = multiply(activation(memory), sigmoid(o));
    const next = state_is_tuple ? new LSTMStateTuple(memory, output) : concat([memory, output], 1);
    return [output, next];
  }
}

/** Says that states in one tensor are slower. */
export function warnAboutState(cell: { readonly name: string }): void {
  console.warn(
    `${cell.name}: Using a concatenated state is slower and will soon be deprecated.  Use state_is_tuple=True.`,
  );
}
