/** `tf.python.client`. */

export * as session from './session.ts';
