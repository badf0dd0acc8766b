/** `tf.contrib.rnn`: cells that are one op per step, and the LSTM that is one op for a whole sequence. */

import { toTensor } from '../core/convert.ts';
import { as_dtype, type DType, type DTypeLike } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import type { TensorShape } from '../core/shape.ts';
import { type ArgsOf, signature } from '../core/signature.ts';
import type { Tensor, TensorLike } from '../core/tensor.ts';
import { type Inputs, Layer } from '../layers/base.ts';
import { InputSpec } from '../layers/input_spec.ts';
import { multiply } from '../ops/arithmetic.ts';
import { cast, to_int64 } from '../ops/cast.ts';
import { zeros } from '../ops/fill.ts';
import { gather_nd } from '../ops/gather.ts';
import { constant_initializer } from '../ops/initializers.ts';
import { concat, stack, unstack } from '../ops/join.ts';
import { sequence_mask } from '../ops/masks.ts';
import { transpose } from '../ops/move.ts';
import {
  BlockLSTM,
  GRUBlockCell as GruOp,
  LSTMBlockCell as LstmOp,
} from '../ops/nn/block_cells.ts';
import { reduce_max } from '../ops/reduce.ts';
import { range } from '../ops/sequence.ts';
import { expand_dims, shape } from '../ops/shape.ts';
import type { Reuse } from '../variables/requests.ts';
import type { Variable } from '../variables/variable.ts';
import { inputDepth, LayerRNNCell, membersOf, type Step } from './cell.ts';
import { LSTMStateTuple, type Size, type StateLike } from './state.ts';

const blockArguments = (name: string) =>
  signature(
    ['num_units', 'forget_bias', 'cell_clip', 'use_peephole', 'reuse', 'name'],
    (
      num_units: number,
      forget_bias: number = 1,
      cell_clip: number | null = null,
      use_peephole: boolean = false,
      reuse: Reuse = null,
      given: string | null = name,
    ) => ({
      num_units,
      forget_bias,
      // The op takes a negative limit for none.
      cell_clip: cell_clip ?? -1,
      use_peephole,
      layer: { _reuse: reuse, name: given },
    }),
  );

interface Weights {
  readonly w: Variable;
  readonly b: Variable;
  readonly wcf: Variable | null;
  readonly wci: Variable | null;
  readonly wco: Variable | null;
}

/** The variables of an LSTM in one op; peepholes only where they are asked for. */
function lstmWeights<O>(layer: Layer<O>, depth: number, units: number, peephole: boolean): Weights {
  const diagonal = (name: string) => (peephole ? layer.add_weight(name, [units]) : null);
  return {
    w: layer.add_weight('kernel', [depth + units, 4 * units]),
    b: layer.add_weight('bias', [4 * units], { initializer: constant_initializer(0) }),
    wcf: diagonal('w_f_diag'),
    wci: diagonal('w_i_diag'),
    wco: diagonal('w_o_diag'),
  };
}

/** The same with zeros for peepholes that are not there. */
function lstmInputs({ w, b, wcf, wci, wco }: Weights, units: number, dtype: DType) {
  if (wcf !== null && wci !== null && wco !== null) return { w, b, wcf, wci, wco };
  const none = zeros([units], dtype);
  return { w, b, wcf: none, wci: none, wco: none };
}

const cellArguments = blockArguments('lstm_cell');

/** The LSTM whose step is one op, with the variables of `LSTMCell`. */
export class LSTMBlockCell extends LayerRNNCell {
  private readonly given: ReturnType<typeof cellArguments>;
  private parts!: Weights;

  constructor(...args: ArgsOf<typeof cellArguments>) {
    const given = cellArguments(...args);
    super(given.layer);
    this.input_spec = new InputSpec({ ndim: 2 });
    this.given = given;
  }

  override get state_size(): Size {
    return new LSTMStateTuple(this.given.num_units, this.given.num_units);
  }
  override get output_size(): Size {
    return this.given.num_units;
  }

  override build(input_shape: TensorShape): void {
    const { num_units, use_peephole } = this.given;
    this.parts = lstmWeights(this, inputDepth(input_shape), num_units, use_peephole);
    this.built = true;
  }

