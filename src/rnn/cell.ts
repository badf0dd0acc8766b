/**
 * The base of recurrent cells: a layer that takes inputs and a state, and gives an output and the next
 * state. Cells that make their variables in `build` are `LayerRNNCell`s; others use `tf.get_variable`.
 */

import { with_ } from '../core/context.ts';
import { as_dtype, type DType } from '../core/dtype.ts';
import { NotImplementedError, ValueError } from '../core/errors.ts';
import { executing_eagerly, nameScope } from '../core/mode.ts';
import { isNested } from '../core/nest.ts';
import type { TensorShape } from '../core/shape.ts';
import type { Tensor, TensorLike } from '../core/tensor.ts';
import { type Inputs, Layer } from '../layers/base.ts';
import { trainable_variables } from '../variables/collections.ts';
import type { CustomGetter } from '../variables/requests.ts';
import { get_variable_scope, variable_scope } from '../variables/scope_stack.ts';
import type { VariableScope } from '../variables/variable_scope.ts';
import { type Size, type State, type StateLike, zeroState } from './state.ts';

/** Where the variables of a cell go: a name, a scope, or the scope that is current. */
export type Scope = string | VariableScope | null;
/** What cells compute: the output and the next state. */
export type Step = readonly [output: Tensor, state: StateLike];

/** What cells are as functions. */
export interface RNNCell {
  /** One step: the output for `inputs` and the state after it. `scope` names the scope of the variables. */
  (inputs: TensorLike, state: StateLike, scope?: Scope): [output: Tensor, state: State];
}

/**
 * A recurrent cell. A subclass gives `state_size` and `output_size`, and computes a step in
 * `call(inputs, state)`, which may ask `tf.get_variable` for variables; what a subclass that wraps
 * another cell does around that is in `apply(inputs, state, scope)`.
 */
export class RNNCell extends Layer<Step> {
  private around!: VariableScope | null;

  /** The sizes of the state, without the batch: a number, a TensorShape, or a nesting of them. */
  get state_size(): Size {
    throw new NotImplementedError('Abstract method');
  }
  /** The sizes of the output, without the batch. */
  get output_size(): Size {
    throw new NotImplementedError('Abstract method');
  }

  /** One step, as calling the cell makes it. */
  override apply(
    inputs: Inputs,
    state: StateLike = [],
    scope: Scope = null,
  ): [output: Tensor, state: State] {
    if (scope === null) {
      this.around ??= get_variable_scope();
      const inside = variable_scope(this.around, { custom_getter: this.getter() });
      return with_(inside, () => this.step(inputs, state, null));
    }
    const inside = variable_scope(scope, { custom_getter: this.getter() });
    return with_(inside, (current) => this.step(inputs, state, current));
  }

  /** The step itself, in the scope of the layer. */
  protected step(inputs: Inputs, state: StateLike, scope: Scope): [Tensor, State] {
    const [output, next] = this._enter(inputs, [state], scope);
    return [output, next as State];
  }

  override call(_inputs: Inputs, _state: StateLike): Step {
    throw new NotImplementedError('Abstract method');
  }

  /** Lets the cell know the variables that are made inside of it. */
  private getter(): CustomGetter {
    return (getter, name, keywords) => {
      const variable = getter(name, keywords);
      const isTrained = executing_eagerly()
        ? keywords.trainable
        : trainable_variables().includes(variable);
      this._adopt(variable, isTrained);
      return variable;
    };
  }

  /** A state of zeros for `batch_size` sequences. */
  zero_state(batch_size: TensorLike, dtype: DType): State {
    return nameScope(`${this.constructor.name}ZeroState`, '', () =>
      zeroState(this.state_size, batch_size, as_dtype(dtype)),
    );
  }
}

/** A cell that makes its variables in `build`, once, wherever it is called. */
export class LayerRNNCell extends RNNCell {
  override apply(
    inputs: Inputs,
    state: StateLike = [],
    scope: Scope = null,
  ): [output: Tensor, state: State] {
    return this.step(inputs, state, scope);
  }
}

/** The size of the inputs of a cell. ValueError where it is unknown. */
export function inputDepth(input_shape: TensorShape): number {
  const depth = input_shape.at(1).value;
  if (depth !== null) return depth;
  throw new ValueError(`Expected inputs.shape[-1] to be known, saw shape: ${input_shape}`);
}

/** TypeError with `text` unless `cell` is a cell. */
export function assertCell(cell: unknown, text = 'cell must be an instance of RNNCell'): void {
  const isCell =
    typeof cell === 'function' &&
    ['output_size', 'state_size', 'zero_state'].every((member) => member in cell);
  if (!isCell) throw new TypeError(text);
}

/** The members of a state that must be a tuple. ValueError where it is none. */
export function membersOf(state: StateLike, count: number): readonly State[] {
  if (isNested(state) && Array.isArray(state)) return state as readonly State[];
  throw new ValueError(`Expected state to be a tuple of length ${count}, but received: ${state}`);
}
