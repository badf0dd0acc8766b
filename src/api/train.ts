/** `tf.train`: optimizers, learning rates, moving averages and the global step. */

export {
  BytesList,
  Example,
  Feature,
  FeatureList,
  FeatureLists,
  Features,
  FloatList,
  Int64List,
  SequenceExample,
} from '../formats/example_messages.ts';
export { SaverDef } from '../formats/meta_graph_messages.ts';
export { write_graph } from '../graph/write_graph.ts';
export { summary_iterator } from '../summary/iterator.ts';
export { AdadeltaOptimizer } from '../training/adadelta.ts';
export { AdagradOptimizer } from '../training/adagrad.ts';
export { AdagradDAOptimizer } from '../training/adagrad_da.ts';
export { AdamOptimizer } from '../training/adam.ts';
export { init_from_checkpoint } from '../training/checkpoint_init.ts';
export {
  list_variables,
  load_checkpoint,
  load_variable,
  NewCheckpointReader,
} from '../training/checkpoint_reader.ts';
export {
  checkpoint_exists,
  generate_checkpoint_state_proto,
  get_checkpoint_mtimes,
  get_checkpoint_state,
  latest_checkpoint,
  remove_checkpoint,
  update_checkpoint_state,
} from '../training/checkpoint_state.ts';
export { Coordinator } from '../training/coordinator.ts';
export { FtrlOptimizer } from '../training/ftrl.ts';
export {
  assert_global_step,
  create_global_step,
  get_global_step,
  get_or_create_global_step,
  global_step,
} from '../training/global_step.ts';
export { GradientDescentOptimizer } from '../training/gradient_descent.ts';
export {
  batch,
  batch_join,
  input_producer,
  limit_epochs,
  match_filenames_once,
  range_input_producer,
  shuffle_batch,
  shuffle_batch_join,
  slice_input_producer,
  string_input_producer,
} from '../training/input.ts';
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
} from '../training/learning_rate_decay.ts';
export { export_meta_graph, import_meta_graph } from '../training/meta_graph.ts';
export { MomentumOptimizer } from '../training/momentum.ts';
export { ExponentialMovingAverage } from '../training/moving_averages.ts';
export { Optimizer } from '../training/optimizer.ts';
export { ProximalAdagradOptimizer } from '../training/proximal_adagrad.ts';
export { ProximalGradientDescentOptimizer } from '../training/proximal_gradient_descent.ts';
export { add_queue_runner, QueueRunner, start_queue_runners } from '../training/queue_runner.ts';
export { RMSPropOptimizer } from '../training/rmsprop.ts';
export { Saver } from '../training/saver.ts';
export { VocabInfo } from '../training/vocab_info.ts';
export { warm_start } from '../training/warm_start.ts';
export * as queue_runner from './queue_runner.ts';
