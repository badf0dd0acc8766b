/** What variables offer to the layers above. */

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
  report_uninitialized_variables,
  trainable_variables,
  variables_initializer,
} from './collections.ts';
export { EagerVariableStore } from './eager_variable_store.ts';
export { get_local_variable, get_variable, no_regularizer } from './get_variable.ts';
export { PartitionedVariable } from './partitioned_variable.ts';
export {
  fixed_size_partitioner,
  min_max_variable_partitioner,
  type Partitioner,
  variable_axis_size_partitioner,
} from './partitioners.ts';
export { variableFromProto } from './proto.ts';
export {
  AUTO_REUSE,
  type CustomGetter,
  type Getter,
  type InitializerLike,
  type Regularizer,
  type Reuse,
} from './requests.ts';
export { ResourceVariable } from './resource_variable.ts';
export { SaveSliceInfo } from './save_slice_info.ts';
export { get_variable_scope, variable_op_scope, variable_scope } from './scope_stack.ts';
export { make_template, type Template } from './template.ts';
export {
  assign,
  assign_add,
  assign_sub,
  count_up_to,
  scatter_add,
  scatter_div,
  scatter_max,
  scatter_min,
  scatter_mul,
  scatter_nd_add,
  scatter_nd_sub,
  scatter_nd_update,
  scatter_sub,
  scatter_update,
} from './updates.ts';
export { type Assigned, Variable } from './variable.ts';
export { VariableScope } from './variable_scope.ts';
export { variable } from './variable_store.ts';
