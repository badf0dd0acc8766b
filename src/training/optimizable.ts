/** What an optimizer may be asked to optimize, and how each kind is differentiated by and updated. */

import { NotImplementedError, RuntimeError } from '../core/errors.ts';
import { IndexedSlices } from '../core/indexed_slices.ts';
import { controlDependencies, executing_eagerly } from '../core/mode.ts';
import { type Node, Tensor, type TensorLike } from '../core/tensor.ts';
import { ResourceVariable } from '../variables/resource_variable.ts';
import { Variable } from '../variables/variable.ts';

/** A gradient: of a whole variable, or of some of its rows. */
export type Gradient = Tensor | IndexedSlices;
/** What an update gives: the operation, or the changed variable. */
export type Updated = Node | Tensor | Variable;

/** What is done when an update is: of a variable that is read after an assignment, the assignment. */
export function doneBy(update: Updated): Node | Tensor | Variable {
  return update instanceof ResourceVariable && !executing_eagerly() ? update.op : update;
}

/** Runs `body` so that what it creates runs after `updates`. */
export function after<R>(updates: readonly Updated[], body: () => R): R {
  return controlDependencies(updates.map(doneBy) as readonly TensorLike[], body);
}

/** The four ways to apply a gradient, of which an optimizer provides those that it can. */
export interface Applies {
  _apply_dense(grad: Tensor, variable: Variable): Updated;
  _apply_sparse_duplicate_indices(grad: IndexedSlices, variable: Variable): Updated;
  _resource_apply_dense(grad: Tensor, handle: Variable): Updated;
  _resource_apply_sparse_duplicate_indices(
    grad: Tensor,
    handle: Variable,
    indices: Tensor,
  ): Updated;
}

/** NotImplementedError unless `v` is a variable, or a tensor to differentiate by. */
export function assertOptimizable(v: unknown): void {
  if (v instanceof Variable || v instanceof Tensor) return;
  throw new NotImplementedError(`('Trying to optimize unsupported type ', ${v})`);
}

/** Updates `v` by `grad` with the form that suits both, and then puts it back within its constraint. */
export function applyGradient(optimizer: Applies, grad: Gradient, v: Variable | Tensor): Updated {
  if (!(v instanceof Variable)) {
    throw new NotImplementedError(`('Trying to update a Tensor ', ${v})`);
  }
  if (grad instanceof IndexedSlices) {
    if (v.constraint !== null) {
      throw new RuntimeError('Cannot use a constraint function on a sparse variable.');
    }
    return v instanceof ResourceVariable
      ? optimizer._resource_apply_sparse_duplicate_indices(grad.values, v, grad.indices)
      : optimizer._apply_sparse_duplicate_indices(grad, v);
  }
  const updated =
    v instanceof ResourceVariable
      ? optimizer._resource_apply_dense(grad, v)
      : optimizer._apply_dense(grad, v);
  return constrained(v, updated);
}

function constrained(v: Variable, updated: Updated): Updated {
  const { constraint } = v;
  if (constraint === null) return updated;
  // A read of its own: the one that the loss made has the value of before the update.
  return after([updated], () => v.assign(constraint(v.read_value())));
}
