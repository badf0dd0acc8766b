/** `tf.python.framework.importer`. */

export { import_graph_def } from '../../../graph/graph_import.ts';
