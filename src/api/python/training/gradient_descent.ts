/** `tf.python.training.gradient_descent`. */

export { GradientDescentOptimizer } from '../../train.ts';
