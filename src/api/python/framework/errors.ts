/** `tf.python.framework.errors`. */

export * from '../../errors.ts';
