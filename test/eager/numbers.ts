/** Eager results as plain numbers and lists, for comparing. */

import * as tf from 'tf1';

/** The numbers of a tensor, a variable or IndexedSlices; `null` of `null`. */
export function numbers(value: unknown): unknown {
  if (value === null) return null;
  const plain: unknown = tf.convert_to_tensor(value as tf.TensorLike).numpy();
  return plain instanceof tf.NdArray ? plain.tolist() : plain;
}
