/** The messages of graphs as classes: `tf.GraphDef`, `tf.NodeDef`, `tf.AttrValue` and their parts. */

import { graphSchema } from './graph_schema.ts';
import { enumWrapper, type Message, type MessageClass, messageClass } from './message.ts';
import type { RepeatedMessages } from './message_store.ts';

/** The numbers of types: `DataType.DT_FLOAT`, `DataType.Name(1)`. */
export const DataType = enumWrapper<Readonly<Record<`DT_${string}`, number>>>(
  graphSchema,
  'DataType',
);

/** The size of one axis; -1 where it is unknown. */
export interface DimFields {
  size: number | bigint;
  name: string;
}
/** A `TensorShapeProto.Dim`. */
export type Dim = Message & DimFields;

/** A shape. */
export interface TensorShapeProtoFields {
  dim: RepeatedMessages<Dim>;
  unknown_rank: boolean;
}
/** A shape: its axes, or `unknown_rank`. */
export type TensorShapeProto = Message & TensorShapeProtoFields;
/** The class of shapes. */
export const TensorShapeProto = messageClass<
  TensorShapeProtoFields,
  { readonly Dim: MessageClass<DimFields> }
>(graphSchema, 'TensorShapeProto');

/** What is known of a resource. */
export interface ResourceHandleProtoFields {
  device: string;
  container: string;
  name: string;
  hash_code: number | bigint;
  maybe_type_name: string;
}
/** A handle of a resource. */
export type ResourceHandleProto = Message & ResourceHandleProtoFields;
/** The class of handles of resources. */
export const ResourceHandleProto = messageClass<ResourceHandleProtoFields>(
  graphSchema,
  'ResourceHandleProto',
);

/** A tensor's numbers. */
export interface TensorProtoFields {
  dtype: number;
  tensor_shape: TensorShapeProto;
  version_number: number;
  /** All numbers as they are in memory, little-endian. */
  tensor_content: Uint8Array;
  float_val: number[];
  double_val: number[];
  int_val: number[];
  string_val: Uint8Array[];
  scomplex_val: number[];
  int64_val: (number | bigint)[];
  bool_val: boolean[];
  dcomplex_val: number[];
  half_val: number[];
  resource_handle_val: RepeatedMessages<ResourceHandleProto>;
  uint32_val: number[];
  uint64_val: (number | bigint)[];
  float8_val: Uint8Array;
}
/** A tensor's numbers: all bytes, or one list of values, whose last one repeats. */
export type TensorProto = Message & TensorProtoFields;
/** The class of tensors in files. */
export const TensorProto = messageClass<TensorProtoFields>(graphSchema, 'TensorProto');

/** A function and the values of its attributes. */
export interface NameAttrListFields {
  name: string;
  attr: Record<string, AttrValue>;
}
/** A function and the values of its attributes. */
export interface NameAttrList extends Message, NameAttrListFields {}
/** The class of functions in attributes. */
export const NameAttrList = messageClass<NameAttrListFields>(graphSchema, 'NameAttrList');

/** Lists of the values that attributes have. */
export interface ListValueFields {
  s: Uint8Array[];
  i: (number | bigint)[];
  f: number[];
  b: boolean[];
  type: number[];
  shape: RepeatedMessages<TensorShapeProto>;
  tensor: RepeatedMessages<TensorProto>;
  func: RepeatedMessages<NameAttrList>;
}
/** An `AttrValue.ListValue`. */
export type ListValue = Message & ListValueFields;

/** The members of an attribute's value, of which one is set. */
export interface AttrValueFields {
  s: Uint8Array;
  i: number | bigint;
  f: number;
  b: boolean;
  type: number;
  shape: TensorShapeProto;
  tensor: TensorProto;
  list: ListValue;
  func: NameAttrList;
  placeholder: string;
}
/** An attribute's value; `WhichOneof('value')` says which member it has. */
export interface AttrValue extends Message, AttrValueFields {}
/** The class of attributes' values. */
export const AttrValue = messageClass<
  AttrValueFields,
  { readonly ListValue: MessageClass<ListValueFields> }
