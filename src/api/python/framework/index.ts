/** `tf.python.framework`. */

export * as function from './function.ts';
