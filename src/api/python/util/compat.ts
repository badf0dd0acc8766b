/** `tf.python.util.compat`. */

export * from '../../compat.ts';
