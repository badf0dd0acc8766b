/** `tf.contrib.util.constant_value`: what is known of a tensor before anything runs. */

import { fn } from '../core/signature.ts';
import type { Tensor } from '../core/tensor.ts';
import { NdArray } from './ndarray.ts';
import { asArray } from './nested.ts';

/**
 * The array that `tensor` always has, if that can be told from the graph: of a constant, or of what is
 * computed from constants and shapes. `null` where it can only be known by running. With `partial`,
 * a vector of integers that is known in part is a list with `null` for the others.
 */
export const constant_value = fn(
  ['tensor', 'partial'],
  (tensor: Tensor, partial: boolean = false): NdArray | (number | null)[] | null => {
    const { constant, known, shape } = tensor;
    if (constant) return new NdArray(constant.dtype, [...constant.shape], constant.data.slice());
    if (known === undefined || shape.ndims !== 1) return null;
    if (known.every((size) => size !== null)) return asArray(known, tensor.dtype);
    return partial ? [...known] : null;
  },
);
