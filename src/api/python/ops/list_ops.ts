/** `tf.python.ops.list_ops`. */

export * from '../../../ops/list_functions.ts';
