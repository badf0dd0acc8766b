/** `tf.python.saved_model.utils`. */

export * from '../../saved_model/utils.ts';
