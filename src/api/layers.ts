/** `tf.layers`: layers of neural networks that make their own variables. */

export { Layer } from '../layers/base.ts';
export { Conv2D, conv2d } from '../layers/convolutional.ts';
export { Dense, Dropout, dense, dropout, Flatten, flatten } from '../layers/core.ts';
export { InputSpec } from '../layers/input_spec.ts';
export { BatchNormalization, batch_normalization } from '../layers/normalization.ts';
export {
  AveragePooling2D,
  average_pooling2d,
  MaxPooling2D,
  max_pooling2d,
} from '../layers/pooling.ts';
