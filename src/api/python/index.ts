/** `tf.python`: TensorFlow's own modules, by which programs import what `tf` has too. */

export * as client from './client/index.ts';
export * as eager from './eager/index.ts';
export * as framework from './framework/index.ts';
export * as lib from './lib/index.ts';
export * as ops from './ops/index.ts';
export * as platform from './platform/index.ts';
export * as pywrap_tensorflow from './pywrap_tensorflow.ts';
export * as saved_model from './saved_model/index.ts';
export * as training from './training/index.ts';
export * as util from './util/index.ts';
