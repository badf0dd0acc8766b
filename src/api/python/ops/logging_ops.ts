/** `tf.python.ops.logging_ops`. */

export { Assert, Print } from '../../ops.ts';
