/** The losses that a graph collects, and their sum. */

import { executing_eagerly } from '../core/mode.ts';
import { fn } from '../core/signature.ts';
import type { Name, Tensor } from '../core/tensor.ts';
import { GraphKeys } from '../graph/collections.ts';
import { add_to_collection, get_collection } from '../graph/scopes.ts';
import { constant } from '../ops/constant.ts';
import { add_n } from '../ops/math.ts';

/** Adds a loss to a collection of losses; `null` is none. */
export const add_loss = fn(
  ['loss', 'loss_collection'],
  (loss: Tensor, loss_collection: string | null = GraphKeys.LOSSES): void => {
    if (loss_collection && !executing_eagerly()) add_to_collection(loss_collection, loss);
  },
);

/** The losses of a collection whose names begin with `scope`. */
export const get_losses = fn(
  ['scope', 'loss_collection'],
  (scope: string | null = null, loss_collection: string = GraphKeys.LOSSES): Tensor[] =>
    get_collection(loss_collection, scope) as Tensor[],
);

/** What the regularizers of variables made. */
export const get_regularization_losses = fn(
  ['scope'],
  (scope: string | null = null): Tensor[] =>
    get_collection(GraphKeys.REGULARIZATION_LOSSES, scope) as Tensor[],
);

/** The sum of `get_regularization_losses`, 0 if there are none. */
export const get_regularization_loss = fn(
  ['scope', 'name'],
  (scope: string | null = null, name: Name = 'total_regularization_loss'): Tensor => {
    const losses = get_regularization_losses(scope);
    return losses.length > 0 ? add_n(losses, name) : constant(0);
  },
);

/** The sum of all losses, with those of regularizers unless told not to. */
export const get_total_loss = fn(
  ['add_regularization_losses', 'name'],
  (add_regularization_losses: boolean = true, name: Name = 'total_loss'): Tensor => {
    const own = get_losses();
    const all = add_regularization_losses ? [...own, ...get_regularization_losses()] : own;
    return add_n(all, name);
  },
);
