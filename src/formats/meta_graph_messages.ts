/**
 * The messages of meta graphs and SavedModels as classes: `tf.MetaGraphDef`, `tf.train.SaverDef`, the
 * parts of collections, signatures.
 */

import type { GraphDef, OpList, TensorProto, TensorShapeProto } from './graph_messages.ts';
import { enumWrapper, type Message, type MessageClass, messageClass } from './message.ts';
import type { RepeatedMessages } from './message_store.ts';
import { metaGraphSchema } from './meta_graph_schema.ts';

/** A message of any kind: the address of its type, and its bytes. */
export interface AnyFields {
  type_url: string;
  value: Uint8Array;
}
/** A message of any kind. */
export type Any = Message & AnyFields;
/** The class of messages that hold a message of any kind. */
export const Any = messageClass<AnyFields>(metaGraphSchema, 'google.protobuf.Any');

/** The numbers of error classes, by TensorFlow's labels. */
export const Code = enumWrapper(metaGraphSchema, 'tensorflow.error.Code');

// ---- savers and variables ----------------------------------------------------------------------

/** Which nodes save and restore, and which checkpoints are kept. */
export interface SaverDefFields {
  filename_tensor_name: string;
  save_tensor_name: string;
  restore_op_name: string;
  max_to_keep: number;
  sharded: boolean;
  keep_checkpoint_every_n_hours: number;
  /** `LEGACY` and `V1` are 1 or 0, `V2` is 2. */
  version: number;
}
/** A saver. */
export type SaverDef = Message & SaverDefFields;
/** The class of savers in files. */
export const SaverDef = messageClass<
  SaverDefFields,
  { readonly LEGACY: 0; readonly V1: 1; readonly V2: 2 }
>(metaGraphSchema, 'SaverDef');

/** Which part of a larger variable a variable is. */
export interface SaveSliceInfoDefFields {
  full_name: string;
  full_shape: (number | bigint)[];
  var_offset: (number | bigint)[];
  var_shape: (number | bigint)[];
}
/** A part of a larger variable. */
export type SaveSliceInfoDef = Message & SaveSliceInfoDefFields;
/** The class of parts of larger variables. */
export const SaveSliceInfoDef = messageClass<SaveSliceInfoDefFields>(
  metaGraphSchema,
  'SaveSliceInfoDef',
);

/** The nodes of a variable. */
export interface VariableDefFields {
  variable_name: string;
  initial_value_name: string;
  initializer_name: string;
  snapshot_name: string;
  save_slice_info_def: SaveSliceInfoDef;
  is_resource: boolean;
  trainable: boolean;
}
/** A variable. */
export type VariableDef = Message & VariableDefFields;
/** The class of variables in files. */
export const VariableDef = messageClass<VariableDefFields>(metaGraphSchema, 'VariableDef');

// ---- control flow and queues -------------------------------------------------------------------

/** The tensors that a context knows, and what stands for those from outside. */
export interface ValuesDefFields {
  values: string[];
  external_values: Record<string, string>;
}
/** The tensors of a context. */
export type ValuesDef = Message & ValuesDefFields;

/** A branch of a condition. */
export interface CondContextDefFields {
  context_name: string;
  pred_name: string;
  pivot_name: string;
  branch: number;
  values_def: ValuesDef;
  nested_contexts: RepeatedMessages<ControlFlowContextDef>;
}
/** A branch of a condition. */
export interface CondContextDef extends Message, CondContextDefFields {}
/** The class of branches in files. */
export const CondContextDef = messageClass<CondContextDefFields>(metaGraphSchema, 'CondContextDef');

/** A loop. */
export interface WhileContextDefFields {
  context_name: string;
  parallel_iterations: number;
  back_prop: boolean;
  swap_memory: boolean;
  pivot_name: string;
  pivot_for_pred_name: string;
  pivot_for_body_name: string;
  loop_exit_names: string[];
  loop_enter_names: string[];
  values_def: ValuesDef;
  maximum_iterations_name: string;
  nested_contexts: RepeatedMessages<ControlFlowContextDef>;
}
/** A loop. */
export interface WhileContextDef extends Message, WhileContextDefFields {}
/** The class of loops in files. */
export const WhileContextDef = messageClass<WhileContextDefFields>(
  metaGraphSchema,
  'WhileContextDef',
);

/** A branch or a loop within another one. */
export interface ControlFlowContextDefFields {
  cond_ctxt: CondContextDef;
  while_ctxt: WhileContextDef;
}
/** A branch or a loop within another one. */
export interface ControlFlowContextDef extends Message, ControlFlowContextDefFields {}
/** The class of nested branches and loops. */
export const ControlFlowContextDef = messageClass<ControlFlowContextDefFields>(
  metaGraphSchema,
  'ControlFlowContextDef',
);

