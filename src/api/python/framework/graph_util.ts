/** `tf.python.framework.graph_util`. */

export * from '../../graph_util.ts';
