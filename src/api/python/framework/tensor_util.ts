/** `tf.python.framework.tensor_util`. */

export { constant_value } from '../../../numpy/constant_value.ts';
export { make_ndarray as MakeNdarray, make_tensor_proto } from '../../graph_files.ts';
