/** `tf.saved_model.simple_save`: one graph to serve, in one call. */

import { fn } from '../core/signature.ts';
import type { Node } from '../core/tensor.ts';
import { GraphKeys } from '../graph/collections.ts';
import { get_default_graph } from '../graph/default_graph.ts';
import type { BaseSession } from '../session/session.ts';
import { SavedModelBuilder } from './builder.ts';
import { DEFAULT_SERVING_SIGNATURE_DEF_KEY } from './signature_constants.ts';
import { predict_signature_def } from './signatures.ts';
import { SERVING } from './tag_constants.ts';
import type { Named } from './tensor_info.ts';

/** Saves the default graph and the variables of `session` to serve predictions from `inputs` to `outputs`, tensors by key. */
export const simple_save = fn(
  ['session', 'export_dir', 'inputs', 'outputs', 'legacy_init_op'],
  (
    session: BaseSession,
    export_dir: string,
    inputs: Readonly<Record<string, Named>>,
    outputs: Readonly<Record<string, Named>>,
    legacy_init_op: Node | null = null,
  ): void => {
    const signature = predict_signature_def({ inputs, outputs });
    const builder = new SavedModelBuilder(export_dir);
    builder.add_meta_graph_and_variables(session, [SERVING], {
      signature_def_map: { [DEFAULT_SERVING_SIGNATURE_DEF_KEY]: signature },
      assets_collection: get_default_graph().get_collection(GraphKeys.ASSET_FILEPATHS),
      legacy_init_op,
      clear_devices: true,
    });
    builder.save();
  },
  { objects: ['inputs', 'outputs'] },
);
