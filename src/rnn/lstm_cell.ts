/** The LSTM with its options: peepholes, clipping, projection, initializers, partitioned kernels. */

import type { DType } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import type { TensorShape } from '../core/shape.ts';
import { type ArgsOf, signature } from '../core/signature.ts';
import { Tensor, type TensorLike } from '../core/tensor.ts';
import type { Activation, Inputs } from '../layers/base.ts';
import { InputSpec } from '../layers/input_spec.ts';
import { concat, slice, split } from '../ops/array.ts';
import { clip_by_value } from '../ops/clip.ts';
import { plus, times } from '../ops/infix.ts';
import { zeros_initializer } from '../ops/initializers.ts';
import { matmul } from '../ops/linear.ts';
import { sigmoid, tanh } from '../ops/math.ts';
import { fixed_size_partitioner } from '../variables/partitioners.ts';
import type { InitializerLike, Reuse } from '../variables/requests.ts';
import type { Variable } from '../variables/variable.ts';
import { gatesOf, warnAboutState } from './basic_cells.ts';
import { inputDepth, LayerRNNCell, membersOf, type Step } from './cell.ts';
import { LSTMStateTuple, type Size, type StateLike } from './state.ts';

const lstmArguments = signature(
  [
    'num_units',
    'use_peepholes',
    'cell_clip',
    'initializer',
    'num_proj',
    'proj_clip',
    'num_unit_shards',
    'num_proj_shards',
    'forget_bias',
    'state_is_tuple',
    'activation',
    'reuse',
    'name',
    'dtype',
  ],
  (
    num_units: number,
    use_peepholes: boolean = false,
    cell_clip: number | null = null,
    initializer: InitializerLike | null = null,
    num_proj: number | null = null,
    proj_clip: number | null = null,
    num_unit_shards: number | null = null,
    num_proj_shards: number | null = null,
    forget_bias: number = 1,
    state_is_tuple: boolean = true,
    activation: Activation | null = null,
    reuse: Reuse = null,
    name: string | null = null,
    dtype: DType | null = null,
  ) => ({
    num_units,
    use_peepholes,
    cell_clip,
    initializer,
    num_proj,
    proj_clip,
    num_unit_shards,
    num_proj_shards,
    forget_bias,
    state_is_tuple,
    activation: activation ?? tanh,
    layer: { _reuse: reuse, name, dtype },
  }),
  { objects: ['initializer'] },
);

/** The diagonal weights with which gates look at the memory. */
interface Peepholes {
  readonly f: Variable;
  readonly i: Variable;
  readonly o: Variable;
}

/** The LSTM of Sak et al. (2014): gates may look at the memory, values be clipped, outputs projected. */
export class LSTMCell extends LayerRNNCell {
  private readonly given: ReturnType<typeof lstmArguments>;
  private readonly outputs: number;
  private kernel!: Variable;
  private bias!: Variable;
  private peepholes: Peepholes | null = null;
  private projection: Variable | null = null;

  constructor(...args: ArgsOf<typeof lstmArguments>) {
    const given = lstmArguments(...args);
    super(given.layer);
    if (!given.state_is_tuple) warnAboutState(this);
    if (given.num_unit_shards !== null || given.num_proj_shards !== null) {
      console.warn(
        `${this.name}: The num_unit_shards and proj_unit_shards parameters are deprecated and will be removed in Jan 2017.  Use a variable scope with a partitioner instead.`,
      );
    }
    this.input_spec = new InputSpec({ ndim: 2 });
    this.given = given;
    this.outputs = given.num_proj ?? given.num_units;
  }

  override get state_size(): Size {
    const { num_units, state_is_tuple } = this.given;
    const { outputs } = this;
    return state_is_tuple ? new LSTMStateTuple(num_units, outputs) : num_units + outputs;
  }
  override get output_size(): Size {
    return this.outputs;
  }

  override build(input_shape: TensorShape): void {
    const { num_units, num_proj, initializer, num_unit_shards, num_proj_shards } = this.given;
    const depth = inputDepth(input_shape);
    this.kernel = this.add_weight('kernel', [depth + this.outputs, 4 * num_units], {
      initializer,
      partitioner: num_unit_shards === null ? null : fixed_size_partitioner(num_unit_shards),
    });
    this.bias = this.add_weight('bias', [4 * num_units], {
      initializer: zeros_initializer({ dtype: this.dtype! }),
    });
    if (this.given.use_peepholes) {
      const peephole = (gate: string) =>
        this.add_weight(`w_${gate}_diag`, [num_units], { initializer });
      this.peepholes = { f: peephole('f'), i: peephole('i'), o: peephole('o') };
    }
    if (num_proj !== null) {
      this.projection = this.add_weight('projection/kernel', [num_units, num_proj], {
        initializer,
        partitioner: num_proj_shards === null ? null : fixed_size_partitioner(num_proj_shards),
      });
    }
    this.built = true;
  }

  override call(inputs: Inputs, state: StateLike): Step {
    const { cell_clip, proj_clip, state_is_tuple } = this.given;
    const [oldMemory, oldOutput] = this.parts(state);
    assertDepth(inputs);
    const sums = gatesOf([inputs as TensorLike, oldOutput], this.kernel, this.bias);
    const [i, j, f, o] = split(sums, 4, 1) as [Tensor, Tensor, Tensor, Tensor];
    let memory = this.remember(oldMemory, i, j, f);
    if (cell_clip !== null) memory = clip_by_value(memory, -cell_clip, cell_clip);
    let output = times(sigmoid(this.peep(o, 'o', memory)), this.given.activation(memory));
    if (this.projection !== null) {
      output = matmul(output, this.projection);
      if (proj_clip !== null) output = clip_by_value(output, -proj_clip, proj_clip);
    }
    const next = state_is_tuple ? new LSTMStateTuple(memory, output) : concat([memory, output], 1);
    return [output, next];
  }

  /** The memory after a step: what the forget gate keeps of it, and what the input gate lets in. */
  private remember(old: Tensor, i: Tensor, j: Tensor, f: Tensor): Tensor {
    const { forget_bias, activation } = this.given;
    const kept = times(sigmoid(this.peep(plus(f, forget_bias), 'f', old)), old);
    return plus(kept, times(sigmoid(this.peep(i, 'i', old)), activation(j)));
  }

  /** A gate's sum, with what it sees of the memory. */
  private peep(sum: Tensor, gate: keyof Peepholes, memory: Tensor): Tensor {
    return this.peepholes === null ? sum : plus(sum, times(this.peepholes[gate], memory));
  }

  private parts(state: StateLike): [memory: Tensor, output: Tensor] {
    const { num_units, state_is_tuple } = this.given;
    if (state_is_tuple) return membersOf(state, 2) as readonly Tensor[] as [Tensor, Tensor];
    const whole = state as TensorLike;
    return [
      slice(whole, [0, 0], [-1, num_units]),
      slice(whole, [0, num_units], [-1, this.outputs]),
    ];
  }
}

function assertDepth(inputs: Inputs): void {
  if (!(inputs instanceof Tensor) || inputs.shape.with_rank(2).at(1).value !== null) return;
  throw new ValueError('Could not infer input size from inputs.get_shape()[-1]');
}
