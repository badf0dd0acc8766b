/** Bidirectional networks on each other: each layer reads the outputs of both directions below it. */

import { with_ } from '../core/context.ts';
import type { DType } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { fn } from '../core/signature.ts';
import type { Tensor, TensorLike } from '../core/tensor.ts';
import { concat } from '../ops/array.ts';
import { variable_scope } from '../variables/scope_stack.ts';
import type { VariableScope } from '../variables/variable_scope.ts';
import type { RNNCell } from './cell.ts';
import { bidirectional_dynamic_rnn } from './dynamic.ts';
import type { State, StateLike } from './state.ts';
import { type Steps, static_bidirectional_rnn } from './static.ts';

type Cells = readonly RNNCell[];
type States = readonly StateLike[] | null;

function checkLayers(
  forward: unknown,
  backward: unknown,
  statesFw: States,
  statesBw: States,
): void {
  for (const [cells, way] of [
    [forward, 'fw'],
    [backward, 'bw'],
  ] as const) {
    if (!cells || (Array.isArray(cells) && cells.length === 0)) {
      throw new ValueError(`Must specify at least one ${way} cell for BidirectionalRNN.`);
    }
    if (!Array.isArray(cells)) {
      throw new ValueError(`cells_${way} must be a list of RNNCells (one per layer).`);
    }
  }
  const depth = (forward as Cells).length;
  if (depth !== (backward as Cells).length) {
    throw new ValueError('Forward and Backward cells must have the same depth.');
  }
  for (const [states, way] of [
    [statesFw, 'fw'],
    [statesBw, 'bw'],
  ] as const) {
    if (states !== null && (!Array.isArray(states) || states.length !== depth)) {
      throw new ValueError(
        `initial_states_${way} must be a list of state tensors (one per layer).`,
      );
    }
  }
}

/**
 * `static_bidirectional_rnn` for every pair of `cells_fw` and `cells_bw`, one after the other: the
 * outputs of the last layer, and the last states of each layer in both directions. ValueError where
 * the lists differ in length.
 */
export const stack_bidirectional_rnn = fn(
  [
    'cells_fw',
    'cells_bw',
    'inputs',
    'initial_states_fw',
    'initial_states_bw',
    'dtype',
    'sequence_length',
    'scope',
  ],
  (
    cells_fw: Cells,
    cells_bw: Cells,
    inputs: Steps,
    initial_states_fw: States = null,
    initial_states_bw: States = null,
    dtype: DType | null = null,
    sequence_length: TensorLike | null = null,
    scope: string | VariableScope | null = null,
  ): [outputs: Tensor[], output_states_fw: State[], output_states_bw: State[]] => {
    checkLayers(cells_fw, cells_bw, initial_states_fw, initial_states_bw);
    return with_(variable_scope(scope ?? 'stack_bidirectional_rnn'), () => {
      let layer: Steps = inputs;
      const states = cells_fw.map((cell_fw, i) =>
        with_(variable_scope(`cell_${i}`), (current) => {
          const [outputs, ...last] = static_bidirectional_rnn({
            cell_fw,
            cell_bw: cells_bw[i]!,
            inputs: layer,
            initial_state_fw: initial_states_fw?.[i] ?? null,
            initial_state_bw: initial_states_bw?.[i] ?? null,
            dtype,
            sequence_length,
            scope: current,
          });
          layer = outputs;
          return last;
        }),
      );
      return [layer, states.map(([fw]) => fw), states.map(([, bw]) => bw)] as [
        Tensor[],
        State[],
        State[],
      ];
    });
  },
);

/** As `stack_bidirectional_rnn`, of `bidirectional_dynamic_rnn`: `inputs` are one tensor. */
export const stack_bidirectional_dynamic_rnn = fn(
  [
    'cells_fw',
    'cells_bw',
    'inputs',
    'initial_states_fw',
    'initial_states_bw',
    'dtype',
    'sequence_length',
    'parallel_iterations',
    'time_major',
    'scope',
  ],
  (
    cells_fw: Cells,
    cells_bw: Cells,
    inputs: TensorLike,
    initial_states_fw: States = null,
    initial_states_bw: States = null,
    dtype: DType | null = null,
    sequence_length: TensorLike | null = null,
    parallel_iterations: number | null = null,
    time_major: boolean = false,
    scope: string | VariableScope | null = null,
  ): [outputs: Tensor, output_states_fw: State[], output_states_bw: State[]] => {
    checkLayers(cells_fw, cells_bw, initial_states_fw, initial_states_bw);
    return with_(variable_scope(scope ?? 'stack_bidirectional_rnn'), () => {
      let layer = inputs;
      const states = cells_fw.map((cell_fw, i) =>
        with_(variable_scope(`cell_${i}`), () => {
          const [outputs, last] = bidirectional_dynamic_rnn({
            cell_fw,
            cell_bw: cells_bw[i]!,
            inputs: layer,
            initial_state_fw: initial_states_fw?.[i] ?? null,
            initial_state_bw: initial_states_bw?.[i] ?? null,
            sequence_length,
            parallel_iterations,
            dtype,
            time_major,
          });
          layer = concat(outputs, 2);
          return last;
        }),
      );
      return [layer as Tensor, states.map(([fw]) => fw), states.map(([, bw]) => bw)] as [
        Tensor,
        State[],
        State[],
      ];
    });
  },
);
