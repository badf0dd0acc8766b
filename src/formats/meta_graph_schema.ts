/**
 * The schema of meta graphs and SavedModels: a graph with what its program kept beside it. Field
 * numbers are those of TensorFlow's .proto files.
 */

import { graphSchema } from './graph_schema.ts';
import { Schema } from './proto_schema.ts';

/** Meta graphs, collections, signatures, savers, variables, control flow, queue runners, SavedModels. */
export const metaGraphSchema = new Schema(
  `
package google.protobuf;
message Any { string type_url = 1; bytes value = 2; }
message BytesValue { bytes value = 1; }
package tensorflow.error;
enum Code {
  OK = 0; CANCELLED = 1; UNKNOWN = 2; INVALID_ARGUMENT = 3; DEADLINE_EXCEEDED = 4; NOT_FOUND = 5;
  ALREADY_EXISTS = 6; PERMISSION_DENIED = 7; RESOURCE_EXHAUSTED = 8; FAILED_PRECONDITION = 9;
  ABORTED = 10; OUT_OF_RANGE = 11; UNIMPLEMENTED = 12; INTERNAL = 13; UNAVAILABLE = 14;
  DATA_LOSS = 15; UNAUTHENTICATED = 16;
}
package tensorflow;
message SaverDef {
  enum CheckpointFormatVersion { LEGACY = 0; V1 = 1; V2 = 2; }
  string filename_tensor_name = 1;
  string save_tensor_name = 2;
  string restore_op_name = 3;
  int32 max_to_keep = 4;
  bool sharded = 5;
  float keep_checkpoint_every_n_hours = 6;
  CheckpointFormatVersion version = 7;
}
message SaveSliceInfoDef {
  string full_name = 1;
  repeated int64 full_shape = 2;
  repeated int64 var_offset = 3;
  repeated int64 var_shape = 4;
}
enum VariableSynchronization {
  VARIABLE_SYNCHRONIZATION_AUTO = 0; VARIABLE_SYNCHRONIZATION_NONE = 1;
  VARIABLE_SYNCHRONIZATION_ON_WRITE = 2; VARIABLE_SYNCHRONIZATION_ON_READ = 3;
}
enum VariableAggregation {
  VARIABLE_AGGREGATION_NONE = 0; VARIABLE_AGGREGATION_SUM = 1; VARIABLE_AGGREGATION_MEAN = 2;
  VARIABLE_AGGREGATION_ONLY_FIRST_REPLICA = 3;
}
message VariableDef {
  string variable_name = 1;
  string initial_value_name = 6;
  string initializer_name = 2;
  string snapshot_name = 3;
  SaveSliceInfoDef save_slice_info_def = 4;
  bool is_resource = 5;
  bool trainable = 7;
  VariableSynchronization synchronization = 8;
  VariableAggregation aggregation = 9;
}
message ValuesDef { repeated string values = 1; map<string, string> external_values = 2; }
message ControlFlowContextDef {
  oneof ctxt { CondContextDef cond_ctxt = 1; WhileContextDef while_ctxt = 2; }
}
message CondContextDef {
  string context_name = 1;
  string pred_name = 2;
  string pivot_name = 3;
  int32 branch = 4;
  ValuesDef values_def = 5;
  repeated ControlFlowContextDef nested_contexts = 6;
}
message WhileContextDef {
  string context_name = 1;
  int32 parallel_iterations = 2;
  bool back_prop = 3;
  bool swap_memory = 4;
  string pivot_name = 5;
  string pivot_for_pred_name = 6;
  string pivot_for_body_name = 7;
  repeated string loop_exit_names = 8;
  repeated string loop_enter_names = 10;
  ValuesDef values_def = 9;
  string maximum_iterations_name = 11;
  repeated ControlFlowContextDef nested_contexts = 12;
}
message QueueRunnerDef {
  string queue_name = 1;
  repeated string enqueue_op_name = 2;
  string close_op_name = 3;
  string cancel_op_name = 4;
  repeated error.Code queue_closed_exception_types = 5;
}
message CollectionDef {
  message NodeList { repeated string value = 1; }
  message BytesList { repeated bytes value = 1; }
  message Int64List { repeated int64 value = 1; }
  message FloatList { repeated float value = 1; }
  message AnyList { repeated google.protobuf.Any value = 1; }
  oneof kind {
    NodeList node_list = 1;
    BytesList bytes_list = 2;
    Int64List int64_list = 3;
    FloatList float_list = 4;
    AnyList any_list = 5;
  }
}
message TensorInfo {
  message CooSparse {
    string values_tensor_name = 1;
    string indices_tensor_name = 2;
    string dense_shape_tensor_name = 3;
  }
  oneof encoding { string name = 1; CooSparse coo_sparse = 4; }
  DataType dtype = 2;
  TensorShapeProto tensor_shape = 3;
}
message SignatureDef {
  map<string, TensorInfo> inputs = 1;
  map<string, TensorInfo> outputs = 2;
  string method_name = 3;
  map<string, TensorProto> defaults = 4;
}
message AssetFileDef { TensorInfo tensor_info = 1; string filename = 2; }
message MetaGraphDef {
  message MetaInfoDef {
    string meta_graph_version = 1;
    OpList stripped_op_list = 2;
    google.protobuf.Any any_info = 3;
    repeated string tags = 4;
    string tensorflow_version = 5;
    string tensorflow_git_version = 6;
    bool stripped_default_attrs = 7;
    map<string, string> function_aliases = 8;
  }
  MetaInfoDef meta_info_def = 1;
  GraphDef graph_def = 2;
  SaverDef saver_def = 3;
  map<string, CollectionDef> collection_def = 4;
  map<string, SignatureDef> signature_def = 5;
  repeated AssetFileDef asset_file_def = 6;
}
message SavedModel {
  int64 saved_model_schema_version = 1;
  repeated MetaGraphDef meta_graphs = 2;
}
`,
  graphSchema,
);