/** What fills a queue. */
export interface QueueRunnerDefFields {
  queue_name: string;
  enqueue_op_name: string[];
  close_op_name: string;
  cancel_op_name: string;
  queue_closed_exception_types: number[];
}
/** What fills a queue. */
export type QueueRunnerDef = Message & QueueRunnerDefFields;
/** The class of queue runners in files. */
export const QueueRunnerDef = messageClass<QueueRunnerDefFields>(metaGraphSchema, 'QueueRunnerDef');

// ---- collections -------------------------------------------------------------------------------

/** The values of a collection, of one of five kinds. */
export interface CollectionDefFields {
  node_list: Message & { value: string[] };
  bytes_list: Message & { value: Uint8Array[] };
  int64_list: Message & { value: (number | bigint)[] };
  float_list: Message & { value: number[] };
  any_list: Message & { value: RepeatedMessages<Any> };
}
/** A collection; `WhichOneof('kind')` says which member it has. */
export type CollectionDef = Message & CollectionDefFields;
/** The class of collections in files. */
export const CollectionDef = messageClass<
  CollectionDefFields,
  {
    readonly NodeList: MessageClass<{ value: string[] }>;
    readonly BytesList: MessageClass<{ value: Uint8Array[] }>;
    readonly Int64List: MessageClass<{ value: (number | bigint)[] }>;
    readonly FloatList: MessageClass<{ value: number[] }>;
    readonly AnyList: MessageClass<{ value: RepeatedMessages<Any> }>;
  }
>(metaGraphSchema, 'CollectionDef');

// ---- signatures --------------------------------------------------------------------------------

/** The three tensors of a sparse one. */
export interface CooSparseFields {
  values_tensor_name: string;
  indices_tensor_name: string;
  dense_shape_tensor_name: string;
}
/** A tensor of a signature: its name, type and shape. */
export interface TensorInfoFields {
  name: string;
  coo_sparse: Message & CooSparseFields;
  dtype: number;
  tensor_shape: TensorShapeProto;
}
/** A tensor of a signature; `WhichOneof('encoding')` says whether it is sparse. */
export type TensorInfo = Message & TensorInfoFields;
/** The class of tensors of signatures. */
export const TensorInfo = messageClass<
  TensorInfoFields,
  { readonly CooSparse: MessageClass<CooSparseFields> }
>(metaGraphSchema, 'TensorInfo');

/** Which tensors go in and come out, by key. */
export interface SignatureDefFields {
  inputs: Record<string, TensorInfo>;
  outputs: Record<string, TensorInfo>;
  method_name: string;
  defaults: Record<string, TensorProto>;
}
/** A signature. */
export type SignatureDef = Message & SignatureDefFields;
/** The class of signatures. */
export const SignatureDef = messageClass<SignatureDefFields>(metaGraphSchema, 'SignatureDef');

/** A file that comes with a graph, and the tensor of its path. */
export interface AssetFileDefFields {
  tensor_info: TensorInfo;
  filename: string;
}
/** A file that comes with a graph. */
export type AssetFileDef = Message & AssetFileDefFields;
/** The class of files that come with graphs. */
export const AssetFileDef = messageClass<AssetFileDefFields>(metaGraphSchema, 'AssetFileDef');

// ---- graphs ------------------------------------------------------------------------------------

/** Who wrote a meta graph, and what for. */
export interface MetaInfoDefFields {
  meta_graph_version: string;
  /** The ops of the graph, without their descriptions. */
  stripped_op_list: OpList;
  any_info: Any;
  tags: string[];
  tensorflow_version: string;
  tensorflow_git_version: string;
  stripped_default_attrs: boolean;
  function_aliases: Record<string, string>;
}
/** A `MetaGraphDef.MetaInfoDef`. */
export type MetaInfoDef = Message & MetaInfoDefFields;

/** A graph with what its program kept beside it. */
export interface MetaGraphDefFields {
  meta_info_def: MetaInfoDef;
  graph_def: GraphDef;
  saver_def: SaverDef;
  collection_def: Record<string, CollectionDef>;
  signature_def: Record<string, SignatureDef>;
  asset_file_def: RepeatedMessages<AssetFileDef>;
}
/** A graph with what its program kept beside it. */
export type MetaGraphDef = Message & MetaGraphDefFields;
/** The class of meta graphs. */
export const MetaGraphDef = messageClass<
  MetaGraphDefFields,
  { readonly MetaInfoDef: MessageClass<MetaInfoDefFields> }
>(metaGraphSchema, 'MetaGraphDef');

/** Meta graphs under their tags. */
export interface SavedModelFields {
  saved_model_schema_version: number | bigint;
  meta_graphs: RepeatedMessages<MetaGraphDef>;
}
/** A SavedModel: meta graphs under their tags. */
export type SavedModel = Message & SavedModelFields;
/** The class of SavedModels. */
export const SavedModel = messageClass<SavedModelFields>(metaGraphSchema, 'SavedModel');
