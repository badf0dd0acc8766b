/** The schema of GraphDef and of what it is made of. Numbers are those of TensorFlow's .proto files. */

import { Schema } from './proto_schema.ts';

/** Graphs, nodes, attributes, tensors, shapes, ops and functions. */
export const graphSchema = new Schema(`
enum DataType {
  DT_INVALID = 0;
  DT_FLOAT = 1; DT_FLOAT_REF = 101;
  DT_DOUBLE = 2; DT_DOUBLE_REF = 102;
  DT_INT32 = 3; DT_INT32_REF = 103;
  DT_UINT8 = 4; DT_UINT8_REF = 104;
  DT_INT16 = 5; DT_INT16_REF = 105;
  DT_INT8 = 6; DT_INT8_REF = 106;
  DT_STRING = 7; DT_STRING_REF = 107;
  DT_COMPLEX64 = 8; DT_COMPLEX64_REF = 108;
  DT_INT64 = 9; DT_INT64_REF = 109;
  DT_BOOL = 10; DT_BOOL_REF = 110;
  DT_QINT8 = 11; DT_QINT8_REF = 111;
  DT_QUINT8 = 12; DT_QUINT8_REF = 112;
  DT_QINT32 = 13; DT_QINT32_REF = 113;
  DT_BFLOAT16 = 14; DT_BFLOAT16_REF = 114;
  DT_QINT16 = 15; DT_QINT16_REF = 115;
  DT_QUINT16 = 16; DT_QUINT16_REF = 116;
  DT_UINT16 = 17; DT_UINT16_REF = 117;
  DT_COMPLEX128 = 18; DT_COMPLEX128_REF = 118;
  DT_HALF = 19; DT_HALF_REF = 119;
  DT_RESOURCE = 20; DT_RESOURCE_REF = 120;
  DT_VARIANT = 21; DT_VARIANT_REF = 121;
  DT_UINT32 = 22; DT_UINT32_REF = 122;
  DT_UINT64 = 23; DT_UINT64_REF = 123;
}
message TensorShapeProto {
  message Dim { int64 size = 1; string name = 2; }
  repeated Dim dim = 2;
  bool unknown_rank = 3;
}
message ResourceHandleProto {
  message DtypeAndShape { DataType dtype = 1; TensorShapeProto shape = 2; }
  string device = 1;
  string container = 2;
  string name = 3;
  uint64 hash_code = 4;
  string maybe_type_name = 5;
  repeated DtypeAndShape dtypes_and_shapes = 6;
}
message VariantTensorDataProto {
  string type_name = 1;
  bytes metadata = 2;
  repeated TensorProto tensors = 3;
}
message TensorProto {
  DataType dtype = 1;
  TensorShapeProto tensor_shape = 2;
  int32 version_number = 3;
  bytes tensor_content = 4;
  repeated float float_val = 5;
  repeated double double_val = 6;
  repeated int32 int_val = 7;
  repeated bytes string_val = 8;
  repeated float scomplex_val = 9;
  repeated int64 int64_val = 10;
  repeated bool bool_val = 11;
  repeated double dcomplex_val = 12;
  repeated int32 half_val = 13;
  repeated ResourceHandleProto resource_handle_val = 14;
  repeated VariantTensorDataProto variant_val = 15;
  repeated uint32 uint32_val = 16;
  repeated uint64 uint64_val = 17;
  bytes float8_val = 18;
}
message NameAttrList { string name = 1; map<string, AttrValue> attr = 2; }
message AttrValue {
  message ListValue {
    repeated bytes s = 2;
    repeated int64 i = 3;
    repeated float f = 4;
    repeated bool b = 5;
    repeated DataType type = 6;
    repeated TensorShapeProto shape = 7;
    repeated TensorProto tensor = 8;
    repeated NameAttrList func = 9;
  }
  oneof value {
    ListValue list = 1;
    bytes s = 2;
    int64 i = 3;
    float f = 4;
    bool b = 5;
    DataType type = 6;
    TensorShapeProto shape = 7;
    TensorProto tensor = 8;
    string placeholder = 9;
    NameAttrList func = 10;
  }
}
message NodeDef {
  message ExperimentalDebugInfo {
    repeated string original_node_names = 1;
    repeated string original_func_names = 2;
  }
  string name = 1;
  string op = 2;
  repeated string input = 3;
  string device = 4;
  map<string, AttrValue> attr = 5;
  ExperimentalDebugInfo experimental_debug_info = 6;
}
message VersionDef { int32 producer = 1; int32 min_consumer = 2; repeated int32 bad_consumers = 3; }
message OpDeprecation { int32 version = 1; string explanation = 2; }
message OpDef {
  message ArgDef {
    string name = 1;
    string description = 2;
    DataType type = 3;
    string type_attr = 4;
    string number_attr = 5;
    string type_list_attr = 6;
    bool is_ref = 16;
  }
  message AttrDef {
    string name = 1;
    string type = 2;
    AttrValue default_value = 3;
    string description = 4;
    bool has_minimum = 5;
    int64 minimum = 6;
    AttrValue allowed_values = 7;
  }
  string name = 1;
  repeated ArgDef input_arg = 2;
  repeated ArgDef output_arg = 3;
  repeated AttrDef attr = 4;
  string summary = 5;
  string description = 6;
  OpDeprecation deprecation = 8;
  bool is_aggregate = 16;
  bool is_stateful = 17;
  bool is_commutative = 18;
  bool allows_uninitialized_input = 19;
  repeated string control_output = 20;
  bool is_distributed_communication = 21;
}
message OpList { repeated OpDef op = 1; }
message FunctionDef {
  message ArgAttrs { map<string, AttrValue> attr = 1; }
  OpDef signature = 1;
  repeated NodeDef node_def = 3;
  map<string, string> ret = 4;
  map<string, AttrValue> attr = 5;
  map<string, string> control_ret = 6;
  map<uint32, ArgAttrs> arg_attr = 7;
  map<uint32, uint32> resource_arg_unique_id = 8;
}
message GradientDef { string function_name = 1; string gradient_func = 2; }
message FunctionDefLibrary { repeated FunctionDef function = 1; repeated GradientDef gradient = 2; }
message GraphDef {
  repeated NodeDef node = 1;
  FunctionDefLibrary library = 2;
  int32 version = 3;
  VersionDef versions = 4;
}
`);
