/** `tf.python.util`. */

export * as compat from './compat.ts';
export * as nest from './nest.ts';
