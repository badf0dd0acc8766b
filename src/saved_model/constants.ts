/** `tf.saved_model.constants`: the names of the parts of a SavedModel. */

/** The folder of files that come with a model. */
export const ASSETS_DIRECTORY = 'assets';
/** The collection of those files. */
export const ASSETS_KEY = 'saved_model_assets';
/** The collection of the older kind of operation that runs after loading. */
export const LEGACY_INIT_OP_KEY = 'legacy_init_op';
/** The collection of the operation that runs after loading. */
export const MAIN_OP_KEY = 'saved_model_main_op';
/** The file of the model, in bytes. */
export const SAVED_MODEL_FILENAME_PB = 'saved_model.pb';
/** The file of the model, as text. */
export const SAVED_MODEL_FILENAME_PBTXT = 'saved_model.pbtxt';
/** The version of the format. */
export const SAVED_MODEL_SCHEMA_VERSION = 1;
/** The folder of the checkpoint. */
export const VARIABLES_DIRECTORY = 'variables';
/** The name of the checkpoint in its folder. */
export const VARIABLES_FILENAME = 'variables';
