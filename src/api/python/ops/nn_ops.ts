/** `tf.python.ops.nn_ops`. */

export * from '../../nn.ts';
