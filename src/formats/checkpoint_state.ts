/** The message in the file `checkpoint`, which says what checkpoints a directory has. */

import { type Message, messageClass } from './message.ts';
import { Schema } from './proto_schema.ts';

const schema = new Schema(`
package tensorflow;
message CheckpointState {
  string model_checkpoint_path = 1;
  repeated string all_model_checkpoint_paths = 2;
  repeated double all_model_checkpoint_timestamps = 3;
  double last_preserved_timestamp = 4;
}
`);

/** The checkpoints of a directory, the newest last. */
export interface CheckpointStateFields {
  /** The newest. */
  model_checkpoint_path: string;
  all_model_checkpoint_paths: string[];
  /** Seconds since 1970. */
  all_model_checkpoint_timestamps: number[];
  last_preserved_timestamp: number;
}
/** The checkpoints of a directory. */
export type CheckpointState = Message & CheckpointStateFields;
/** The class of the message in the file `checkpoint`. */
export const CheckpointState = messageClass<CheckpointStateFields>(schema, 'CheckpointState');
