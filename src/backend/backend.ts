/** The backend: all kernels, the wasm heap where it loads, and the evaluation of constants. */

import { type Attrs, registerEvaluator, type Value } from '../core/kernels.ts';
import type { Literal } from '../core/tensor.ts';
import { EagerContext } from './context.ts';
import { loadHeap } from './heap.ts';
import './kernels.ts';
import { kernelOf } from './registry.ts';
import { type BackendValue, hostValue } from './value.ts';

/** The wasm heap; `null` where wasm cannot load, and then everything runs on the host. */
export const heap = await loadHeap();

const constants = new EagerContext();

/** The outputs of op `type` for constant inputs; `undefined` where there is no kernel, or it fails. */
function evaluate(type: string, inputs: readonly Literal[], attrs: Attrs): Literal[] | undefined {
  const kernel = kernelOf(type);
  if (!kernel) return undefined;
  try {
    const values = inputs.map(({ dtype, shape, data }) => hostValue(dtype, shape, data));
    const outputs = kernel(values, attrs, constants) ?? [];
    return (Array.isArray(outputs) ? (outputs as Value[]) : [outputs as Value]).map((value) =>
      (value as BackendValue).toLiteral(),
    );
  } catch {
    return undefined;
  }
}
registerEvaluator(evaluate);
