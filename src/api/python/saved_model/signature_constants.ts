/** `tf.python.saved_model.signature_constants`. */

export * from '../../../saved_model/signature_constants.ts';
