/** `tf.core.framework`: messages under the names of the modules that TF1 programs import them from. */

import {
  AttrValue,
  DataType,
  FunctionDef,
  FunctionDefLibrary,
  GraphDef,
  NameAttrList,
  NodeDef,
  OpDef,
  OpList,
  ResourceHandleProto,
  TensorProto,
  TensorShapeProto,
  VersionDef,
} from '../../formats/graph_messages.ts';
import { VariableDef } from '../../formats/meta_graph_messages.ts';
import { HistogramProto, Summary, SummaryMetadata } from '../../formats/summary_messages.ts';

/** `AttrValue` and functions in attributes. */
export const attr_value_pb2 = { AttrValue, NameAttrList };
/** `FunctionDef` and libraries of functions. */
export const function_pb2 = { FunctionDef, FunctionDefLibrary };
/** `GraphDef`. */
export const graph_pb2 = { GraphDef };
/** `NodeDef`. */
export const node_def_pb2 = { NodeDef };
/** `OpDef` and lists of ops. */
export const op_def_pb2 = { OpDef, OpList };
/** Handles of resources. */
export const resource_handle_pb2 = { ResourceHandleProto };
/** `Summary` and its parts. */
export const summary_pb2 = { HistogramProto, Summary, SummaryMetadata };
/** `TensorProto`. */
export const tensor_pb2 = { TensorProto };
/** `TensorShapeProto`. */
export const tensor_shape_pb2 = { TensorShapeProto };
/** The numbers of types: `types_pb2.DT_FLOAT`. */
export const types_pb2 = { DataType, ...DataType };
/** `VariableDef`. */
export const variable_pb2 = { VariableDef };
/** `VersionDef`. */
export const versions_pb2 = { VersionDef };
