/** `tf.python.training.checkpoint_state_pb2`. */

export { CheckpointState } from '../../../formats/checkpoint_state.ts';
