/** `tf.python.framework.sparse_tensor`. */

export { SparseTensor, SparseTensorValue } from '../../framework.ts';
