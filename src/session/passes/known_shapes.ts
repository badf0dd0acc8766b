/**
 * Known shapes: the shape of a value, its rank and size, the axes along which broadcasting repeated it,
 * and what is computed of these, are numbers as soon as the shapes of the feeds are known, whatever the
 * feeds hold.
 */

import { type Data, type DType, newData } from '../../core/dtype.ts';
import type { Dims, Literal } from '../../core/tensor.ts';
import type { Operation } from '../../graph/operation.ts';

/** The elements of output 0 that the declaration tells ahead, `null` for one that is not known. */
export function knownElements(
  { declaration, attrs, outputs }: Operation,
  named: Record<string, unknown>,
): readonly (number | null)[] | undefined {
  if (!outputs[0]!.dtype.is_integer) return undefined;
  try {
    return declaration.known?.(named, attrs);
  } catch {
    // The kernel will say what is wrong, when it runs.
    return undefined;
  }
}

/** An integer scalar or vector of which every element is known. */
export function literalOf(
  dtype: DType,
  dims: Dims,
  elements: readonly (number | null)[] | undefined,
): Literal | undefined {
  if (!elements?.every((element) => element !== null) || dims === null) return undefined;
  const data = newData(dtype, elements.length) as Data & { [index: number]: number };
  elements.forEach((element, i) => {
    data[i] = element as number;
  });
  return { dtype, shape: dims.length === 0 ? [] : [elements.length], data };
}
