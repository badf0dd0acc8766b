/** A branch of a condition: what it reads from outside comes through a switch, so that it only has values where the branch is taken. */

import { controlDependencies } from '../core/mode.ts';
import { isExit, isWithin } from '../graph/control_context.ts';
import type { Operation } from '../graph/operation.ts';
import type { SymbolicTensor } from '../graph/symbolic_tensor.ts';
import { Context } from './context.ts';
import { graphOf, switched } from './nodes.ts';

/** The side of a switch that a branch is on. */
export type Side = 0 | 1;

/** One branch of a condition. */
export class CondContext extends Context {
  readonly isCond = true;
  readonly isWhile = false;
  readonly pred: SymbolicTensor;
  readonly pivot: SymbolicTensor;
  readonly branch: Side;

  /** `name` is that of a branch from a meta graph. */
  constructor(
    pred: SymbolicTensor,
    pivot: SymbolicTensor,
    branch: Side,
    name: string | null = null,
  ) {
    super(graphOf(pred), name ?? 'cond_text', name !== null);
    this.pred = pred;
    this.pivot = pivot;
    this.branch = branch;
    this.values.add(pred);
    this.externals.set(pred, pred);
    this.values.add(pivot);
    pivot.op._controlFlow = this;
  }

  get controlPivot(): SymbolicTensor {
    return this.pivot;
  }

  addValue(tensor: SymbolicTensor): SymbolicTensor {
    if (this.values.has(tensor)) return this.externals.get(tensor) ?? tensor;
    const outside = this.fromOuter(tensor);
    const result = controlDependencies(null, () => {
      const side = switched(outside, this.pred)[this.branch];
      this.outer?.addInnerOp(side.op);
      return side;
    });
    this.graph.prevent_fetching(result.op);
    result.op._controlFlow = this;
    this.makeKnown([result]);
    this.externals.set(tensor, result);
    return result;
  }

  addOp(operation: Operation): void {
    this.takeIn(operation);
  }

  takeIn(operation: Operation): void {
    if (operation.inputs.length > 0) this.redirectInputs(operation);
    this.dropExternalControl(operation);
    const isFree =
      operation.inputs.length === 0 &&
      !operation.control_inputs.some((input) => isWithin(input._controlFlow, this));
    if (isFree || operation.type.endsWith('PartitionedCall')) {
      operation._addControlInputs([this.pivot.op]);
    }
    this.makeKnown(operation.outputs);
    if (this.outer !== null || !isExit(operation)) this.graph.prevent_fetching(operation);
    this.outer?.addInnerOp(operation);
  }

  /** A result of the branch, which may be a tensor from outside. */
  resultOf(tensor: SymbolicTensor): SymbolicTensor {
    if (this.values.has(tensor)) return this.externals.get(tensor) ?? tensor;
    const result = switched(this.fromOuter(tensor), this.pred)[this.branch];
    this.externals.set(tensor, result);
    return result;
  }

  /** What stands for `tensor` in the context around this one. */
  private fromOuter(tensor: SymbolicTensor): SymbolicTensor {
    this.values.add(tensor);
    if (this.outer === null) return tensor;
    const outside = this.outer.addValue(tensor);
    this.values.add(outside);
    this.externals.set(outside, outside);
    return outside;
  }

  private makeKnown(tensors: readonly SymbolicTensor[]): void {
    for (let context: Context | null = this; context; context = context.outer) {
      for (const tensor of tensors) context.values.add(tensor);
    }
  }
}
