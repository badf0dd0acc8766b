/** `tf.python`: the few of TensorFlow's own modules that programs and tests reach for. */

export * as eager from './eager/index.ts';
export * as framework from './framework/index.ts';
export * as lib from './lib/index.ts';
export * as ops from './ops/index.ts';
export * as platform from './platform/index.ts';
export * as pywrap_tensorflow from './pywrap_tensorflow.ts';
export * as training from './training/index.ts';
