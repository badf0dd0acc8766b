/** `tf.python.training`. */

export * as adam from './adam.ts';
export * as checkpoint_state_pb2 from './checkpoint_state_pb2.ts';
export * as checkpoint_utils from './checkpoint_utils.ts';
export * as coordinator from './coordinator.ts';
export * as gradient_descent from './gradient_descent.ts';
export * as learning_rate_decay from './learning_rate_decay.ts';
export * as momentum from './momentum.ts';
export * as moving_averages from './moving_averages.ts';
export * as optimizer from './optimizer.ts';
export * as queue_runner from './queue_runner.ts';
export * as saver from './saver.ts';
export * as training_util from './training_util.ts';
