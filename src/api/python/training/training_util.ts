/** `tf.python.training.training_util`. */

export {
  assert_global_step,
  create_global_step,
  get_global_step,
  get_or_create_global_step,
  global_step,
} from '../../train.ts';
