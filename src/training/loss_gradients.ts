/**
 * Gradients of a loss by variables, and gradients that are given: what an optimizer applies. A graph is
 * differentiated by `tf.gradients`, eager code by a tape.
 */

import { with_ } from '../core/context.ts';
import { toTensor } from '../core/convert.ts';
import type { DType } from '../core/dtype.ts';
import { RuntimeError } from '../core/errors.ts';
import { IndexedSlices } from '../core/indexed_slices.ts';
import type { Operand } from '../core/operand.ts';
import { isPlainObject, signature } from '../core/signature.ts';
import { Tensor, type TensorLike } from '../core/tensor.ts';
import { GradientTape } from '../eager/gradient_tape.ts';
import { gradients } from '../gradients/gradients.ts';
import { GraphKeys } from '../graph/collections.ts';
import { get_collection } from '../graph/scopes.ts';
import { tuple } from '../ops/control_flow.ts';
import { trainable_variables } from '../variables/collections.ts';
import { Variable } from '../variables/variable.ts';
import type { Gradient } from './optimizable.ts';

/** What is minimized: a tensor, or a function that computes one, which eager mode needs. */
export type Loss = Operand | (() => TensorLike);
/** Variables in any nesting. */
export type VariableList =
  | Variable
  | Tensor
  | readonly VariableList[]
  | { readonly [key: string]: VariableList };
/** A gradient, `null` if there is none, and its variable. */
export type GradientAndVariable = [gradient: Gradient | null, variable: Variable];
/** Compute and apply gradients in parallel. */
export const GATE_NONE = 0;
/** For each operation, all its gradients are computed before any of them is used. */
export const GATE_OP = 1;
/** All gradients of all variables are computed before any of them is used. */
export const GATE_GRAPH = 2;

/** The arguments of `Optimizer.compute_gradients`. */
export const computing = signature(
  [
    'loss',
    'var_list',
    'gate_gradients',
    'aggregation_method',
    'colocate_gradients_with_ops',
    'grad_loss',
  ],
  (
    loss: Loss,
    var_list: VariableList | null = null,
    gate_gradients: number = GATE_OP,
    aggregation_method: number | null = null,
    colocate_gradients_with_ops: boolean = false,
    grad_loss: TensorLike | null = null,
  ) => ({
    loss,
    var_list,
    gate_gradients,
    aggregation_method,
    colocate_gradients_with_ops,
    grad_loss,
  }),
  { name: 'compute_gradients', objects: ['var_list'] },
);
/** What was asked of `Optimizer.compute_gradients`. */
export type Computing = ReturnType<typeof computing>;

/** The loss as a tensor of the graph. */
export function lossOf(loss: Loss): Operand & { dtype: DType; name: string } {
  if (loss instanceof Tensor || loss instanceof Variable) return loss;
  const value = typeof loss === 'function' ? loss() : loss;
  return toTensor(value);
}

/** The variables of a list, or all that are trained. */
export function variablesOf(list: VariableList | null): Variable[] {
  if (list !== null) return flatten(list);
  const resources = get_collection(GraphKeys.TRAINABLE_RESOURCE_VARIABLES) as Variable[];
  return [...trainable_variables(), ...resources];
}

function flatten(list: VariableList): Variable[] {
  if (Array.isArray(list)) return list.flatMap(flatten);
  if (!isPlainObject(list)) return [list as Variable];
  const keys = Object.keys(list).sort();
  return keys.flatMap((key) => flatten(list[key] as VariableList));
}

/** Gradients by the graph, gated as was asked. */
export function graphGradients(
  loss: Operand,
  variables: readonly Variable[],
  given: Computing,
): (Gradient | null)[] {
  const found = gradients(loss, variables, {
    grad_ys: given.grad_loss,
    gate_gradients: given.gate_gradients === GATE_OP,
    aggregation_method: given.aggregation_method,
    colocate_gradients_with_ops: given.colocate_gradients_with_ops,
  });
  return given.gate_gradients === GATE_GRAPH ? (tuple(found) as (Gradient | null)[]) : found;
}

/** Gradients of a function by what eager mode computes in it. */
export function tapeGradients({ loss, var_list, grad_loss }: Computing): GradientAndVariable[] {
  if (typeof loss !== 'function') {
    throw new RuntimeError(
      '`loss` passed to Optimizer.compute_gradients should be a function when eager execution is enabled.',
    );
  }
  const given = var_list === null ? null : flatten(var_list);
  const tape = new GradientTape();
  const value = with_(tape, () => {
    if (given !== null) tape.watch(given);
    return (loss as () => TensorLike)();
  });
  const variables = given ?? (tape.watched_variables() as Variable[]);
  const found = tape.gradient(value, variables, grad_loss) as (Gradient | null)[];
  return found.map((gradient, i): GradientAndVariable => [gradient, variables[i]!]);
}

/** A gradient that was given, as a tensor or IndexedSlices. */
export function asGradient(gradient: unknown): Gradient | null {
  if (gradient === null || gradient instanceof Tensor || gradient instanceof IndexedSlices) {
    return gradient;
  }
  let tensor: Tensor;
  try {
    tensor = toTensor(gradient as TensorLike);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new TypeError(
      `Gradient must be convertible to a Tensor or IndexedSlices, or None: ${gradient}`,
    );
  }
  if (tensor.dtype.is_floating || tensor.dtype.is_complex) return tensor;
  throw new TypeError(`Gradient must be a Tensor, IndexedSlices, or None: ${gradient}`);
}
