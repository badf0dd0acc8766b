/** `tf.keras.initializers`. */

export type { InitializerShape, PartitionInfo } from '../../ops/initializers.ts';
export { Constant, Identity, Initializer, Ones, Zeros } from '../../ops/initializers.ts';
export { deserialize, get, serialize } from '../../ops/keras_initializers.ts';
export {
  glorot_normal,
  glorot_uniform,
  he_normal,
  he_uniform,
  lecun_normal,
  lecun_uniform,
  Orthogonal,
  RandomNormal,
  RandomUniform,
  TruncatedNormal,
  VarianceScaling,
} from '../../ops/random_initializers.ts';
