/** Recurrent networks as a loop in the graph, over inputs that are one tensor of all steps. */

import { while_loop } from '../control/while_loop.ts';
import { with_ } from '../core/context.ts';
import { toTensor } from '../core/convert.ts';
import { as_dtype, type DType, int32 } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { controlDependencies, executing_eagerly, nameScope } from '../core/mode.ts';
import { flatten, leavesOf, mapLeaves, packAs } from '../core/nest.ts';
import { Operand } from '../core/operand.ts';
import { as_shape, type ShapeLike, type TensorShape } from '../core/shape.ts';
import { fn } from '../core/signature.ts';
import type { Tensor, TensorLike } from '../core/tensor.ts';
import { maximum, minimum } from '../ops/arithmetic.ts';
import { identity, reverse, shape, stack, zeros } from '../ops/array.ts';
import { to_int32 } from '../ops/cast.ts';
import { Assert } from '../ops/checks.ts';
import { equal, less } from '../ops/compare.ts';
import { constant } from '../ops/constant.ts';
import { plus } from '../ops/infix.ts';
import { reverse_sequence } from '../ops/move.ts';
import { reduce_all, reduce_max, reduce_min } from '../ops/reduce.ts';
import { TensorArray } from '../ops/tensor_array.ts';
import { variable_scope } from '../variables/scope_stack.ts';
import type { VariableScope } from '../variables/variable_scope.ts';
import { assertCell, type RNNCell } from './cell.ts';
import { asState, batchShape, type State, type StateLike, staticBatchShape } from './state.ts';
import { firstState } from './static.ts';
import {
  batchSizeOf,
  type Lengths,
  selectiveStep,
  shapeOfSize,
  stateType,
  transposedBatchTime,
} from './step.ts';

/** How many iterations of a loop may run side by side where nothing is said. */
const PARALLEL_ITERATIONS = 32;

/** What a loop over time is made of. */
interface Recurrence {
  readonly cell: RNNCell;
  /** Time-major inputs. */
  readonly inputs: unknown;
  readonly state: State;
  readonly dtype: DType | null;
  readonly sequence_length: Tensor | null;
  readonly parallel_iterations: number;
  readonly swap_memory: boolean;
}

/**
 * Runs `cell` over `inputs`, `[batch, time, ...]` or, with `time_major`, `[time, batch, ...]`: the
 * outputs of all steps in the same form, and the last state. Beyond its `sequence_length` a sequence
 * gives zeros and keeps its state. ValueError without `initial_state` and `dtype`.
 */
export const dynamic_rnn = fn(
  [
    'cell',
    'inputs',
    'sequence_length',
    'initial_state',
    'dtype',
    'parallel_iterations',
    'swap_memory',
    'time_major',
    'scope',
  ],
  (
    cell: RNNCell,
    inputs: StateLike,
    sequence_length: TensorLike | null = null,
    initial_state: StateLike | null = null,
    dtype: DType | null = null,
    parallel_iterations: number | null = null,
    swap_memory: boolean = false,
    time_major: boolean = false,
    scope: string | VariableScope | null = null,
  ): [outputs: Tensor, state: State] => {
    assertCell(cell);
    return with_(variable_scope(scope ?? 'rnn'), () => {
      const whole = wholeOf(inputs);
      const given = flatten(whole).map((input) => toTensor(input as TensorLike));
      const flat = time_major ? given : (given.map(transposedBatchTime) as Tensor[]);
      const lengths = sequence_length === null ? null : lengthsVector(sequence_length);
      const batch = batchSizeOf(flat);
      const type = dtype === null ? null : as_dtype(dtype);
      const state = firstState(cell, initial_state, batch, type);
      const [outputs, last] = loopOverTime({
        cell,
        inputs: packAs(whole, flat),
        state: asState(mapLeaves((leaf) => toTensor(leaf as TensorLike), state)),
        dtype: type,
        sequence_length: lengths === null ? null : checkedLengths(lengths, batch),
        parallel_iterations: parallel_iterations ?? PARALLEL_ITERATIONS,
        swap_memory,
      });
      const result = time_major ? outputs : mapLeaves(transposedBatchTime, outputs);
      return [result as Tensor, last] as [Tensor, State];
    });
  },
  { objects: ['inputs', 'initial_state'] },
);

