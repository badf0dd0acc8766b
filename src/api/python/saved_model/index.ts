/** `tf.python.saved_model`. */

export * as builder from './builder.ts';
export * as constants from './constants.ts';
export * as loader from './loader.ts';
export * as main_op from './main_op.ts';
export * as signature_constants from './signature_constants.ts';
export * as signature_def_utils from './signature_def_utils.ts';
export * as simple_save from './simple_save.ts';
export * as tag_constants from './tag_constants.ts';
export * as utils from './utils.ts';
