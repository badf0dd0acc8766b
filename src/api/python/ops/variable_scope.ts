/** `tf.python.ops.variable_scope`. */

export {
  AUTO_REUSE,
  get_local_variable,
  get_variable,
  get_variable_scope,
  no_regularizer,
  VariableScope,
  variable_op_scope,
  variable_scope,
} from '../../variables.ts';