>(graphSchema, 'AttrValue');

/** One node. */
export interface NodeDefFields {
  name: string;
  op: string;
  /** `name`, `name:1`; control inputs, which stand last, `^name`. */
  input: string[];
  device: string;
  attr: Record<string, AttrValue>;
}
/** One node. */
export type NodeDef = Message & NodeDefFields;
/** The class of nodes in files. */
export const NodeDef = messageClass<NodeDefFields>(graphSchema, 'NodeDef');

/** Versions of a format. */
export interface VersionDefFields {
  producer: number;
  min_consumer: number;
  bad_consumers: number[];
}
/** Versions of a format. */
export type VersionDef = Message & VersionDefFields;
/** The class of versions. */
export const VersionDef = messageClass<VersionDefFields>(graphSchema, 'VersionDef');

/** One argument or result of an op or function. */
export interface ArgDefFields {
  name: string;
  description: string;
  type: number;
  type_attr: string;
  number_attr: string;
  type_list_attr: string;
  is_ref: boolean;
}
/** An `OpDef.ArgDef`. */
export type ArgDef = Message & ArgDefFields;

/** One attribute of an op. */
export interface AttrDefFields {
  name: string;
  type: string;
  default_value: AttrValue;
  description: string;
  has_minimum: boolean;
  minimum: number | bigint;
  allowed_values: AttrValue;
}
/** An `OpDef.AttrDef`. */
export type AttrDef = Message & AttrDefFields;

/** An op. */
export interface OpDefFields {
  name: string;
  input_arg: RepeatedMessages<ArgDef>;
  output_arg: RepeatedMessages<ArgDef>;
  attr: RepeatedMessages<AttrDef>;
  summary: string;
  description: string;
  is_aggregate: boolean;
  is_stateful: boolean;
  is_commutative: boolean;
  allows_uninitialized_input: boolean;
  control_output: string[];
}
/** An op, or the signature of a function. */
export type OpDef = Message & OpDefFields;
/** The class of ops in files. */
export const OpDef = messageClass<
  OpDefFields,
  { readonly ArgDef: MessageClass<ArgDefFields>; readonly AttrDef: MessageClass<AttrDefFields> }
>(graphSchema, 'OpDef');

/** Ops. */
export interface OpListFields {
  op: RepeatedMessages<OpDef>;
}
/** Ops. */
export type OpList = Message & OpListFields;
/** The class of lists of ops. */
export const OpList = messageClass<OpListFields>(graphSchema, 'OpList');

/** A function. */
export interface FunctionDefFields {
  signature: OpDef;
  node_def: RepeatedMessages<NodeDef>;
  /** For each result, the tensor that it is. */
  ret: Record<string, string>;
  attr: Record<string, AttrValue>;
  control_ret: Record<string, string>;
}
/** A function: its signature, its body, and for each result the tensor that it is. */
export type FunctionDef = Message & FunctionDefFields;
/** The class of functions in files. */
export const FunctionDef = messageClass<FunctionDefFields>(graphSchema, 'FunctionDef');

/** Which function is the gradient of which. */
export interface GradientDefFields {
  function_name: string;
  gradient_func: string;
}
/** Which function is the gradient of which. */
export type GradientDef = Message & GradientDefFields;

/** The functions of a graph. */
export interface FunctionDefLibraryFields {
  function: RepeatedMessages<FunctionDef>;
  gradient: RepeatedMessages<GradientDef>;
}
/** The functions of a graph. */
export type FunctionDefLibrary = Message & FunctionDefLibraryFields;
/** The class of libraries of functions. */
export const FunctionDefLibrary = messageClass<FunctionDefLibraryFields>(
  graphSchema,
  'FunctionDefLibrary',
);

/** A graph. */
export interface GraphDefFields {
  node: RepeatedMessages<NodeDef>;
  library: FunctionDefLibrary;
  version: number;
  versions: VersionDef;
}
/** A graph. */
export type GraphDef = Message & GraphDefFields;
/** The class of graphs in files. */
export const GraphDef = messageClass<GraphDefFields>(graphSchema, 'GraphDef');
