/** `tf.python.training.saver`: savers, and what builds and feeds them. */

export {
  checkpoint_exists,
  generate_checkpoint_state_proto,
  get_checkpoint_mtimes,
  get_checkpoint_state,
  latest_checkpoint,
  remove_checkpoint,
  update_checkpoint_state,
} from '../../../training/checkpoint_state.ts';
export { Saver } from '../../../training/saver.ts';
export { BaseSaverBuilder, BulkSaverBuilder } from '../../../training/saver_builder.ts';
