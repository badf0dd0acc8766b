/** `tf.python.ops.template`. */

export { make_template } from '../../variables.ts';
