/** `tf.python.framework`. */

export * as constant_op from './constant_op.ts';
export * as dtypes from './dtypes.ts';
export * as errors from './errors.ts';
export * as function from './function.ts';
export * as graph_io from './graph_io.ts';
export * as graph_util from './graph_util.ts';
export * as importer from './importer.ts';
export * as ops from './ops.ts';
export * as random_seed from './random_seed.ts';
export * as sparse_tensor from './sparse_tensor.ts';
export * as tensor_shape from './tensor_shape.ts';
export * as tensor_util from './tensor_util.ts';
