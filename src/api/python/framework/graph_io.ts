/** `tf.python.framework.graph_io`. */

export { write_graph } from '../../../graph/write_graph.ts';
