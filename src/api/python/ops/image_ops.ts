/** `tf.python.ops.image_ops`. */

export * from '../../image.ts';
