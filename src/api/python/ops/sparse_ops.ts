/** `tf.python.ops.sparse_ops`. */

export {
  bincount,
  sparse_add,
  sparse_placeholder,
  sparse_reorder,
  sparse_tensor_dense_matmul,
  sparse_tensor_to_dense,
  sparse_to_dense,
} from '../../ops.ts';
export { sparse_merge } from '../../parsing.ts';
