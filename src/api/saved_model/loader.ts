/** `tf.saved_model.loader`. */

export { load, maybe_saved_model_directory } from '../../saved_model/loader.ts';
