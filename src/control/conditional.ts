/**
 * A conditional as TF1 builds it: what a branch reads from outside comes through a switch, so that
 * only the branch that is taken has values, and a merge takes the result of that branch.
 */

import { registerConditional } from '../core/conditional.ts';
import { controlDependencies, nameScope } from '../core/mode.ts';
import type { Tensor } from '../core/tensor.ts';
import type { Operation } from '../graph/operation.ts';
import type { SymbolicTensor } from '../graph/symbolic_tensor.ts';
import { identity } from '../ops/shape.ts';
import { Merge, RefSwitch, Switch } from '../ops/switch.ts';

registerConditional((pred, whenTrue, whenFalse) =>
  nameScope(null, 'cond', () => {
    const given = pred as SymbolicTensor;
    const [no, yes] = Switch({ data: given, pred: given });
    const whenYes = identity(yes, 'switch_t') as SymbolicTensor;
    const whenNo = identity(no, 'switch_f') as SymbolicTensor;
    const id = identity(given, 'pred_id') as SymbolicTensor;
    for (const tensor of [no as SymbolicTensor, whenYes, whenNo, id]) {
      given.graph.prevent_fetching(tensor.op);
    }
    const taken = new Branch(id, whenYes, 1).build(whenTrue);
    const otherwise = new Branch(id, whenNo, 0).build(whenFalse);
    return Merge({ inputs: [otherwise, taken] })[0];
  }),
);

/** One side of a conditional. */
class Branch {
  private readonly pred: SymbolicTensor;
  private readonly pivot: SymbolicTensor;
  private readonly side: 0 | 1;
  /** The operations that were created before this branch are outside of it. */
  private readonly start: number;
  private readonly switched = new Map<SymbolicTensor, SymbolicTensor>();

  constructor(pred: SymbolicTensor, pivot: SymbolicTensor, side: 0 | 1) {
    this.pred = pred;
    this.pivot = pivot;
    this.side = side;
    this.start = pred.graph._operations.length;
  }

  /** Builds the branch and returns its result. */
  build(body: () => Tensor): SymbolicTensor {
    const result = body() as SymbolicTensor;
    for (const operation of result.graph._operations.slice(this.start)) this.adopt(operation);
    return this.inside(result);
  }

  /** Makes a new operation read, or wait for, this side of the switch. */
  private adopt(operation: Operation): void {
    if (operation.inputs.length === 0) operation._addControlInput(this.pivot.op);
    operation.inputs.forEach((input, i) => {
      const inside = nameScope(`${operation.name}/`, '', () => this.inside(input));
      if (inside !== input) operation._updateInput(i, inside);
    });
  }

  /** What stands for `tensor` inside: itself, or the side of a switch that it comes through. */
  private inside(tensor: SymbolicTensor): SymbolicTensor {
    if (tensor.op._id > this.start) return tensor;
    let inside = this.switched.get(tensor);
    if (!inside) {
      inside = this.switch(tensor);
      this.switched.set(tensor, inside);
    }
    return inside;
  }

  private switch(data: SymbolicTensor): SymbolicTensor {
    const exit = data.graph._enterColocation(data, true);
    try {
      const parts = { data, pred: this.pred };
      const isReference = data.dtype._is_ref_dtype;
      const sides = controlDependencies(null, () =>
        isReference ? RefSwitch(parts, {}, 'Switch') : Switch(parts),
      );
      return sides[this.side] as SymbolicTensor;
    } finally {
      exit();
    }
  }
}