/** Nested lists of numbers are one tensor; lists of tensors are several. */
function wholeOf(inputs: StateLike): StateLike {
  const areNumbers = flatten(inputs).every((leaf) => typeof leaf === 'number');
  return areNumbers ? toTensor(inputs as TensorLike) : inputs;
}

function lengthsVector(sequence_length: TensorLike): Tensor {
  const lengths =
    sequence_length instanceof Operand
      ? to_int32(sequence_length)
      : nameScope(null, 'ToInt32', () => toTensor(sequence_length, int32, 'x'));
  const { ndims } = lengths.shape;
  if (ndims !== null && ndims !== 1) {
    throw new ValueError(
      `sequence_length must be a vector of length batch_size, but saw shape: ${lengths.shape}`,
    );
  }
  return identity(lengths, 'sequence_length');
}

/** The lengths, which fail at run time unless there is one per sequence of the batch. */
function checkedLengths(lengths: Tensor, batch: number | Tensor): Tensor {
  if (executing_eagerly()) return lengths;
  const found = shape(lengths);
  const expected = typeof batch === 'number' ? toTensor([batch], int32, 'stack') : stack([batch]);
  const check = Assert(reduce_all(equal(found, expected)), [
    `Expected shape for Tensor ${lengths.name} is `,
    expected,
    ' but saw shape: ',
    found,
  ]);
  return controlDependencies([check], () => identity(lengths, 'CheckSeqLen'));
}

/** The shapes of time-major inputs. ValueError where they differ in time or batch, or a depth is unknown. */
function inputShapes(inputs: readonly Tensor[]): readonly TensorShape[] {
  const shapes = inputs.map((input) => input.shape.with_rank_at_least(3));
  const [time = null, batch = null] = shapes[0]!.as_list();
  for (const dims of shapes) {
    if (!dims.at('2:').is_fully_defined()) {
      throw new ValueError(
        'Input size (depth of inputs) must be accessible via shape inference, but saw value None.',
      );
    }
    if (dims.at(0).value !== time) {
      throw new ValueError(
        'Time steps is not the same for all the elements in the input in a batch.',
      );
    }
    if (dims.at(1).value !== batch) {
      throw new ValueError('Batch_size is not the same for all the elements in the input.');
    }
  }
  return shapes;
}

function loopOverTime(recurrence: Recurrence): [outputs: unknown, state: State] {
  const { cell, inputs, state, dtype, parallel_iterations, swap_memory } = recurrence;
  const flat = flatten(inputs) as Tensor[];
  const timeSteps = shape(flat[0]!).at(0);
  const batch = batchSizeOf(flat);
  const shapes = inputShapes(flat);
  const sizes = leavesOf(cell.output_size) as ShapeLike[];
  const zeroOutput = packAs(
    cell.output_size,
    sizes.map((size) => zeros(batchShape(batch, size), stateType(dtype, state))),
  );
  const lengths = lengthsOf(recurrence.sequence_length);
  const [knownTime = null, knownBatch = null] = shapes[0]!.as_list();
  const begin = constant(0, int32, [], 'time');
  const arrays = makeArrays(recurrence, timeSteps, sizes, knownBatch);
  const step = stepOf(recurrence, arrays.inputs, shapes, zeroOutput, lengths);
  const bound = executing_eagerly()
    ? timeSteps
    : minimum(timeSteps, atLeastOne(lengths?.most ?? timeSteps));
  const [, written, last] = while_loop(
    (time) => less(time, bound),
    step,
    [begin, arrays.outputs, state as unknown],
    { parallel_iterations, maximum_iterations: timeSteps, swap_memory },
  );
  const results = written.map((array, i) => {
    const result = array.stack();
    if (!executing_eagerly())
      result.set_shape(staticBatchShape([knownTime, knownBatch], sizes[i]!));
    return result;
  });
  return [packAs(cell.output_size, results), asState(last)];
}

function lengthsOf(each: Tensor | null): Lengths | null {
  return each === null ? null : { each, least: reduce_min(each), most: reduce_max(each) };
}

/** `tf.maximum(1, steps)`: the constant is an integer, as `steps` are. */
function atLeastOne(steps: Tensor): Tensor {
  return nameScope(null, 'Maximum', (scope) => maximum(toTensor(1, int32, 'x'), steps, scope));
}

interface Arrays {
  readonly inputs: readonly TensorArray[];
  readonly outputs: readonly TensorArray[];
}

