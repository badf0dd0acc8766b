/** `tf.python.ops.variables`. */

export {
  all_variables,
  assert_variables_initialized,
  global_variables,
  global_variables_initializer,
  initialize_all_variables,
  initialize_local_variables,
  initialize_variables,
  is_variable_initialized,
  local_variables,
  local_variables_initializer,
  model_variables,
  moving_average_variables,
  PartitionedVariable,
  report_uninitialized_variables,
  trainable_variables,
  Variable,
  variables_initializer,
} from '../../variables.ts';
