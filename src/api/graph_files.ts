/** Graphs from files. */

export { GraphDef, import_graph_def } from '../saved_model/import_graph_def.ts';
