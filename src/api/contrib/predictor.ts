/** `tf.contrib.predictor`: models as functions. */

export { from_saved_model, type Predictor } from '../../saved_model/predictor.ts';
