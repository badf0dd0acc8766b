/** What users of the other ways into the package write: their types are checked. */

import * as tf from 'tf1';
import {
  graph_model,
  load_graph_model,
  type ModelArtifacts,
  save_graph_model,
} from 'tf1/converter';
import { load, save } from 'tf1/node';

/** A model of the session's graph, in memory and on disk, and back. */
export function convert(session: tf.Session, x: tf.Tensor, y: tf.Tensor): tf.Tensor | undefined {
  const model: ModelArtifacts = graph_model(session, { x }, { y });
  const file: string = save_graph_model(session, 'web', { x }, { y }, { metadata: { by: 'me' } });
  save('x.npy', tf.float32([1, 2]));
  const loaded = load_graph_model(file, { trainable: true, name: 'net' });
  return load('x.npy') ? loaded.outputs.y : load_graph_model(model).inputs.x;
}
