/** `tf.python.training`. */

export * as saver from './saver.ts';
