/** The messages of ONNX files that a model of ours needs. Numbers are those of onnx.proto. */

import { type Message, messageClass } from '../../src/formats/message.ts';
import { Schema } from '../../src/formats/proto_schema.ts';

const schema = new Schema(`
message TensorProto {
  repeated int64 dims = 1;
  int32 data_type = 2;
  string name = 8;
  bytes raw_data = 9;
}
message AttributeProto {
  string name = 1;
  float f = 2;
  int64 i = 3;
  bytes s = 4;
  repeated int64 ints = 8;
  int32 type = 20;
}
message NodeProto {
  repeated string input = 1;
  repeated string output = 2;
  string name = 3;
  string op_type = 4;
  repeated AttributeProto attribute = 5;
}
message TensorShapeProto {
  message Dimension { int64 dim_value = 1; }
  repeated Dimension dim = 1;
}
message TypeProto {
  message Tensor { int32 elem_type = 1; TensorShapeProto shape = 2; }
  Tensor tensor_type = 1;
}
message ValueInfoProto { string name = 1; TypeProto type = 2; }
message GraphProto {
  repeated NodeProto node = 1;
  string name = 2;
  repeated TensorProto initializer = 5;
  repeated ValueInfoProto input = 11;
  repeated ValueInfoProto output = 12;
}
message OperatorSetIdProto { string domain = 1; int64 version = 2; }
message ModelProto {
  int64 ir_version = 1;
  GraphProto graph = 7;
  repeated OperatorSetIdProto opset_import = 8;
}
`);

/** An attribute: which of the values counts is said by `type`. */
export interface AttributeFields {
  name: string;
  f?: number;
  i?: number;
  s?: Uint8Array;
  ints?: number[];
  type: number;
}
/** An operation, its values by their names. */
export interface NodeFields {
  input: string[];
  output: string[];
  name: string;
  op_type: string;
  attribute: AttributeFields[];
}
/** A constant, as little-endian bytes. */
export interface TensorFields {
  dims: number[];
  data_type: number;
  name: string;
  raw_data: Uint8Array;
}
/** What goes in or comes out. */
export interface ValueInfoFields {
  name: string;
  type: { tensor_type: { elem_type: number; shape: { dim: { dim_value: number }[] } } };
}
/** A model. */
export interface ModelFields {
  ir_version: number;
  graph: {
    name: string;
    node: NodeFields[];
    initializer: TensorFields[];
    input: ValueInfoFields[];
    output: ValueInfoFields[];
  };
  opset_import: { domain: string; version: number }[];
}

/** The bytes of a model. */
export function modelBytes(fields: ModelFields): Uint8Array {
  const ModelProto = messageClass<object>(schema, 'ModelProto');
  const model: Message = new ModelProto(fields);
  return model.SerializeToString();
}
