/** `tf.python.saved_model.builder`. */

export * from '../../saved_model/builder.ts';
