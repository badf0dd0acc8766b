/** mathjs's symbolic derivative of a formula, built as nodes: an independent check of gradients. */

import { parse, derivative as symbolic } from 'mathjs';
import type { Tensor } from '../core/tensor.ts';
import { expr, type Scope } from './expression.ts';

/**
 * The derivative of formula `text` with respect to `name`, simplified by mathjs and built with `expr`.
 * The formula may use mathjs's own functions only: derivatives of TF's reductions are not known to it.
 */
export function derivative(text: string, name: string, scope: Scope): Tensor {
  return expr(symbolic(parse(text), name).toString(), scope);
}
