/** Recurrent networks unrolled in the graph: a node for every step, for inputs given as a list of steps. */

import { with_ } from '../core/context.ts';
import { toTensor } from '../core/convert.ts';
import { as_dtype, type DType, int32 } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { controlDependencies, executing_eagerly } from '../core/mode.ts';
import { flatten, isNested, mapLeaves, packAs } from '../core/nest.ts';
import type { Operand } from '../core/operand.ts';
import type { ShapeLike } from '../core/shape.ts';
import { fn } from '../core/signature.ts';
import type { Node, Tensor, TensorLike } from '../core/tensor.ts';
import { concat, identity, shape, zeros } from '../ops/array.ts';
import { to_int32 } from '../ops/cast.ts';
import { reduce_max, reduce_min } from '../ops/reduce.ts';
import { variable_scope } from '../variables/scope_stack.ts';
import type { VariableScope } from '../variables/variable_scope.ts';
import { assertCell, type RNNCell } from './cell.ts';
import { asState, batchShape, type State, type StateLike, staticBatchShape } from './state.ts';
import { conditionalStep, firstOf, type Lengths, reversedList, stateType } from './step.ts';

/** One step of inputs after the other. */
export type Steps = readonly (TensorLike | StateLike)[];

function checkInputs(inputs: unknown): void {
  if (!isNested(inputs)) throw new TypeError('inputs must be a sequence');
  if (flatten(inputs).length === 0) throw new ValueError('inputs must not be empty');
}

/** How many sequences the batch has: as it is known now, and as a number or tensor. */
interface Batch {
  readonly known: number | null;
  readonly size: number | Tensor;
}

function batchOf(inputs: Steps): Batch {
  const first = firstOf(inputs);
  let common = first.shape.with_rank_at_least(1).at(0);
  // A vector is a batch of numbers for an embedding; anything else has a depth that must be known.
  if (first.shape.ndims !== 1) {
    for (const input of flatten(inputs) as Tensor[]) {
      const dims = input.shape.with_rank_at_least(2);
      common = common.merge_with(dims.at(0));
      dims
        .at('1:')
        .as_list()
        .forEach((size, i) => {
          if (size === null) {
            throw new ValueError(
              `Input size (dimension ${i} of inputs) must be accessible via shape inference, but saw value None.`,
            );
          }
        });
    }
  }
  const known = first.shape.at(0).value;
  return { known, size: known || shape(first).at(0) };
}

/** The state before the first step. ValueError where neither it nor its type is given. */
export function firstState(
  cell: RNNCell,
  initial_state: StateLike | null,
  batch_size: TensorLike,
  dtype: DType | null,
): State {
  if (initial_state !== null) return asState(initial_state);
  if (dtype === null) {
    throw new ValueError('If there is no initial_state, you must give a dtype.');
  }
  return cell.zero_state(batch_size, dtype);
}

/** When sequences end, and what those give that have ended. */
function endings(
  cell: RNNCell,
  batch: Batch,
  sequence_length: TensorLike,
  dtype: DType,
): Lengths & { readonly zeroOutput: unknown } {
  const given = toTensor(sequence_length, null, 'sequence_length', int32);
  const { ndims } = given.shape;
  if (ndims !== null && ndims !== 1) {
    throw new ValueError('sequence_length must be a vector of length batch_size');
  }
  const zeroOutput = zeroOutputs(cell, batch, dtype);
  const each = to_int32(given);
  return { zeroOutput, each, least: reduce_min(each), most: reduce_max(each) };
}

/** What sequences that have ended give. */
function zeroOutputs(cell: RNNCell, { known, size }: Batch, dtype: DType): unknown {
  return mapLeaves((depth) => {
    const output = zeros(batchShape(size, depth as ShapeLike), dtype);
    if (!executing_eagerly()) output.set_shape(staticBatchShape([known], depth as ShapeLike));
    return output;
  }, cell.output_size);
}

/**
 * Runs `cell` over `inputs`, a list with a `[batch, depth]` tensor per step: the list of outputs and the
 * last state. Beyond its `sequence_length` a sequence gives zeros and keeps its state. ValueError
 * without `initial_state` and `dtype`.
 */
export const static_rnn = fn(
  ['cell', 'inputs', 'initial_state', 'dtype', 'sequence_length', 'scope'],
  (
    cell: RNNCell,
    inputs: Steps,
    initial_state: StateLike | null = null,
    dtype: DType | null = null,
    sequence_length: TensorLike | null = null,
    scope: string | VariableScope | null = null,
  ): [outputs: Tensor[], state: State] => {
    assertCell(cell);
    checkInputs(inputs);
    const steps = inputs.map((input) => mapLeaves((leaf) => toTensor(leaf as TensorLike), input));
    return with_(variable_scope(scope ?? 'rnn'), (current) => {
      const batch = batchOf(steps as Steps);
      const type = dtype === null ? null : as_dtype(dtype);
      let state = firstState(cell, initial_state, batch.size, type);
      const lengths =
        sequence_length === null
          ? null
          : endings(cell, batch, sequence_length, stateType(type, state));
      const outputs = steps.map((input, time) => {
        if (time > 0) current.reuse_variables();
        const old = state;
        const call = () => cell(input as Tensor, old);
        const [output, next] =
          lengths === null
            ? call()
            : conditionalStep({ time, zeroOutput: lengths.zeroOutput, state: old, call }, lengths);
        state = asState(next);
        return output as Tensor;
      });
      return [outputs, state] as [Tensor[], State];
    });
  },
  { objects: ['initial_state'] },
);

