/** Norms and traces of tensors, and values of polynomials. */

import { toTensor } from '../core/convert.ts';
import { ValueError } from '../core/errors.ts';
import { nameScope } from '../core/mode.ts';
import { fn } from '../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../core/tensor.ts';
import { pow } from './arithmetic.ts';
import { conj } from './complex.ts';
import { matrix_diag_part } from './diag.ts';
import { zeros_like } from './fill.ts';
import { abs, sqrt } from './math.ts';
import { reduce_max, reduce_sum } from './reduce.ts';
import { squeeze } from './shape.ts';

const AXIS_TEXT = "'axis' must be None, an integer, or a tuple of 2 unique integers";

/** What `ord` may be: a name, or the order of the norm. */
type Order = number | 'euclidean' | 'fro';

/**
 * A norm of vectors along `axis`, of matrices along two axes, or of all elements. `ord` is
 * `'euclidean'`, `'fro'` (matrices), 1, `Infinity`, or for vectors any positive number.
 */
export const norm = fn(
  ['tensor', 'ord', 'axis', 'keepdims', 'name'],
  (
    tensor: TensorLike,
    ord: Order = 'euclidean',
    axis: number | readonly number[] | null = null,
    keepdims: boolean | null = null,
    name: Name = null,
  ): Tensor => {
    const axes = typeof axis === 'number' ? [axis] : axis;
    const ofMatrices = Array.isArray(axis);
    checkOrder(ord, axis, ofMatrices);
    return nameScope(name, 'norm', () => {
      const result = normOf(toTensor(tensor), ord, axes, ofMatrices);
      return keepdims ? result : squeeze(result, axes === null ? null : [...axes]);
    });
  },
  { aliases: { keep_dims: 'keepdims' } },
);

function checkOrder(
  ord: Order,
  axis: number | readonly number[] | null,
  ofMatrices: boolean,
): void {
  if (ofMatrices) {
    const [p, q, ...more] = axis as readonly number[];
    if (p === q || q === undefined || more.length > 0) throw new ValueError(AXIS_TEXT);
    if (!['euclidean', 'fro', 1, Number.POSITIVE_INFINITY].includes(ord)) {
      throw new ValueError(
        `'ord' must be a supported matrix norm in ['euclidean', 'fro', 1, inf], got ${ord}`,
      );
    }
  } else if (ord !== 'euclidean' && !(typeof ord === 'number' && ord > 0)) {
    throw new ValueError(`'ord' must be a supported vector norm, got ${ord}`);
  }
}

/** The norm, with the reduced axes kept. */
function normOf(
  x: Tensor,
  ord: Order,
  axes: readonly number[] | null,
  ofMatrices: boolean,
): Tensor {
  const [first, last] = [axes?.[0] ?? null, axes?.at(-1) ?? null];
  const all = axes === null ? null : [...axes];
  if (ord === 'fro' || ord === 'euclidean' || ord === 2) {
    return sqrt(reduce_sum(x.multiply(conj(x)), all, true));
  }
  const sizes = abs(x);
  if (ord === 1) {
    const sums = reduce_sum(sizes, first, true);
    return ofMatrices ? reduce_max(sums, last, true) : sums;
  }
  if (ord === Number.POSITIVE_INFINITY) {
    return reduce_max(ofMatrices ? reduce_sum(sizes, last, true) : sizes, first, true);
  }
  return pow(reduce_sum(pow(sizes, ord), all, true), 1 / ord);
}

/** The sum of each matrix's diagonal. */
export const trace = fn(
  ['x', 'name'],
  (x: TensorLike, name: Name = null): Tensor =>
    nameScope(name, 'Trace', (scope) =>
      reduce_sum(matrix_diag_part(toTensor(x, null, 'x')), [-1], null, scope),
    ),
);

/** The value at `x` of the polynomial with `coeffs`, the highest power first. */
export const polyval = fn(
  ['coeffs', 'x', 'name'],
  (coeffs: readonly TensorLike[], x: TensorLike, name: Name = null): Tensor =>
    nameScope(name, 'polyval', (scope) => {
      const at = toTensor(x, null, 'x');
      const terms = coeffs.map((c, i) => toTensor(c, null, `coeff_${i}`));
      const [first, ...rest] = terms;
      if (first === undefined) return zeros_like(at, null, scope);
      return rest.reduce((sum, term) => term.add(sum.multiply(at)), first);
    }),
);
