/** Graphs from files, and the messages that files are made of. */

export { AttrValue, GraphDef, NameAttrList, NodeDef } from '../formats/graph_messages.ts';
export { MetaGraphDef } from '../formats/meta_graph_messages.ts';
export * as text_format from '../formats/text_format.ts';
export { import_graph_def } from '../graph/graph_import.ts';
export { make_ndarray, make_tensor_proto } from '../numpy/tensor_protos.ts';
export * as graph_util from './graph_util.ts';
