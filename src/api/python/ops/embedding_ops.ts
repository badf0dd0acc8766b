/** `tf.python.ops.embedding_ops`. */

export { embedding_lookup, embedding_lookup_sparse } from '../../nn.ts';
