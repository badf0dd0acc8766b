/** `tf.keras`, as far as TF1's own library uses it. */

export * as initializers from './initializers.ts';
