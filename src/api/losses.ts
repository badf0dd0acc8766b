/** `tf.losses`: losses, and the collection that they go to. */

export {
  add_loss,
  get_losses,
  get_regularization_loss,
  get_regularization_losses,
  get_total_loss,
} from '../losses/collection.ts';
export {
  absolute_difference,
  cosine_distance,
  hinge_loss,
  huber_loss,
  log_loss,
  mean_pairwise_squared_error,
  mean_squared_error,
  sigmoid_cross_entropy,
  softmax_cross_entropy,
  sparse_softmax_cross_entropy,
} from '../losses/losses.ts';
export { Reduction } from '../losses/reduction.ts';
export { compute_weighted_loss } from '../losses/weighted.ts';
