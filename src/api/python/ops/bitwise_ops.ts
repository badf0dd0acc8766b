/** `tf.python.ops.bitwise_ops`. */

export * from '../../bitwise.ts';
