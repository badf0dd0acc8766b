/** `tf.python.ops`. */

export * as functional_ops from './functional_ops.ts';
export * as tensor_array_ops from './tensor_array_ops.ts';
