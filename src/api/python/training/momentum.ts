/** `tf.python.training.momentum`. */

export { MomentumOptimizer } from '../../train.ts';
