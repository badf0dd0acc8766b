/** `tf.python.eager`. */

export * as context from './context.ts';