  override call(inputs: Inputs, state: StateLike): Step {
    const { num_units, forget_bias, cell_clip, use_peephole } = this.given;
    const [cs_prev, h_prev] = membersOf(state, 2) as readonly TensorLike[];
    const x = toTensor(inputs as TensorLike);
    const weights = lstmInputs(this.parts, num_units, x.dtype.base_dtype);
    const outputs = LstmOp(
      { x, cs_prev: cs_prev!, h_prev: h_prev!, ...weights },
      { forget_bias, cell_clip, use_peephole },
    );
    const [, cs, , , , , h] = outputs;
    return [h, new LSTMStateTuple(cs, h)];
  }
}

// ---- GRU ---------------------------------------------------------------------------------------

const gruArguments = signature(
  ['num_units', 'cell_size', 'reuse', 'name'],
  (
    num_units: number | null = null,
    cell_size: number | null = null,
    reuse: Reuse = null,
    name: string | null = 'gru_cell',
  ) => {
    if ((num_units === null) === (cell_size === null)) {
      throw new ValueError('Exactly one of num_units or cell_size must be provided.');
    }
    return { units: (num_units ?? cell_size)!, layer: { _reuse: reuse, name } };
  },
);

/** The GRU whose step is one op. */
export class GRUBlockCell extends LayerRNNCell {
  private readonly units: number;
  private parts!: { w_ru: Variable; b_ru: Variable; w_c: Variable; b_c: Variable };
  /** What the variables are called: of the gates, and of the new contents. @internal */
  readonly _names: readonly [string, string, string, string] = ['w_ru', 'b_ru', 'w_c', 'b_c'];

  constructor(...args: ArgsOf<typeof gruArguments>) {
    const { units, layer } = gruArguments(...args);
    super(layer);
    this.input_spec = new InputSpec({ ndim: 2 });
    this.units = units;
  }

  override get state_size(): Size {
    return this.units;
  }
  override get output_size(): Size {
    return this.units;
  }

  override build(input_shape: TensorShape): void {
    const depth = inputDepth(input_shape) + this.units;
    const [gates, gateBias, candidate, candidateBias] = this._names;
    const { units } = this;
    this.parts = {
      w_ru: this.add_weight(gates, [depth, 2 * units]),
      b_ru: this.add_weight(gateBias, [2 * units], { initializer: constant_initializer(1) }),
      w_c: this.add_weight(candidate, [depth, units]),
      b_c: this.add_weight(candidateBias, [units], { initializer: constant_initializer(0) }),
    };
    this.built = true;
  }

  override call(inputs: Inputs, state: StateLike): Step {
    const outputs = GruOp({
      x: inputs as TensorLike,
      h_prev: state as TensorLike,
      ...this.parts,
    });
    return [outputs[3], outputs[3]];
  }
}

/** `GRUBlockCell` with the variables of `GRUCell`. */
export class GRUBlockCellV2 extends GRUBlockCell {
  override readonly _names = [
    'gates/kernel',
    'gates/bias',
    'candidate/kernel',
    'candidate/bias',
  ] as const;
}

// ---- a whole sequence --------------------------------------------------------------------------

const fusedArguments = blockArguments('lstm_fused_cell');
const callArguments = signature(
  ['initial_state', 'dtype', 'sequence_length'],
  (
    initial_state: readonly TensorLike[] | null = null,
    dtype: DTypeLike | null = null,
    sequence_length: TensorLike | null = null,
  ) => ({ initial_state, dtype: dtype === null ? null : as_dtype(dtype), sequence_length }),
);

/** What a fused cell may be called with, by name. */
interface CallOptions {
  readonly initial_state?: readonly TensorLike[] | null;
  readonly dtype?: DTypeLike | null;
  readonly sequence_length?: TensorLike | null;
}

/** What a fused cell gives: the output of each step, and the state after the last one. */
type Sequence = readonly [outputs: Tensor | readonly Tensor[], state: LSTMStateTuple];

/** What the cell is as a function. */
export interface LSTMBlockFusedCell {
  (inputs: Inputs, ...args: ArgsOf<typeof callArguments>): Sequence;
}

/**
 * The LSTM over a whole sequence in one op: called with inputs `[time, batch, depth]`, or a list of steps,
 * and `initial_state`, `dtype`, `sequence_length`, it gives the outputs and the state after the last step.
 */
