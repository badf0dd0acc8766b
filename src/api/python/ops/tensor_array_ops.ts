/** `tf.python.ops.tensor_array_ops`. */

export { TensorArray } from '../../../ops/tensor_array.ts';
