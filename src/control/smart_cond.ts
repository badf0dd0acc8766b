/** `tf.contrib.framework.smart_cond`: a branch is chosen at once where the condition is known already. */

import { pythonText } from '../core/call.ts';
import { fn } from '../core/signature.ts';
import { type Name, Tensor } from '../core/tensor.ts';
import { cond } from './cond.ts';

/** A condition: known, or known when the graph runs. */
export type Condition = Tensor | boolean | 0 | 1;

/** The truth of `pred` where it is known already, else `null`. TypeError for what is no condition. */
export const smart_constant_value = fn(['pred'], (pred: Condition): boolean | null => {
  if (pred === 0 || pred === 1 || typeof pred === 'boolean') return Boolean(pred);
  if (pred instanceof Tensor) return pred.constant ? Boolean(pred.constant.data[0]) : null;
  throw new TypeError(
    `\`pred\` must be a Tensor, or a Python bool, or 1 or 0. Found instead: ${pythonText(pred)}`,
  );
});

/** Calls `true_fn` or `false_fn` where `pred` is known already, and is `tf.cond` where it is not. */
export const smart_cond = fn(
  ['pred', 'true_fn', 'false_fn', 'name'],
  (
    pred: Condition,
    true_fn: (() => unknown) | null = null,
    false_fn: (() => unknown) | null = null,
    name: Name = null,
  ): unknown => {
    if (typeof true_fn !== 'function') throw new TypeError('`true_fn` must be callable.');
    if (typeof false_fn !== 'function') throw new TypeError('`false_fn` must be callable.');
    const known = smart_constant_value(pred);
    if (known !== null) return known ? true_fn() : false_fn();
    return cond(pred, true_fn, false_fn, { name });
  },
);
