/** `tf.custom_gradient`: a function that says its own gradient, in graph and in eager mode alike. */

import { toTensor } from '../core/convert.ts';
import { applyOp, registry } from '../core/op.ts';
import type { Operand } from '../core/operand.ts';
import type { Tensor, TensorLike } from '../core/tensor.ts';
import { setNodeGradient } from './registry.ts';

/** From the gradients of the results, those of the arguments: one, or a list. */
export type CustomGradient = (...dys: Tensor[]) => Operand | null | readonly (Operand | null)[];

/**
 * Makes a function from `f`, which returns its result (a tensor or a list of them) and the function
 * that computes the arguments' gradients from the results': for a gradient that is more stable, or
 * another one, than the chain rule would give.
 */
export function custom_gradient<P extends readonly Tensor[], R extends Tensor | readonly Tensor[]>(
  f: (...args: P) => readonly [R, CustomGradient],
): (...args: { [K in keyof P]: TensorLike }) => R {
  return (...args) => {
    const tensors = (args as readonly TensorLike[]).map((arg) => toTensor(arg));
    const [result, gradient] = f(...(tensors as readonly Tensor[] as P));
    const results = (Array.isArray(result) ? result : [result]) as readonly Tensor[];
    const node = applyOp(registry.get('IdentityN')!, { input: [...results, ...tensors] }, {}, null);
    setNodeGradient(node, (_op, ...dys) => {
      const given = gradient(...dys.slice(0, results.length));
      const inputs = Array.isArray(given)
        ? (given as readonly (Operand | null)[])
        : [given as Operand | null];
      return [...results.map(() => null), ...inputs];
    });
    const outputs = node.outputs.slice(0, results.length);
    return (Array.isArray(result) ? outputs : outputs[0]) as R;
  };
}
