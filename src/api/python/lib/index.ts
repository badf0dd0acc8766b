/** `tf.python.lib`. */

export * as io from './io/index.ts';
