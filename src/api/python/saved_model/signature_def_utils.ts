/** `tf.python.saved_model.signature_def_utils`. */

export * from '../../saved_model/signature_def_utils.ts';
