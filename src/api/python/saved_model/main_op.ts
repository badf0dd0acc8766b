/** `tf.python.saved_model.main_op`. */

export * from '../../saved_model/main_op.ts';
