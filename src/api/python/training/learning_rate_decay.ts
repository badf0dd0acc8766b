/** `tf.python.training.learning_rate_decay`. */

export {
  cosine_decay,
  cosine_decay_restarts,
  exponential_decay,
  inverse_time_decay,
  linear_cosine_decay,
  natural_exp_decay,
  noisy_linear_cosine_decay,
  piecewise_constant,
  polynomial_decay,
} from '../../train.ts';
