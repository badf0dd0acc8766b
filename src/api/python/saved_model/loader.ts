/** `tf.python.saved_model.loader`. */

export * from '../../saved_model/loader.ts';
