/** `tf.saved_model.builder`. */

export { SavedModelBuilder } from '../../saved_model/builder.ts';