/** The arrays that the loop reads its inputs from, and those that it writes its outputs to. */
function makeArrays(
  { inputs, state, dtype }: Recurrence,
  size: Tensor,
  sizes: readonly ShapeLike[],
  batch: number | null,
): Arrays {
  const prefix = nameScope('dynamic_rnn', '', (scope) => scope);
  const outputs = sizes.map(
    (depth, i) =>
      new TensorArray({
        dtype: stateType(dtype, state),
        size,
        element_shape: as_shape([batch]).concatenate(shapeOfSize(depth)),
        tensor_array_name: `${prefix}output_${i}`,
      }),
  );
  const flat = flatten(inputs) as Tensor[];
  const made = flat.map(
    (input, i) =>
      new TensorArray({
        dtype: input.dtype,
        size,
        element_shape: input.shape.at('1:'),
        tensor_array_name: `${prefix}input_${i}`,
      }),
  );
  return { outputs, inputs: made.map((array, i) => array.unstack(flat[i]!)) };
}

/** The body of the loop. */
function stepOf(
  { cell, inputs }: Recurrence,
  arrays: readonly TensorArray[],
  shapes: readonly TensorShape[],
  zeroOutput: unknown,
  lengths: Lengths | null,
) {
  return (...variables: readonly unknown[]): unknown => {
    const [time, outputs, state] = variables as [Tensor, readonly TensorArray[], StateLike];
    const read = arrays.map((array, i) => {
      const value = array.read(time);
      if (!executing_eagerly()) value.set_shape(shapes[i]!.at('1:'));
      return value;
    });
    const call = () => cell(packAs(inputs, read) as Tensor, state);
    const [output, next] =
      lengths === null ? call() : selectiveStep({ time, zeroOutput, state, call }, lengths);
    const written = flatten(output).map((part, i) => outputs[i]!.write(time, part as Tensor));
    return [plus(time, 1), written, next];
  };
}

/**
 * Two cells over the same inputs, one of them backwards: the outputs of both, `[forward, backward]`,
 * and the last states of both.
 */
export const bidirectional_dynamic_rnn = fn(
  [
    'cell_fw',
    'cell_bw',
    'inputs',
    'sequence_length',
    'initial_state_fw',
    'initial_state_bw',
    'dtype',
    'parallel_iterations',
    'swap_memory',
    'time_major',
    'scope',
  ],
  (
    cell_fw: RNNCell,
    cell_bw: RNNCell,
    inputs: StateLike,
    sequence_length: TensorLike | null = null,
    initial_state_fw: StateLike | null = null,
    initial_state_bw: StateLike | null = null,
    dtype: DType | null = null,
    parallel_iterations: number | null = null,
    swap_memory: boolean = false,
    time_major: boolean = false,
    scope: string | VariableScope | null = null,
  ): [
    outputs: [forward: Tensor, backward: Tensor],
    output_states: [forward: State, backward: State],
  ] => {
    assertCell(cell_fw, 'cell_fw must be an instance of RNNCell');
    assertCell(cell_bw, 'cell_bw must be an instance of RNNCell');
    const options = { sequence_length, dtype, parallel_iterations, swap_memory, time_major };
    const backwards = (value: unknown): Tensor => reversed(value, sequence_length, time_major);
    const [forward, backward] = with_(variable_scope(scope ?? 'bidirectional_rnn'), () => [
      with_(variable_scope('fw'), (current) =>
        dynamic_rnn({
          cell: cell_fw,
          inputs,
          initial_state: initial_state_fw,
          scope: current,
          ...options,
        }),
      ),
      with_(variable_scope('bw'), (current) =>
        dynamic_rnn({
          cell: cell_bw,
          inputs: mapLeaves(backwards, inputs) as StateLike,
          initial_state: initial_state_bw,
          scope: current,
          ...options,
        }),
      ),
    ]);
    return [
      [forward![0], backwards(backward![0])],
      [forward![1], backward![1]],
    ];
  },
  { objects: ['inputs', 'initial_state_fw', 'initial_state_bw'] },
);

/** Sequences backwards, each up to its length where lengths are given. */
function reversed(value: unknown, lengths: TensorLike | null, timeMajor: boolean): Tensor {
  const [time, batch] = timeMajor ? [0, 1] : [1, 0];
  if (lengths === null) return reverse(value as Tensor, [time]);
  return reverse_sequence({
    input: value as Tensor,
    seq_lengths: lengths,
    seq_dim: time,
    batch_dim: batch,
  });
}
