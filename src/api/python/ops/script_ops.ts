/** `tf.python.ops.script_ops`. */

export { py_func } from '../../ops.ts';
