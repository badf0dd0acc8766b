/** `tf.python.framework.tensor_shape`. */

export {
  as_dimension,
  as_shape,
  Dimension,
  matrix,
  scalar,
  TensorShape,
  unknown_shape,
  vector,
} from '../../../core/shape.ts';
