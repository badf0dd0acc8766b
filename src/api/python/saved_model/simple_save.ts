/** `tf.python.saved_model.simple_save`. */

export { simple_save } from '../../saved_model/index.ts';
