/** Cells around a cell: they have its variables, under its names. */

import type { DType } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { nameScope, onDevice } from '../core/mode.ts';
import { assertSameStructure, flatten, packAs } from '../core/nest.ts';
import { type ArgsOf, signature } from '../core/signature.ts';
import type { Tensor, TensorLike } from '../core/tensor.ts';
import type { Inputs } from '../layers/base.ts';
import { plus } from '../ops/infix.ts';
import type { Variable } from '../variables/variable.ts';
import { assertCell, RNNCell, type Scope } from './cell.ts';
import { asState, type Size, type State, type StateLike } from './state.ts';

/** The zeros of the cell inside, under the name of the cell around it. */
export function zeroStateOf(
  outer: RNNCell,
  inner: RNNCell,
  args: Parameters<RNNCell['zero_state']>,
): State {
  return nameScope(`${outer.constructor.name}ZeroState`, '', () => inner.zero_state(...args));
}

/** A cell that passes on what it does not change to the cell that it wraps. */
export class WrapperCell extends RNNCell {
  protected readonly cell: RNNCell;

  constructor(cell: RNNCell) {
    super();
    this.cell = cell;
  }

  override get state_size(): Size {
    return this.cell.state_size;
  }
  override get output_size(): Size {
    return this.cell.output_size;
  }
  override get trainable_weights(): Variable[] {
    return this.cell.trainable_weights;
  }
  override get non_trainable_weights(): Variable[] {
    return this.cell.non_trainable_weights;
  }

  override zero_state(...args: Parameters<RNNCell['zero_state']>): State {
    return zeroStateOf(this, this.cell, args);
  }

  override apply(
    inputs: Inputs,
    state: StateLike = [],
    scope: Scope = null,
  ): [output: Tensor, state: State] {
    return this.cell(inputs as TensorLike, state, scope);
  }
}

/** Makes the output of a cell with residual connections of its inputs and outputs. */
export type ResidualFunction = (inputs: Tensor, outputs: Tensor) => Tensor;

const residualArguments = signature(
  ['cell', 'residual_fn'],
  (cell: RNNCell, residual_fn: ResidualFunction | null = null) => ({ cell, residual_fn }),
);

/** Adds the inputs of a cell to its outputs, or what `residual_fn(inputs, outputs)` makes of both. */
export class ResidualWrapper extends WrapperCell {
  private readonly combine: ResidualFunction;

  constructor(...args: ArgsOf<typeof residualArguments>) {
    const { cell, residual_fn } = residualArguments(...args);
    super(cell);
    this.combine = residual_fn ?? added;
  }

  override apply(
    inputs: Inputs,
    state: StateLike = [],
    scope: Scope = null,
  ): [output: Tensor, state: State] {
    const [outputs, next] = super.apply(inputs, state, scope);
    const combined = this.combine(inputs as Tensor, outputs);
    assertSameStructure(outputs, combined);
    flatten(outputs).forEach((output, i) => {
      const part = flatten(combined)[i] as Tensor;
      part.shape.assert_is_compatible_with((output as Tensor).shape);
    });
    return [combined, next];
  }
}

/** Inputs and outputs added, part by part. */
function added(inputs: Tensor, outputs: Tensor): Tensor {
  assertSameStructure(inputs, outputs);
  const others = flatten(outputs) as Tensor[];
  const pairs = (flatten(inputs) as Tensor[]).map((input, i) => [input, others[i]!] as const);
  for (const [input, output] of pairs) {
    const [expected, saw] = [input.shape, output.shape];
    if (!expected.is_compatible_with(saw)) {
      throw new ValueError(`Dimensions ${expected} and ${saw} are not compatible`);
    }
  }
  return asState(
    packAs(
      inputs,
      pairs.map(([input, output]) => plus(input, output)),
    ),
  );
}

const deviceArguments = signature(['cell', 'device'], (cell: RNNCell, device: string | null) => ({
  cell,
  device,
}));

/** Places a cell on a device. */
export class DeviceWrapper extends WrapperCell {
  private readonly place: string | null;

  constructor(...args: ArgsOf<typeof deviceArguments>) {
    const { cell, device } = deviceArguments(...args);
    assertCell(cell, 'The parameter cell is not a RNNCell.');
    super(cell);
    this.place = device;
  }

  override zero_state(batch_size: TensorLike, dtype: DType): State {
    return nameScope(`${this.constructor.name}ZeroState`, '', () =>
      onDevice(this.place, () => this.cell.zero_state(batch_size, dtype)),
    );
  }

  override apply(
    inputs: Inputs,
    state: StateLike = [],
    scope: Scope = null,
  ): [output: Tensor, state: State] {
    return onDevice(this.place, () => super.apply(inputs, state, scope));
  }
}
