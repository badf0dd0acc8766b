/** `tf.core.protobuf`: messages under the names of the modules that TF1 programs import them from. */

import {
  AssetFileDef,
  CollectionDef,
  CondContextDef,
  MetaGraphDef,
  QueueRunnerDef,
  SavedModel,
  SaverDef,
  SignatureDef,
  TensorInfo,
  WhileContextDef,
} from '../../formats/meta_graph_messages.ts';

/** Contexts of conditionals and loops. */
export const control_flow_pb2 = { CondContextDef, WhileContextDef };
/** `MetaGraphDef` and its parts. */
export const meta_graph_pb2 = {
  AssetFileDef,
  CollectionDef,
  MetaGraphDef,
  SignatureDef,
  TensorInfo,
};
/** Queue runners. */
export const queue_runner_pb2 = { QueueRunnerDef };
/** `SavedModel`. */
export const saved_model_pb2 = { SavedModel };
/** `SaverDef`. */
export const saver_pb2 = { SaverDef };
