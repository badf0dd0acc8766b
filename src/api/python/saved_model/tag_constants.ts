/** `tf.python.saved_model.tag_constants`. */

export * from '../../../saved_model/tag_constants.ts';
