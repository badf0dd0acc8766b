/** `tf.saved_model.main_op`. */

export { main_op, main_op_with_restore } from '../../saved_model/main_op.ts';
