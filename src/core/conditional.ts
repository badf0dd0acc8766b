/**
 * The conditional that libraries build graphs with. Control flow and variables stand beside each
 * other; a variable's `initialized_value` needs `tf.cond`, so `control/` provides it here.
 */

import type { Name, Node, Tensor } from './tensor.ts';

/** Builds what `whenTrue` or `whenFalse` builds, whichever `pred` says at run time. */
export type Conditional = (
  pred: Tensor,
  whenTrue: () => Tensor | Node,
  whenFalse: () => Tensor | Node,
  name?: Name,
) => Tensor;

let provided: Conditional | undefined;

/** Provides `tf.cond`. */
export function registerConditional(conditional: Conditional): void {
  provided = conditional;
}

/** `tf.cond(pred, whenTrue, whenFalse)` with one tensor as the result. */
export const conditional: Conditional = (pred, whenTrue, whenFalse, name = null) => {
  if (!provided) throw new Error('Control flow is not loaded.');
  return provided(pred, whenTrue, whenFalse, name);
};
