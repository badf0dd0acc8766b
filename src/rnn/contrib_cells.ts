/** `tf.contrib.rnn`: the LSTM with layer normalization. */

import { with_ } from '../core/context.ts';
import type { DType } from '../core/dtype.ts';
import { type ArgsOf, signature } from '../core/signature.ts';
import type { Tensor, TensorLike } from '../core/tensor.ts';
import type { Activation, Inputs } from '../layers/base.ts';
import { concat, split } from '../ops/array.ts';
import { plus, times } from '../ops/infix.ts';
import { constant_initializer } from '../ops/initializers.ts';
import { matmul } from '../ops/linear.ts';
import { sigmoid, tanh } from '../ops/math.ts';
import { bias_add } from '../ops/nn/bias.ts';
import { dropout } from '../ops/nn/dropout.ts';
import { moments } from '../ops/nn/moments.ts';
import { batch_normalization } from '../ops/nn/norm.ts';
import { get_variable } from '../variables/get_variable.ts';
import type { Reuse } from '../variables/requests.ts';
import { variable_scope } from '../variables/scope_stack.ts';
import { membersOf, RNNCell, type Step } from './cell.ts';
import { warnAboutInputSize } from './contrib_wrappers.ts';
import { LSTMStateTuple, type Size, type StateLike } from './state.ts';

const normedArguments = signature(
  [
    'num_units',
    'forget_bias',
    'input_size',
    'activation',
    'layer_norm',
    'norm_gain',
    'norm_shift',
    'dropout_keep_prob',
    'dropout_prob_seed',
    'reuse',
  ],
  (
    num_units: number,
    forget_bias: number = 1,
    input_size: number | null = null,
    activation: Activation = tanh,
    layer_norm: boolean = true,
    norm_gain: number = 1,
    norm_shift: number = 0,
    dropout_keep_prob: TensorLike = 1,
    dropout_prob_seed: number | null = null,
    reuse: Reuse = null,
  ) => ({
    num_units,
    forget_bias,
    input_size,
    activation,
    layer_norm,
    norm_gain,
    norm_shift,
    dropout_keep_prob,
    dropout_prob_seed,
    reuse,
  }),
);

/** What is added to a variance before it divides. */
const VARIANCE_EPSILON = 1e-12;

/**
 * An LSTM whose gates and memory are normalized over the units (Ba et al., 2016), with dropout on what
 * enters the memory (Semeniuta et al., 2016).
 */
export class LayerNormBasicLSTMCell extends RNNCell {
  private readonly given: ReturnType<typeof normedArguments>;

  constructor(...args: ArgsOf<typeof normedArguments>) {
    const given = normedArguments(...args);
    super({ _reuse: given.reuse });
    if (given.input_size !== null) warnAboutInputSize(this);
    this.given = given;
  }

  override get state_size(): Size {
    return new LSTMStateTuple(this.given.num_units, this.given.num_units);
  }
  override get output_size(): Size {
    return this.given.num_units;
  }

  override call(inputs: Inputs, state: StateLike): Step {
    const { activation, forget_bias, dropout_keep_prob, dropout_prob_seed } = this.given;
    const [c, h] = membersOf(state, 2);
    const args = concat([inputs as TensorLike, h!], 1);
    const sums = split(this.sums(args), 4, 1) as [Tensor, Tensor, Tensor, Tensor];
    const names = ['input', 'transform', 'forget', 'output'];
    const [i, j, f, o] = sums.map((sum, n) => this.norm(sum, names[n]!, args.dtype));
    let proposed = activation(j!);
    if (typeof dropout_keep_prob !== 'number' || dropout_keep_prob < 1) {
      proposed = dropout(proposed, dropout_keep_prob, { seed: dropout_prob_seed });
    }
    const kept = times(c!, sigmoid(plus(f!, forget_bias)));
    const memory = this.norm(plus(kept, times(sigmoid(i!), proposed)), 'state', args.dtype);
    const output = times(activation(memory), sigmoid(o!));
    return [output, new LSTMStateTuple(memory, output)];
  }

  private sums(args: Tensor): Tensor {
    const outputs = 4 * this.given.num_units;
    const { dtype } = args;
    const kernel = get_variable('kernel', [args.shape.at(1).value, outputs], { dtype });
    const product = matmul(args, kernel);
    if (this.given.layer_norm) return product;
    return bias_add(product, get_variable('bias', [outputs], { dtype }));
  }

  /** `x` with a mean of zero and a variance of one over the units, times `gamma`, plus `beta`. */
  private norm(x: Tensor, scope: string, dtype: DType): Tensor {
    const { layer_norm, norm_gain, norm_shift } = this.given;
    if (!layer_norm) return x;
    const shape = x.shape.at('1:');
    const make = () => ({
      gamma: get_variable('gamma', shape, { dtype, initializer: constant_initializer(norm_gain) }),
      beta: get_variable('beta', shape, { dtype, initializer: constant_initializer(norm_shift) }),
    });
    with_(variable_scope(scope), make);
    return with_(variable_scope(scope, { reuse: true }), () => {
      const { gamma, beta } = make();
      const [mean, variance] = moments(x, [1], { keep_dims: true });
      return batch_normalization(x, mean, variance, beta, gamma, VARIANCE_EPSILON);
    });
  }
}
