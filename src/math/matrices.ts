/** Arrays as mathjs matrices. The other way needs nothing: a matrix can be fed as it is. */

import { type Matrix, matrix } from 'mathjs';
import type { Listed } from '../core/fetched.ts';

/** A dense mathjs matrix with the elements of `array`, what `sess.run` or `.numpy()` gives. */
export function toMathjs(array: { tolist(): Listed } | { tolist(): unknown } | number): Matrix {
  const list = typeof array === 'number' ? [array] : array.tolist();
  return matrix(list as number[] | number[][]);
}
