/** TensorFlow's GraphDef, from bytes to plain messages. Field numbers are those of its .proto files. */

import { Schema } from './reflected_schema.ts';

const SCHEMA = `
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
  repeated uint32 uint32_val = 16;
  repeated uint64 uint64_val = 17;
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
  string name = 1;
  string op = 2;
  repeated string input = 3;
  string device = 4;
  map<string, AttrValue> attr = 5;
}
message VersionDef { int32 producer = 1; int32 min_consumer = 2; repeated int32 bad_consumers = 3; }
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
  bool is_aggregate = 16;
  bool is_stateful = 17;
  bool is_commutative = 18;
  bool allows_uninitialized_input = 19;
}
message FunctionDef {
  OpDef signature = 1;
  repeated NodeDef node_def = 3;
  map<string, string> ret = 4;
  map<string, AttrValue> attr = 5;
  map<string, string> control_ret = 6;
}
message GradientDef { string function_name = 1; string gradient_func = 2; }
message FunctionDefLibrary { repeated FunctionDef function = 1; repeated GradientDef gradient = 2; }
message GraphDef {
  repeated NodeDef node = 1;
  FunctionDefLibrary library = 2;
  int32 version = 3;
  VersionDef versions = 4;
}
`;
let schema: Schema | undefined;

/** A shape: -1 for an unknown size. */
export interface ShapeMessage {
  readonly dim: readonly { readonly size: bigint }[];
  readonly unknownRank: boolean;
}

/** A tensor's numbers: all bytes, or one list of values, whose last one repeats. */
export interface TensorMessage {
  readonly dtype: number;
  readonly tensorShape?: ShapeMessage;
  readonly tensorContent: Uint8Array;
  readonly floatVal: readonly number[];
  readonly doubleVal: readonly number[];
  readonly intVal: readonly number[];
  readonly stringVal: readonly Uint8Array[];
  readonly scomplexVal: readonly number[];
  readonly int64Val: readonly bigint[];
  readonly boolVal: readonly boolean[];
  readonly dcomplexVal: readonly number[];
  readonly halfVal: readonly number[];
  readonly uint32Val: readonly number[];
  readonly uint64Val: readonly bigint[];
}

/** A function and the values of its attributes. */
export interface FunctionMessage {
  readonly name: string;
  readonly attr: Readonly<Record<string, AttrMessage>>;
}

/** Lists of the values that attributes have. */
export interface ListMessage {
  readonly s: readonly Uint8Array[];
  readonly i: readonly bigint[];
  readonly f: readonly number[];
  readonly b: readonly boolean[];
  readonly type: readonly number[];
  readonly shape: readonly ShapeMessage[];
  readonly tensor: readonly TensorMessage[];
  readonly func: readonly FunctionMessage[];
}

/** An attribute's value: which member it has, and the member. */
export interface AttrMessage {
  readonly value:
    | { readonly case: 'list'; readonly value: ListMessage }
    | { readonly case: 's'; readonly value: Uint8Array }
    | { readonly case: 'i'; readonly value: bigint }
    | { readonly case: 'f'; readonly value: number }
    | { readonly case: 'b'; readonly value: boolean }
    | { readonly case: 'type'; readonly value: number }
    | { readonly case: 'shape'; readonly value: ShapeMessage }
    | { readonly case: 'tensor'; readonly value: TensorMessage }
    | { readonly case: 'placeholder'; readonly value: string }
    | { readonly case: 'func'; readonly value: FunctionMessage }
    | { readonly case: undefined; readonly value?: undefined };
}

/** One node. */
export interface NodeMessage {
  readonly name: string;
  readonly op: string;
  readonly input: readonly string[];
  readonly device: string;
  readonly attr: Readonly<Record<string, AttrMessage>>;
}

/** One argument or result of a function. */
export interface ArgMessage {
  readonly name: string;
  readonly type: number;
}

/** A function: its signature, its body, and for each result the tensor that it is. */
export interface FunctionDefMessage {
  readonly signature?: {
    readonly name: string;
    readonly inputArg: readonly ArgMessage[];
    readonly outputArg: readonly ArgMessage[];
    readonly isStateful: boolean;
  };
  readonly nodeDef: readonly NodeMessage[];
  readonly ret: Readonly<Record<string, string>>;
}

/** A graph. */
export interface GraphMessage {
  readonly node: readonly NodeMessage[];
  readonly library?: {
    readonly function: readonly FunctionDefMessage[];
    readonly gradient: readonly { readonly functionName: string; readonly gradientFunc: string }[];
  };
}

/** The graph that `file` holds, bytes or the text format; the library's error where it is damaged. */
export function readGraphDef(file: Uint8Array | string): GraphMessage {
  schema ??= new Schema(SCHEMA);
  const message: unknown =
    typeof file === 'string' ? schema.readText('GraphDef', file) : schema.read('GraphDef', file);
  return message as GraphMessage;
}
