/** `tf1/converter`: graph models of tfjs come in as graphs, and a session's graph goes out as one. */

export type { AsyncModelSource, ModelArtifacts, ModelSource } from './artifacts.ts';
export { GraphModel, load_graph_model, load_graph_model_async } from './load.ts';
export { graph_model, type SignatureTensors, save_graph_model } from './save.ts';
export type { Trainable } from './trainable.ts';
export type { Quantization, WeightSpec } from './weights.ts';
