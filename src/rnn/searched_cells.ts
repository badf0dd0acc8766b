/** `tf.contrib.rnn`: cells that were found by search or by leaving out: NASCell and UGRNNCell. */

import { with_ } from '../core/context.ts';
import { toTensor } from '../core/convert.ts';
import { ValueError } from '../core/errors.ts';
import { type ArgsOf, signature } from '../core/signature.ts';
import type { Tensor, TensorLike } from '../core/tensor.ts';
import type { Activation, Inputs } from '../layers/base.ts';
import { add, multiply } from '../ops/arithmetic.ts';
import { concat, split } from '../ops/array.ts';
import { minus, plus, times } from '../ops/infix.ts';
import { zeros_initializer } from '../ops/initializers.ts';
import { matmul } from '../ops/linear.ts';
import { sigmoid, tanh } from '../ops/math.ts';
import { relu } from '../ops/nn/activations.ts';
import { bias_add } from '../ops/nn/bias.ts';
import { get_variable } from '../variables/get_variable.ts';
import type { InitializerLike, Reuse } from '../variables/requests.ts';
import { get_variable_scope, variable_scope } from '../variables/scope_stack.ts';
import { membersOf, RNNCell, type Step } from './cell.ts';
import { LSTMStateTuple, type Size, type StateLike } from './state.ts';

function depthOf(inputs: Tensor): number {
  const depth = inputs.shape.with_rank(2).at(1).value;
  if (depth === null) {
    throw new ValueError('Could not infer input size from inputs.get_shape()[-1]');
  }
  return depth;
}

// ---- UGRNN -------------------------------------------------------------------------------------

const ugrnnArguments = signature(
  ['num_units', 'initializer', 'forget_bias', 'activation', 'reuse'],
  (
    num_units: number,
    initializer: InitializerLike | null = null,
    forget_bias: number = 1,
    activation: Activation = tanh,
    reuse: Reuse = null,
  ) => ({ num_units, initializer, forget_bias, activation, reuse }),
  { objects: ['initializer'] },
);

/** A cell between the simplest one and the GRU: one gate says how much of the state stays (Collins et al. 2016). */
export class UGRNNCell extends RNNCell {
  private readonly given: ReturnType<typeof ugrnnArguments>;

  constructor(...args: ArgsOf<typeof ugrnnArguments>) {
    const given = ugrnnArguments(...args);
    super({ _reuse: given.reuse });
    this.given = given;
  }

  override get state_size(): Size {
    return this.given.num_units;
  }
  override get output_size(): Size {
    return this.given.num_units;
  }

  override call(inputs: Inputs, state: StateLike): Step {
    const { num_units, initializer, forget_bias, activation } = this.given;
    const x = toTensor(inputs as TensorLike);
    const before = toTensor(state as TensorLike);
    const depth = depthOf(x) + num_units;
    const sums = with_(variable_scope(get_variable_scope(), { initializer }), () => {
      const { dtype } = x;
      const kernel = get_variable('kernel', [depth, 2 * num_units], { dtype });
      const none = zeros_initializer({ dtype });
      const bias = get_variable('bias', [2 * num_units], { dtype, initializer: none });
      return bias_add(matmul(concat([x, before], 1), kernel), bias);
    });
    const [gate, proposed] = split(sums, 2, 1) as [Tensor, Tensor];
    const kept = sigmoid(plus(gate, forget_bias));
    const output = plus(times(kept, before), times(minus(1, kept), activation(proposed)));
    return [output, output];
  }
}

// ---- NAS ---------------------------------------------------------------------------------------

const nasArguments = signature(
  ['num_units', 'num_proj', 'use_biases', 'reuse'],
  (
    num_units: number,
    num_proj: number | null = null,
    use_biases: boolean = false,
    reuse: Reuse = null,
  ) => ({ num_units, num_proj, use_biases, reuse }),
);

type Combine = (x: Tensor, m: Tensor) => Tensor;
const sum =
  (activation: (x: Tensor) => Tensor): Combine =>
  (x, m) =>
    activation(add(x, m));

/** How each of the eight branches joins its parts of the input and of the state. */
const BRANCHES: readonly Combine[] = [
  sum(sigmoid),
  sum(relu),
  sum(sigmoid),
  (x, m) => relu(multiply(x, m)),
  sum(tanh),
  sum(sigmoid),
  sum(tanh),
  sum(sigmoid),
];

/** The cell that a search found (Zoph and Le, Neural architecture search, 2016). */
export class NASCell extends RNNCell {
  private readonly given: ReturnType<typeof nasArguments>;

  constructor(...args: ArgsOf<typeof nasArguments>) {
    const given = nasArguments(...args);
    super({ _reuse: given.reuse });
    this.given = given;
  }

  override get state_size(): Size {
    const { num_units, num_proj } = this.given;
    return new LSTMStateTuple(num_units, num_proj ?? num_units);
  }
  override get output_size(): Size {
    return this.given.num_proj ?? this.given.num_units;
  }

  override call(inputs: Inputs, state: StateLike): Step {
    const { num_units, num_proj, use_biases } = this.given;
    const [memory, before] = membersOf(state, 2).map((part) => toTensor(part as TensorLike)) as [
      Tensor,
      Tensor,
    ];
    const x = toTensor(inputs as TensorLike);
    const { dtype } = x;
    const weight = (name: string, rows: number, columns: number) =>
      get_variable(name, [rows, columns], { dtype });
    const recurrent = weight('recurrent_kernel', num_proj ?? num_units, 8 * num_units);
    const kernel = weight('kernel', depthOf(x), 8 * num_units);
    let fromState = matmul(before, recurrent);
    const fromInput = matmul(x, kernel);
    if (use_biases) {
      const initializer = zeros_initializer({ dtype });
      const bias = get_variable('bias', [8 * num_units], { dtype, initializer });
      fromState = bias_add(fromState, bias);
    }
    const [newMemory, joined] = join(split(fromInput, 8, 1), split(fromState, 8, 1), memory);
    const output =
      num_proj === null
        ? joined
        : matmul(joined, weight('projection_weights', num_units, num_proj));
    return [output, new LSTMStateTuple(newMemory, output)];
  }
}

/** The branches joined in pairs, twice, with the memory in the first of them. */
function join(
  inputs: readonly Tensor[],
  states: readonly Tensor[],
  memory: Tensor,
): [memory: Tensor, output: Tensor] {
  const first = BRANCHES.map((combine, i) => combine(inputs[i]!, states[i]!));
  const [a, b, c, d, e, f, g, h] = first as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  const left = tanh(add(tanh(multiply(a, b)), memory));
  const newMemory = multiply(left, tanh(add(c, d)));
  const right = tanh(add(tanh(multiply(e, f)), sigmoid(add(g, h))));
  return [newMemory, tanh(multiply(newMemory, right))];
}
