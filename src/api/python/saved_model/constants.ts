/** `tf.python.saved_model.constants`. */

export * from '../../../saved_model/constants.ts';
