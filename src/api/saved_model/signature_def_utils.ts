/** `tf.saved_model.signature_def_utils`. */

export {
  build_signature_def,
  classification_signature_def,
  is_valid_signature,
  predict_signature_def,
  regression_signature_def,
} from '../../saved_model/signatures.ts';
