/** `tf.initializers`: what makes the first values of variables. */

export {
  Constant as constant,
  Identity as identity,
  Ones as ones,
  Zeros as zeros,
} from '../ops/initializers.ts';
export {
  Orthogonal as orthogonal,
  RandomNormal as random_normal,
  RandomUniform as random_uniform,
  TruncatedNormal as truncated_normal,
  UniformUnitScaling as uniform_unit_scaling,
  VarianceScaling as variance_scaling,
} from '../ops/random_initializers.ts';
