/** `tf.saved_model.utils`. */

export { build_tensor_info, get_tensor_from_tensor_info } from '../../saved_model/tensor_info.ts';
