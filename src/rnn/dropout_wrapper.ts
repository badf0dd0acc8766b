/** Dropout on what goes into a cell, on its state, and on what comes out of it. */

import { toTensor } from '../core/convert.ts';
import { as_dtype, type DType, int32 } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { nameScope } from '../core/mode.ts';
import { isComposite, isNested, leavesOf, mapLeaves } from '../core/nest.ts';
import { as_shape, type ShapeLike } from '../core/shape.ts';
import { type ArgsOf, signature } from '../core/signature.ts';
import type { Tensor, TensorLike } from '../core/tensor.ts';
import type { Inputs } from '../layers/base.ts';
import { div } from '../ops/arithmetic.ts';
import { concat } from '../ops/array.ts';
import { plus, times } from '../ops/infix.ts';
import { floor } from '../ops/math.ts';
import { dropout } from '../ops/nn/dropout.ts';
import { random_uniform } from '../ops/random.ts';
import { assertCell, type RNNCell, type Scope } from './cell.ts';
import { md5Start } from './md5.ts';
import { asState, LSTMStateTuple, type Size, type State, type StateLike } from './state.ts';
import { WrapperCell } from './wrappers.ts';

/** Says which parts of a state have dropout: `true` or `false`, or a structure like the state of them. */
export type StateFilter = (state: State) => unknown;

const dropoutArguments = signature(
  [
    'cell',
    'input_keep_prob',
    'output_keep_prob',
    'state_keep_prob',
    'variational_recurrent',
    'input_size',
    'dtype',
    'seed',
    'dropout_state_filter_visitor',
  ],
  (
    cell: RNNCell,
    input_keep_prob: TensorLike = 1,
    output_keep_prob: TensorLike = 1,
    state_keep_prob: TensorLike = 1,
    variational_recurrent: boolean = false,
    input_size: Size | null = null,
    dtype: DType | null = null,
    seed: number | null = null,
    dropout_state_filter_visitor: StateFilter | null = null,
  ) => ({
    cell,
    input_keep_prob,
    output_keep_prob,
    state_keep_prob,
    variational_recurrent,
    input_size,
    dtype: dtype === null ? null : as_dtype(dtype),
    seed,
    dropout_state_filter_visitor,
  }),
);

type Place = 'input' | 'state' | 'output';
type Keep = number | Tensor;

/** By default all of a state has dropout, but for the memory of an LSTM. */
const defaultFilter: StateFilter = (state) => {
  const part: unknown = state;
  return part instanceof LSTMStateTuple ? new LSTMStateTuple(false, true) : !isComposite(part);
};

/**
 * Dropout around a cell. The probabilities are tensors or numbers; with `variational_recurrent` every
 * step of a run drops the same elements (Gal and Ghahramani, 2015), which needs `dtype`, and
 * `input_size` for inputs. ValueError for probabilities outside [0, 1].
 */
export class DropoutWrapper extends WrapperCell {
  private readonly keep: Readonly<Record<Place, Keep>>;
  private readonly seed: number | null;
  private readonly filter: StateFilter;
  private readonly noise: Partial<Record<Place, readonly Tensor[]>> | null;

  constructor(...args: ArgsOf<typeof dropoutArguments>) {
    const given = dropoutArguments(...args);
    assertCell(given.cell, 'The parameter cell is not a RNNCell.');
    super(given.cell);
    this.seed = given.seed;
    this.filter = given.dropout_state_filter_visitor ?? defaultFilter;
    this.keep = nameScope('DropoutWrapperInit', '', () => ({
      input: keepProbability('input_keep_prob', given.input_keep_prob),
      state: keepProbability('state_keep_prob', given.state_keep_prob),
      output: keepProbability('output_keep_prob', given.output_keep_prob),
    }));
    this.noise = given.variational_recurrent ? this.makeNoise(given.input_size, given.dtype) : null;
  }

