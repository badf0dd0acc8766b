/** `tf.python.framework.function`. */

export { Defun } from '../../../control/defun.ts';
