/** Cells stacked on each other: the output of one is the input of the next. */

import { with_ } from '../core/context.ts';
import type { DType } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { nameScope } from '../core/mode.ts';
import { flatten, isNested } from '../core/nest.ts';
import { as_shape, type ShapeLike } from '../core/shape.ts';
import { type ArgsOf, signature } from '../core/signature.ts';
import type { Tensor, TensorLike } from '../core/tensor.ts';
import type { Inputs } from '../layers/base.ts';
import { concat, slice } from '../ops/array.ts';
import { variable_scope } from '../variables/scope_stack.ts';
import type { Variable } from '../variables/variable.ts';
import { membersOf, RNNCell, type Step } from './cell.ts';
import { asState, type Size, type State, type StateLike } from './state.ts';

const multiArguments = signature(
  ['cells', 'state_is_tuple'],
  (cells: readonly RNNCell[], state_is_tuple: boolean = true) => ({ cells, state_is_tuple }),
);

/**
 * Several cells as one, with a state per cell. Every layer needs a cell of its own. ValueError
 * without cells, or where states that are tuples are to be one tensor.
 */
export class MultiRNNCell extends RNNCell {
  private readonly cells: readonly RNNCell[];
  private readonly isTuple: boolean;

  constructor(...args: ArgsOf<typeof multiArguments>) {
    const { cells, state_is_tuple } = multiArguments(...args);
    super();
    checkCells(cells, state_is_tuple);
    this.cells = [...cells];
    this.isTuple = state_is_tuple;
  }

  override get state_size(): Size {
    const sizes = this.cells.map((cell) => cell.state_size);
    return this.isTuple ? sizes : sizes.reduce<number>((sum, size) => sum + (size as number), 0);
  }
  override get output_size(): Size {
    return this.cells.at(-1)!.output_size;
  }
  override get trainable_weights(): Variable[] {
    return this.trainable ? this.cells.flatMap((cell) => cell.trainable_weights) : [];
  }
  override get non_trainable_weights(): Variable[] {
    const fixed = this.cells.flatMap((cell) => cell.non_trainable_weights);
    if (this.trainable) return fixed;
    return [...this.cells.flatMap((cell) => cell.trainable_weights), ...fixed];
  }

  override zero_state(batch_size: TensorLike, dtype: DType): State {
    return nameScope(`${this.constructor.name}ZeroState`, '', () =>
      this.isTuple
        ? asState(this.cells.map((cell) => cell.zero_state(batch_size, dtype)))
        : super.zero_state(batch_size, dtype),
    );
  }

  override call(inputs: Inputs, state: StateLike): Step {
    let output = inputs as Tensor;
    let position = 0;
    const states = this.cells.map((cell, i) =>
      with_(variable_scope(`cell_${i}`), () => {
        const size = cell.state_size;
        const old = this.isTuple
          ? membersOf(state, this.cells.length)[i]!
          : slice(state as TensorLike, [0, position], [-1, size as number]);
        if (!this.isTuple) position += as_shape(size as ShapeLike).num_elements()!;
        const [next, nextState] = cell(output, old);
        output = next;
        return nextState;
      }),
    );
    return [output, this.isTuple ? states : concat(states, 1)];
  }
}

function checkCells(cells: unknown, isTuple: boolean): void {
  if (!Array.isArray(cells)) {
    throw new TypeError(`cells must be a list or tuple, but saw: ${cells}.`);
  }
  if (cells.length === 0) throw new ValueError('Must specify at least one cell for MultiRNNCell.');
  if (isTuple || !cells.some((cell: RNNCell) => isNested(cell.state_size))) return;
  const sizes = cells.map((cell: RNNCell) => `[${flatten(cell.state_size)}]`);
  throw new ValueError(
    `Some cells return tuples of states, but the flag state_is_tuple is not set.  State sizes are: [${sizes.join(', ')}]`,
  );
}
