/** Constant folding: a pure operation of constants is computed once, ahead of all runs. */

import { evaluateConstant } from '../../core/kernels.ts';
import type { Literal } from '../../core/tensor.ts';
import type { Step } from '../plan.ts';

/** What is known of an input. */
interface Known {
  readonly constant: Literal | undefined;
}

/** Values of more elements are not computed ahead. */
export const MAX_ELEMENTS = 4096;

/** What `step` gives, where it follows from constant `inputs`; nothing where it is large, or computing it fails. */
export function foldConstants(
  step: Step,
  inputs: readonly Known[],
): readonly Literal[] | undefined {
  if (!isFoldable(step, inputs)) return undefined;
  const { type, attrs } = step.operation;
  const literals = inputs.map(({ constant }) => constant!);
  const results = evaluateConstant(type, literals, attrs);
  return results?.every(({ data }) => data.length <= MAX_ELEMENTS) ? results : undefined;
}

function isFoldable({ operation, guards }: Step, inputs: readonly Known[]): boolean {
  const { declaration, outputs } = operation;
  if (declaration.stateful || declaration.opaque || guards !== null || inputs.length === 0) {
    return false;
  }
  return (
    outputs.length > 0 &&
    outputs.every(({ dtype }) => dtype.is_numpy_compatible && !dtype._is_ref_dtype) &&
    inputs.every(({ constant }) => constant && constant.data.length <= MAX_ELEMENTS)
  );
}
