/** `tf.contrib.util`. */

export { constant_value } from '../../numpy/constant_value.ts';
export { make_ndarray, make_tensor_proto } from '../graph_files.ts';
