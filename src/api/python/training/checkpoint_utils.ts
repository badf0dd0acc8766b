/** `tf.python.training.checkpoint_utils`. */

export {
  init_from_checkpoint,
  list_variables,
  load_checkpoint,
  load_variable,
} from '../../train.ts';
