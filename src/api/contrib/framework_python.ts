/** `tf.contrib.framework.python`. */

export * as ops from './framework_ops.ts';
