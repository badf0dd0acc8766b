/** `tf.saved_model`: graphs with their variables and signatures, in a folder that servers load. */

export * as constants from '../../saved_model/constants.ts';
export * as signature_constants from '../../saved_model/signature_constants.ts';
export { simple_save } from '../../saved_model/simple_save.ts';
export * as tag_constants from '../../saved_model/tag_constants.ts';
export * as builder from './builder.ts';
export * as loader from './loader.ts';
export * as main_op from './main_op.ts';
export * as signature_def_utils from './signature_def_utils.ts';
export * as utils from './utils.ts';
