/** `tf.python.training.moving_averages`. */

export {
  assign_moving_average,
  weighted_moving_average,
} from '../../../variables/moving_average.ts';
export { ExponentialMovingAverage } from '../../train.ts';