export class LSTMBlockFusedCell extends Layer<Sequence> {
  private readonly given: ReturnType<typeof fusedArguments>;
  private parts!: Weights;

  constructor(...args: ArgsOf<typeof fusedArguments>) {
    const given = fusedArguments(...args);
    super(given.layer);
    this.given = given;
  }

  /** The size of the state and of the outputs. */
  get num_units(): number {
    return this.given.num_units;
  }

  override build(input_shape: TensorShape | readonly TensorShape[]): void {
    const one = Array.isArray(input_shape) ? input_shape[0] : input_shape;
    const depth = (one as TensorShape).at(-1).value;
    if (depth === null) throw new ValueError(`Expecting inputs_shape[2] to be set: ${one}`);
    const { num_units, use_peephole } = this.given;
    this.parts = lstmWeights(this, depth, num_units, use_peephole);
    this.built = true;
  }

  override call(
    inputs: Inputs,
    first: readonly TensorLike[] | CallOptions | null = null,
    second: DTypeLike | CallOptions | null = null,
    third: TensorLike | CallOptions | null = null,
  ): Sequence {
    const given: unknown = [first, second, third].slice(0, third ? 3 : second ? 2 : 1);
    const args = given as ArgsOf<typeof callArguments>;
    const { initial_state, dtype, sequence_length } = callArguments(...args);
    const isList = Array.isArray(inputs);
    const x = isList ? stack(inputs as TensorLike[]) : toTensor(inputs as TensorLike);
    x.shape.assert_has_rank(3);
    const [start, memory] = startOf(x, this.num_units, initial_state, dtype);
    const lengths = sequence_length === null ? null : toTensor(sequence_length);
    const [states, outputs] = this.run(x, memory, start, lengths);
    const last = (all: Tensor, before: Tensor) => lastOf(all, before, lengths);
    const state = new LSTMStateTuple(last(states, memory), last(outputs, start));
    const shown = lengths === null ? outputs : masked(outputs, lengths, shape(x).at(0));
    return [isList ? unstack(shown, inputs.length) : shown, state];
  }

  /** Memories and outputs of all steps. */
  private run(x: Tensor, cs_prev: Tensor, h_prev: Tensor, lengths: Tensor | null) {
    const { num_units, forget_bias, cell_clip, use_peephole } = this.given;
    const seq_len_max = to_int64(lengths === null ? shape(x).at(0) : reduce_max(lengths));
    const weights = lstmInputs(this.parts, num_units, x.dtype.base_dtype);
    const outputs = BlockLSTM(
      { seq_len_max, x, cs_prev, h_prev, ...weights },
      { forget_bias, cell_clip, use_peephole },
    );
    return [outputs[1], outputs[6]] as const;
  }
}

/** Output and memory before the first step. */
function startOf(
  x: Tensor,
  units: number,
  given: readonly TensorLike[] | null,
  dtype: DType | null,
): [output: Tensor, memory: Tensor] {
  if (given === null) {
    if (dtype === null) throw new ValueError('Either initial_state or dtype needs to be specified');
    const none = zeros(stack([shape(x).at(1), units]), dtype);
    return [none, none];
  }
  if (given.length !== 2) {
    throw new ValueError('Expecting initial_state to be a tuple with length 2 or None');
  }
  const [memory, output] = given.map((part) => toTensor(part)) as [Tensor, Tensor];
  return [output, memory];
}

/** What is left of `all` at the last step, or for each sequence at its own. */
function lastOf(all: Tensor, before: Tensor, lengths: Tensor | null): Tensor {
  if (lengths === null) return all.at(-1);
  // The state before the first step is that of sequences without any.
  const states = concat([expand_dims(before, 0), all], 0);
  return gather_nd(states, stack([lengths, cast(range(shape(before).at(0)), lengths.dtype)], 1));
}

/** Outputs `[time, batch, units]`, zero beyond the end of each sequence. */
function masked(outputs: Tensor, lengths: Tensor, time: Tensor): Tensor {
  const mask = transpose(sequence_mask(lengths, time, outputs.dtype.base_dtype), [1, 0]);
  return multiply(outputs, expand_dims(mask, 2));
}
