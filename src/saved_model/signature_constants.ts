/** `tf.saved_model.signature_constants`: keys and methods of signatures. */

/** The signature that is meant where none is named. */
export const DEFAULT_SERVING_SIGNATURE_DEF_KEY = 'serving_default';
/** The key of what a classification takes. */
export const CLASSIFY_INPUTS = 'inputs';
/** The method of classifications. */
export const CLASSIFY_METHOD_NAME = 'tensorflow/serving/classify';
/** The key of the classes that a classification gives. */
export const CLASSIFY_OUTPUT_CLASSES = 'classes';
/** The key of the scores that a classification gives. */
export const CLASSIFY_OUTPUT_SCORES = 'scores';
/** The key of what a prediction takes. */
export const PREDICT_INPUTS = 'inputs';
/** The method of predictions. */
export const PREDICT_METHOD_NAME = 'tensorflow/serving/predict';
/** The key of what a prediction gives. */
export const PREDICT_OUTPUTS = 'outputs';
/** The key of what a regression takes. */
export const REGRESS_INPUTS = 'inputs';
/** The method of regressions. */
export const REGRESS_METHOD_NAME = 'tensorflow/serving/regress';
/** The key of what a regression gives. */
export const REGRESS_OUTPUTS = 'outputs';
