/** `tf.initializers`: what makes the first values of variables. */

export {
  constant_initializer as constant,
  identity_initializer as identity,
  ones_initializer as ones,
  zeros_initializer as zeros,
} from '../ops/initializers.ts';
export {
  orthogonal_initializer as orthogonal,
  random_normal_initializer as random_normal,
  random_uniform_initializer as random_uniform,
  truncated_normal_initializer as truncated_normal,
  uniform_unit_scaling_initializer as uniform_unit_scaling,
  variance_scaling_initializer as variance_scaling,
} from '../ops/random_initializers.ts';
export {
  global_variables_initializer as global_variables,
  local_variables_initializer as local_variables,
  variables_initializer as variables,
} from '../variables/index.ts';
