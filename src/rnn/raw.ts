/** A recurrent network whose inputs, states and end a function decides step by step. */

import { while_loop } from '../control/while_loop.ts';
import { with_ } from '../core/context.ts';
import { toTensor } from '../core/convert.ts';
import { as_dtype, type DType, int32 } from '../core/dtype.ts';
import { assertSameStructure, flatten, isComposite, leavesOf, mapLeaves } from '../core/nest.ts';
import { as_shape, type ShapeLike } from '../core/shape.ts';
import { fn } from '../core/signature.ts';
import type { Tensor, TensorLike } from '../core/tensor.ts';
import { shape, zeros } from '../ops/array.ts';
import { logical_not, logical_or } from '../ops/compare.ts';
import { constant } from '../ops/constant.ts';
import { plus } from '../ops/infix.ts';
import { reduce_all } from '../ops/reduce.ts';
import { TensorArray } from '../ops/tensor_array.ts';
import { variable_scope } from '../variables/scope_stack.ts';
import type { VariableScope } from '../variables/variable_scope.ts';
import { assertCell, type RNNCell } from './cell.ts';
import { asState, batchShape, type State, type StateLike } from './state.ts';
import { selected, shapeOfSize } from './step.ts';

/** How many iterations of a loop may run side by side where nothing is said. */
const PARALLEL_ITERATIONS = 32;

/** What `loop_fn` says of a step: which sequences have ended, what the cell gets, and what is written. */
export type LoopStep = readonly [
  elements_finished: TensorLike,
  next_input: StateLike,
  next_cell_state: StateLike,
  emit_output: StateLike | null,
  next_loop_state: unknown,
];

/** Called with `null`s before the first step, then after every step. */
export type LoopFunction = (
  time: Tensor,
  cell_output: Tensor | null,
  cell_state: State | null,
  loop_state: never,
) => LoopStep;

/** What steps write: its nesting, with the size and type of each part. */
interface Emission {
  readonly structure: unknown;
  readonly sizes: readonly (ShapeLike | Tensor)[];
  readonly types: readonly DType[];
}

/**
 * Runs `cell` until `loop_fn` says that all sequences have ended. `loop_fn(time, output, state,
 * loop_state)` gives which have ended, the next input and state, what to write and its own next state;
 * before the first step it gives the first ones, and how what is written is nested. The result is what
 * was written, as TensorArrays, the last state, and the last state of `loop_fn`. TypeError where
 * `loop_fn` is no function.
 */
export const raw_rnn = fn(
  ['cell', 'loop_fn', 'parallel_iterations', 'swap_memory', 'scope'],
  (
    cell: RNNCell,
    loop_fn: LoopFunction,
    parallel_iterations: number | null = null,
    swap_memory: boolean = false,
    scope: string | VariableScope | null = null,
  ): [emit_ta: TensorArray, final_state: State, final_loop_state: Tensor | null] => {
    assertCell(cell);
    if (typeof loop_fn !== 'function') throw new TypeError('loop_fn must be a callable');
    const options = {
      parallel_iterations: parallel_iterations ?? PARALLEL_ITERATIONS,
      swap_memory,
    };
    return with_(variable_scope(scope ?? 'rnn'), () => loop(cell, loop_fn, options));
  },
);

function loop(
  cell: RNNCell,
  loop_fn: LoopFunction,
  options: { readonly parallel_iterations: number; readonly swap_memory: boolean },
): [TensorArray, State, Tensor | null] {
  const begin = constant(0, int32);
  const [finished, input, given, emitted, loopState] = loop_fn(begin, null, null, null as never);
  const hasLoopState = loopState !== null && loopState !== undefined;
  const batch = batchOf(flatten(input) as Tensor[]);
  assertSameStructure(given, cell.state_size);
  const state = mapLeaves((leaf) => toTensor(leaf as TensorLike), given);
  const emission = emissionOf(cell, emitted ?? null, state);
  const arrays = arraysOf(emission, batch.known);
  const zeroEmission = zerosOf(emission, batch.size);
  const variables: readonly unknown[] = [
    begin,
    finished,
    input,
    arrays,
    state,
    hasLoopState ? loopState : constant(0, int32),
  ];
  const body = bodyOf(cell, loop_fn, zeroEmission);
  const results: readonly unknown[] = while_loop(
    (_time, ended) => logical_not(reduce_all(ended as Tensor)),
    body,
    variables,
    options,
  );
  const [written, last, lastLoopState] = results.slice(-3);
  return [written as TensorArray, asState(last), hasLoopState ? (lastLoopState as Tensor) : null];
}

