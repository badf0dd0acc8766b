/** `tf.python.client`. */

export * as session from './session.ts';
export * as timeline from './timeline.ts';