  /** The cell without dropout. */
  get wrapped_cell(): RNNCell {
    return this.cell;
  }

  override apply(
    inputs: Inputs,
    state: StateLike = [],
    scope: Scope = null,
  ): [output: Tensor, state: State] {
    const kept = this.drops('input') ? this.drop(inputs, 'input') : inputs;
    const [output, next] = super.apply(kept as Inputs, state, scope);
    const nextState = this.drops('state') ? this.drop(next, 'state', this.filterOf(next)) : next;
    const result = this.drops('output') ? this.drop(output, 'output') : output;
    return [result as Tensor, asState(nextState)];
  }

  private drops(place: Place): boolean {
    const keep = this.keep[place];
    return typeof keep !== 'number' || keep < 1;
  }

  /** What the filter says of each tensor of a state. */
  private filterOf(state: unknown): unknown {
    const answer = this.filter(asState(state));
    if (answer === false) return mapLeaves(() => false, state);
    if (answer !== true || !isNested(state)) return answer;
    const members = state as readonly unknown[];
    return members.map((member) => this.filterOf(member));
  }

  /** Dropout on those parts of `values` that `filter` says, each with a seed of its own. */
  private drop(values: unknown, place: Place, filter: unknown = true): unknown {
    const chosen = isNested(filter) ? leavesOf(filter) : null;
    let index = -1;
    return mapLeaves((value) => {
      index++;
      if (chosen === null ? filter === false : chosen[index] === false) return value;
      const keep = this.keep[place];
      if (this.noise === null) {
        return dropout(value as Tensor, keep, { seed: this.seedOf(place, index) });
      }
      const kept = floor(plus(keep, this.noise[place]![index]!));
      const result = times(div(value as Tensor, keep), kept);
      result.set_shape((value as Tensor).shape);
      return result;
    }, values);
  }

  /** The seed of one dropout, which differs from those of all others. */
  private seedOf(place: Place, index: number): number | null {
    return this.seed === null ? null : md5Start(`${this.seed}${place}_${index}`) & 0x7fffffff;
  }

  /** The noise that all steps of a run share, a row for all of the batch. */
  private makeNoise(
    input_size: Size | null,
    dtype: DType | null,
  ): Partial<Record<Place, readonly Tensor[]>> {
    if (dtype === null) {
      throw new ValueError('When variational_recurrent=True, dtype must be provided');
    }
    const noiseFor = (sizes: Size, place: Place) =>
      leavesOf(sizes).map((size, i) => {
        const shape = rowShape(as_shape(size as ShapeLike).as_list() as number[]);
        return random_uniform(shape, { seed: this.seedOf(place, i), dtype });
      });
    if (this.drops('input') && input_size === null) {
      throw new ValueError(
        'When variational_recurrent=True and input_keep_prob < 1.0 or is unknown, input_size must be provided',
      );
    }
    const input = this.drops('input') ? { input: noiseFor(input_size!, 'input') } : {};
    const state = noiseFor(this.cell.state_size, 'state');
    return { ...input, state, output: noiseFor(this.cell.output_size, 'output') };
  }
}

/** `[1, ...sizes]`: one row for all of the batch. */
function rowShape(sizes: readonly number[]): Tensor {
  return nameScope(null, 'concat', (scope) => {
    const parts = [toTensor([1], int32, 'values_0'), toTensor(sizes, int32, 'values_1')];
    return concat(parts, 0, scope);
  });
}

/** A probability as a number where it is known now. */
function keepProbability(parameter: string, probability: TensorLike): Keep {
  const tensor = toTensor(probability);
  const known = (tensor.constant?.data as ArrayLike<number> | undefined)?.[0];
  if (known === undefined) return tensor;
  if (known >= 0 && known <= 1) return typeof probability === 'number' ? probability : known;
  throw new ValueError(`Parameter ${parameter} must be between 0 and 1: ${Math.trunc(known)}`);
}