function batchOf(inputs: readonly Tensor[]): { known: number | null; size: number | Tensor } {
  const first = inputs[0]!.shape.with_rank_at_least(1).at(0);
  for (const input of inputs) {
    first.assert_is_compatible_with(input.shape.with_rank_at_least(1).at(0));
  }
  const known = first.value;
  return { known, size: known ?? shape(inputs[0]!).at(0) };
}

function emissionOf(cell: RNNCell, emitted: unknown, state: unknown): Emission {
  if (emitted === null) {
    const sizes = leavesOf(cell.output_size) as ShapeLike[];
    const [first] = flatten(state) as Tensor[];
    return { structure: cell.output_size, sizes, types: sizes.map(() => first!.dtype) };
  }
  const parts = flatten(emitted).map((part) => toTensor(part as TensorLike));
  return {
    structure: emitted,
    sizes: parts.map((part) => (part.shape.is_fully_defined() ? part.shape : shape(part))),
    types: parts.map(({ dtype }) => as_dtype(dtype)),
  };
}

function arraysOf({ structure, sizes, types }: Emission, batch: number | null): unknown {
  const arrays = sizes.map(
    (size, i) =>
      new TensorArray({
        dtype: types[i]!,
        dynamic_size: true,
        element_shape: as_shape([batch]).concatenate(shapeOfSize(size)),
        size: 0,
        name: `rnn_output_${i}`,
      }),
  );
  return packWhole(structure, arrays);
}

function zerosOf({ structure, sizes, types }: Emission, batch: number | Tensor): unknown {
  return packWhole(
    structure,
    sizes.map((size, i) => zeros(batchShape(batch, size), types[i]!)),
  );
}

/** A structure like `structure` of these leaves, TensorArrays among them as they are. */
function packWhole(structure: unknown, leaves: readonly unknown[]): unknown {
  let at = 0;
  return mapLeaves(() => leaves[at++], structure);
}

function bodyOf(cell: RNNCell, loop_fn: LoopFunction, zeroEmission: unknown) {
  return (...variables: readonly unknown[]): unknown => {
    const [time, finished, input, arrays, state, loopState] = variables as readonly [
      Tensor,
      Tensor,
      StateLike,
      unknown,
      StateLike,
      unknown,
    ];
    const [output, cellState] = cell(input as TensorLike, state);
    assertSameStructure(state, cellState);
    assertSameStructure(cell.output_size, output);
    const nextTime = plus(time, 1);
    const [ended, nextInput, given, emitted, givenLoopState] = loop_fn(
      nextTime,
      output,
      cellState,
      loopState as never,
    );
    assertSameStructure(state, given);
    assertSameStructure(input, nextInput);
    const through = (old: unknown, values: unknown) => {
      const next = leavesOf(values);
      let at = 0;
      return mapLeaves((value) => selected(finished, value, asLeaf(next[at++])), old);
    };
    const kept = through(zeroEmission, emitted);
    const nextState = through(state, given);
    const parts = flatten(kept) as Tensor[];
    let at = 0;
    const written = mapLeaves((array) => (array as TensorArray).write(time, parts[at++]!), arrays);
    const nextLoopState = givenLoopState ?? loopState;
    return [nextTime, logical_or(finished, ended), nextInput, written, nextState, nextLoopState];
  };
}

const asLeaf = (value: unknown): unknown =>
  isComposite(value) ? value : toTensor(value as TensorLike);
