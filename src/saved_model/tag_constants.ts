/** `tf.saved_model.tag_constants`: the usual tags of the graphs of a SavedModel. */

/** A graph to serve. */
export const SERVING = 'serve';
/** A graph to train. */
export const TRAINING = 'train';
/** A graph for GPUs. */
export const GPU = 'gpu';
/** A graph for TPUs. */
export const TPU = 'tpu';
