/** The schema of summaries, events and traces. Numbers are those of TensorFlow's .proto files. */

import { graphSchema } from './graph_schema.ts';
import { Schema } from './proto_schema.ts';

/** Summary, Event, SessionLog and their parts. */
export const summarySchema = new Schema(
  `
message SummaryDescription { string type_hint = 1; }
message HistogramProto {
  double min = 1;
  double max = 2;
  double num = 3;
  double sum = 4;
  double sum_squares = 5;
  repeated double bucket_limit = 6 [packed = true];
  repeated double bucket = 7 [packed = true];
}
message SummaryMetadata {
  message PluginData { string plugin_name = 1; bytes content = 2; }
  PluginData plugin_data = 1;
  string display_name = 2;
  string summary_description = 3;
}
message Summary {
  message Image {
    int32 height = 1;
    int32 width = 2;
    int32 colorspace = 3;
    bytes encoded_image_string = 4;
  }
  message Audio {
    float sample_rate = 1;
    int64 num_channels = 2;
    int64 length_frames = 3;
    bytes encoded_audio_string = 4;
    string content_type = 5;
  }
  message Value {
    string node_name = 7;
    string tag = 1;
    SummaryMetadata metadata = 9;
    oneof value {
      float simple_value = 2;
      bytes obsolete_old_style_histogram = 3;
      Image image = 4;
      HistogramProto histo = 5;
      Audio audio = 6;
      TensorProto tensor = 8;
    }
  }
  repeated Value value = 1;
}
message LogMessage {
  enum Level { UNKNOWN = 0; DEBUGGING = 10; INFO = 20; WARN = 30; ERROR = 40; FATAL = 50; }
  Level level = 1;
  string message = 2;
}
message SessionLog {
  enum SessionStatus { STATUS_UNSPECIFIED = 0; START = 1; STOP = 2; CHECKPOINT = 3; }
  SessionStatus status = 1;
  string checkpoint_path = 2;
  string msg = 3;
}
message TaggedRunMetadata { string tag = 1; bytes run_metadata = 2; }
message Event {
  double wall_time = 1;
  int64 step = 2;
  oneof what {
    string file_version = 3;
    bytes graph_def = 4;
    Summary summary = 5;
    LogMessage log_message = 6;
    SessionLog session_log = 7;
    TaggedRunMetadata tagged_run_metadata = 8;
    bytes meta_graph_def = 9;
  }
}
`,
  graphSchema,
);

/** RunMetadata: what each step of a run took. */
export const traceSchema = new Schema(
  `
message AllocationDescription {
  int64 requested_bytes = 1;
  int64 allocated_bytes = 2;
  string allocator_name = 3;
  int64 allocation_id = 4;
  bool has_single_reference = 5;
  uint64 ptr = 6;
}
message TensorDescription {
  DataType dtype = 1;
  TensorShapeProto shape = 2;
  AllocationDescription allocation_description = 4;
}
message AllocationRecord { int64 alloc_micros = 1; int64 alloc_bytes = 2; }
message AllocatorMemoryUsed {
  string allocator_name = 1;
  int64 total_bytes = 2;
  int64 peak_bytes = 3;
  int64 live_bytes = 4;
  repeated AllocationRecord allocation_records = 6;
  int64 allocator_bytes_in_use = 5;
}
message NodeOutput { int32 slot = 1; TensorDescription tensor_description = 3; }
message MemoryStats {
  int64 temp_memory_size = 1;
  int64 persistent_memory_size = 3;
  repeated int64 persistent_tensor_alloc_ids = 5;
  int64 device_temp_memory_size = 2;
  int64 device_persistent_memory_size = 4;
  repeated int64 device_persistent_tensor_alloc_ids = 6;
}
message NodeExecStats {
  string node_name = 1;
  int64 all_start_micros = 2;
  int64 op_start_rel_micros = 3;
  int64 op_end_rel_micros = 4;
  int64 all_end_rel_micros = 5;
  repeated AllocatorMemoryUsed memory = 6;
  repeated NodeOutput output = 7;
  string timeline_label = 8;
  int64 scheduled_micros = 9;
  uint32 thread_id = 10;
  repeated AllocationDescription referenced_tensor = 11;
  MemoryStats memory_stats = 12;
}
message DeviceStepStats { string device = 1; repeated NodeExecStats node_stats = 2; }
message StepStats { repeated DeviceStepStats dev_stats = 1; }
message RunMetadata { StepStats step_stats = 1; repeated GraphDef partition_graphs = 3; }
`,
  graphSchema,
);
