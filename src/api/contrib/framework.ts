/** `tf.contrib.framework`: the global step and checkpoints, under their older names. */

export { smart_cond, smart_constant_value } from '../../control/smart_cond.ts';
export {
  assign_from_checkpoint,
  assign_from_checkpoint_fn,
  assign_from_values,
  assign_from_values_fn,
  get_variables,
  get_variables_to_restore,
} from '../../training/assign_from_checkpoint.ts';
export { init_from_checkpoint } from '../../training/checkpoint_init.ts';
export {
  list_variables,
  load_checkpoint,
  load_variable,
} from '../../training/checkpoint_reader.ts';
export {
  assert_global_step,
  create_global_step,
  get_global_step,
  get_or_create_global_step,
} from '../../training/global_step.ts';
export * as python from './framework_python.ts';