/** Where a state is kept from one run to the next, under names. */
export interface StateSaver {
  state(name: string): Tensor;
  /** Saves a value under a name: what does it, an operation or a tensor. */
  save_state(name: string, value: Tensor): Node | Operand;
}

/**
 * As `static_rnn`, from the states that `state_saver` has under `state_name` (a name per tensor of the
 * state), saving the last states there whenever the last output or the state is computed. ValueError
 * where names and states do not correspond.
 */
export const static_state_saving_rnn = fn(
  ['cell', 'inputs', 'state_saver', 'state_name', 'sequence_length', 'scope'],
  (
    cell: RNNCell,
    inputs: Steps,
    state_saver: StateSaver,
    state_name: string | readonly string[],
    sequence_length: TensorLike | null = null,
    scope: string | VariableScope | null = null,
  ): [outputs: Tensor[], state: State] => {
    const sizes = cell.state_size;
    const names = flatten(state_name) as string[];
    checkNames(sizes, state_name);
    const initial_state = packAs(
      sizes,
      names.map((name) => state_saver.state(name)),
    ) as StateLike;
    const [outputs, state] = static_rnn(cell, inputs, { initial_state, sequence_length, scope });
    const parts = flatten(state) as Tensor[];
    const saves = names.map((name, i) => state_saver.save_state(name, parts[i]!));
    return controlDependencies(saves, () => {
      const last = mapLeaves((leaf) => identity(leaf as Tensor), outputs.at(-1));
      const saved = mapLeaves((leaf) => identity(leaf as Tensor), state);
      return [[...outputs.slice(0, -1), last as Tensor], asState(saved)] as [Tensor[], State];
    });
  },
  { objects: ['state_saver'] },
);

function checkNames(sizes: unknown, names: unknown): void {
  if (isNested(sizes) !== isNested(names)) {
    throw new ValueError(
      `state_name should be the same type as cell.state_size.  state_name: ${names}, cell.state_size: ${sizes}`,
    );
  }
  const [own, given] = [flatten(sizes).length, flatten(names).length];
  if (own === given) return;
  throw new ValueError(`#elems(state_name) != #elems(state_size): ${given} vs. ${own}`);
}

/**
 * Two cells over the same list of inputs, one of them backwards: the outputs of both side by side at
 * each step, and the last state of each.
 */
export const static_bidirectional_rnn = fn(
  [
    'cell_fw',
    'cell_bw',
    'inputs',
    'initial_state_fw',
    'initial_state_bw',
    'dtype',
    'sequence_length',
    'scope',
  ],
  (
    cell_fw: RNNCell,
    cell_bw: RNNCell,
    inputs: Steps,
    initial_state_fw: StateLike | null = null,
    initial_state_bw: StateLike | null = null,
    dtype: DType | null = null,
    sequence_length: TensorLike | null = null,
    scope: string | VariableScope | null = null,
  ): [outputs: Tensor[], output_state_fw: State, output_state_bw: State] => {
    assertCell(cell_fw, 'cell_fw must be an instance of RNNCell');
    assertCell(cell_bw, 'cell_bw must be an instance of RNNCell');
    checkInputs(inputs);
    const run = (cell: RNNCell, steps: Steps, state: StateLike | null, current: VariableScope) =>
      static_rnn(cell, steps, { initial_state: state, dtype, sequence_length, scope: current });
    const [forward, backward] = with_(variable_scope(scope ?? 'bidirectional_rnn'), () => [
      with_(variable_scope('fw'), (current) => run(cell_fw, inputs, initial_state_fw, current)),
      with_(variable_scope('bw'), (current) => {
        const reversed = reversedList(inputs, sequence_length) as Steps;
        return run(cell_bw, reversed, initial_state_bw, current);
      }),
    ]);
    const straight = reversedList(backward![0], sequence_length);
    const outputs = forward![0].map((output, time) => {
      const others = flatten(straight[time]) as Tensor[];
      const joined = (flatten(output) as Tensor[]).map((fw, i) => concat([fw, others[i]!], 1));
      return packAs(output, joined) as Tensor;
    });
    return [outputs, forward![1], backward![1]];
  },
  { objects: ['initial_state_fw', 'initial_state_bw'] },
);
