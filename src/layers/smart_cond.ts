/** Choices that are made at build time where the condition is known then, and by `tf.cond` where it is not. */

import { conditional } from '../core/conditional.ts';
import { isPlainObject } from '../core/signature.ts';
import { Tensor } from '../core/tensor.ts';

/** A condition: known, or known when the graph runs. */
export type Flag = boolean | number | Tensor;

/** Whether `flag` is true; `null` where only a run can tell. */
export function knownFlag(flag: Flag): boolean | null {
  if (!(flag instanceof Tensor)) return Boolean(flag);
  const { constant } = flag;
  return constant === undefined ? null : Boolean(constant.data[0]);
}

/** What `whenTrue` or `whenFalse` builds. */
export function smartCond(flag: Flag, whenTrue: () => Tensor, whenFalse: () => Tensor): Tensor {
  const known = knownFlag(flag);
  if (known === null) return conditional(flag as Tensor, whenTrue, whenFalse);
  return known ? whenTrue() : whenFalse();
}

/** The argument `training` of a layer's call, by position or by name. */
export type Training = Flag | { readonly training?: Flag };

/** Whether to train, as it was said. */
export function trainingFlag(training: Training): Flag {
  return isPlainObject(training)
    ? ((training.training as Flag | undefined) ?? false)
    : (training as Flag);
}
