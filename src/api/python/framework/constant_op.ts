/** `tf.python.framework.constant_op`. */

export { constant } from '../../ops.ts';
