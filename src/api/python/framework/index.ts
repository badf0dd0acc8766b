/** `tf.python.framework`. */

export * as function from './function.ts';
export * as graph_io from './graph_io.ts';
export * as graph_util from './graph_util.ts';
export * as importer from './importer.ts';
