/**
 * What is known of a tensor's value while the graph is built. A small value that follows from
 * constants alone is computed by the ops' own kernels; integer vectors may be known in part, so that
 * `tf.stack([tf.shape(x)[0], 4])` still gives a shape of rank 2.
 */

import { evaluateConstant } from '../core/kernels.ts';
import { byName } from '../core/op.ts';
import type { Literal } from '../core/tensor.ts';
import type { SymbolicTensor } from './symbolic_tensor.ts';

/** Inputs of more elements are not computed while the graph is built. */
const MAX_ELEMENTS = 1024;
/** A longer chain of operations is not followed. */
const MAX_DEPTH = 50;
let depth = 0;

/** The value of `tensor`, where it follows from constants. */
export function constantOf(tensor: SymbolicTensor): Literal | undefined {
  const { op, value_index } = tensor;
  const { declaration, attrs } = op;
  if (declaration.constant)
    return declaration.constant(byName(declaration.inputs, attrs, op.inputs), attrs);
  if (!isFoldable(tensor) || depth >= MAX_DEPTH) return undefined;
  depth++;
  try {
    const inputs: Literal[] = [];
    for (const input of op.inputs) {
      const constant = input.dtype._is_ref_dtype ? undefined : input.constant;
      if (!constant || constant.data.length > MAX_ELEMENTS) return undefined;
      inputs.push(constant);
    }
    return evaluateConstant(declaration.type, inputs, attrs)?.[value_index];
  } finally {
    depth--;
  }
}

function isFoldable({ op, dims, dtype }: SymbolicTensor): boolean {
  const { declaration } = op;
  if (declaration.stateful || declaration.control || declaration.opaque || op.inputs.length === 0)
    return false;
  if (!dtype.is_numpy_compatible || dims === null) return false;
  return (
    dims.every((n) => n !== null) &&
    (dims as readonly number[]).reduce((a, b) => a * b, 1) <= MAX_ELEMENTS
  );
}

/** The elements of an integer scalar or vector, `null` where unknown; `undefined` if nothing is. */
export function knownOf(tensor: SymbolicTensor): readonly (number | null)[] | undefined {
  if (!tensor.dtype.is_integer || (tensor.dims !== null && tensor.dims.length > 1))
    return undefined;
  const { declaration, attrs, inputs } = tensor.op;
  const partial =
    depth < MAX_DEPTH &&
    deeper(() => declaration.known?.(byName(declaration.inputs, attrs, inputs), attrs));
  if (partial) return partial;
  const { constant } = tensor;
  return constant ? Array.from(constant.data as ArrayLike<number>) : undefined;
}

function deeper<T>(body: () => T): T {
  depth++;
  try {
    return body();
  } finally {
    depth--;
  }
}
