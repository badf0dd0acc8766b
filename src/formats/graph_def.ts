/** TensorFlow's GraphDef, from bytes to plain messages. Field numbers are those of its .proto files. */

import { Schema } from './proto_schema.ts';

const SCHEMA = `
message TensorShapeProto {
  message Dim { int64 size = 1; string name = 2; }
  repeated Dim dim = 2;
  bool unknown_rank = 3;
}
message TensorProto {
  int32 dtype = 1;
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
    repeated int32 type = 6;
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
    int32 type = 6;
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
message GraphDef { repeated NodeDef node = 1; int32 version = 3; VersionDef versions = 4; }
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

/** A graph. */
export interface GraphMessage {
  readonly node: readonly NodeMessage[];
}

/** The graph that `bytes` hold; the library's error where they are damaged. */
export function readGraphDef(bytes: Uint8Array): GraphMessage {
  schema ??= new Schema(SCHEMA);
  const message: unknown = schema.read('GraphDef', bytes);
  return message as GraphMessage;
}
