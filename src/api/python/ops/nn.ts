/** `tf.python.ops.nn`. */

export * from '../../nn.ts';
