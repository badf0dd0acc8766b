/** `tf.saved_model.loader`: SavedModels from their folders, into a session. */

import { IOError, RuntimeError, ValueError, withHint } from '../core/errors.ts';
import { fn } from '../core/signature.ts';
import { AssetFileDef, type MetaGraphDef, SavedModel } from '../formats/meta_graph_messages.ts';
import { Merge } from '../formats/text_format.ts';
import type { Operation } from '../graph/operation.ts';
import { prependNameScope } from '../graph/scope_names.ts';
import type { SymbolicTensor } from '../graph/symbolic_tensor.ts';
import { readBytes } from '../platform/files.ts';
import { exists } from '../platform/glob.ts';
import { info } from '../platform/logging.ts';
import { join } from '../platform/paths.ts';
import type { BaseSession } from '../session/session.ts';
import { import_meta_graph } from '../training/meta_graph.ts';
import {
  ASSETS_DIRECTORY,
  ASSETS_KEY,
  LEGACY_INIT_OP_KEY,
  MAIN_OP_KEY,
  SAVED_MODEL_FILENAME_PB,
  SAVED_MODEL_FILENAME_PBTXT,
  VARIABLES_DIRECTORY,
  VARIABLES_FILENAME,
} from './constants.ts';

/** The signature whose output is the operation that later versions run after loading. */
const INIT_SIGNATURE = '__saved_model_init_op';

/** The SavedModel in the folder `export_dir`, in bytes or as text. IOError where there is none, or it is damaged. */
export function readSavedModel(export_dir: string): SavedModel {
  const pb = join(export_dir, SAVED_MODEL_FILENAME_PB);
  const pbtxt = join(export_dir, SAVED_MODEL_FILENAME_PBTXT);
  if (exists(pb)) return parsed(pb, (bytes) => SavedModel.FromString(bytes));
  if (exists(pbtxt)) {
    return parsed(pbtxt, (bytes) =>
      Merge(new TextDecoder('utf-8', { fatal: true }).decode(bytes), new SavedModel()),
    );
  }
  throw new IOError(
    `SavedModel file does not exist at: ${export_dir}/{${SAVED_MODEL_FILENAME_PBTXT}|${SAVED_MODEL_FILENAME_PB}}`,
  );
}

function parsed(path: string, parse: (bytes: Uint8Array) => SavedModel): SavedModel {
  const bytes = readBytes(path);
  try {
    return parse(bytes);
  } catch (error) {
    throw new IOError(`Cannot parse file ${path}: ${(error as Error).message}.`);
  }
}

/** Whether the folder `export_dir` holds a SavedModel. */
export const maybe_saved_model_directory = fn(['export_dir'], (export_dir: string): boolean =>
  [SAVED_MODEL_FILENAME_PB, SAVED_MODEL_FILENAME_PBTXT].some((name) =>
    exists(join(export_dir, name)),
  ),
);

/** The meta graph of `model` that has exactly these tags. RuntimeError if none has. */
export function metaGraphWithTags(model: SavedModel, tags: readonly string[]): MetaGraphDef {
  const wanted = [...new Set(tags)].sort().join();
  const tagsOf = (meta: MetaGraphDef) => [...new Set(meta.meta_info_def.tags)].sort();
  const found = model.meta_graphs.find((meta) => tagsOf(meta).join() === wanted);
  if (found) return found;
  const quoted = (list: readonly string[]) => list.map((tag) => `'${tag}'`).join(', ');
  const available = model.meta_graphs.map((meta) => `[${quoted(tagsOf(meta))}]`).join(', ');
  throw new RuntimeError(
    withHint(
      `MetaGraphDef associated with tags ${quoted(tags)} could not be found in SavedModel. To inspect available tag-sets in the SavedModel, please use the SavedModel CLI: \`saved_model_cli\``,
      available ? `The file has graphs with these tags: ${available}.` : 'The file has no graphs.',
    ),
  );
}

/**
 * Loads the graph of `export_dir` that has exactly `tags` into the graph of `sess`, restores its
 * variables there, and runs its main operation. `saver_kwargs` are those of `import_meta_graph`.
 * Returns the meta graph, whose `signature_def` names inputs and outputs. RuntimeError where no graph
 * has the tags, IOError without a SavedModel.
 */
export const load = fn(
  ['sess', 'tags', 'export_dir', 'import_scope', 'clear_devices'],
  (
    sess: BaseSession,
    tags: readonly string[] | string,
    export_dir: string,
    import_scope: string | null = null,
    clear_devices: boolean = false,
  ): MetaGraphDef => {
    const model = readSavedModel(export_dir);
    const meta = metaGraphWithTags(model, typeof tags === 'string' ? [tags] : tags);
    const manager = sess.graph.as_default();
    manager.enter();
    try {
      const saver = import_meta_graph(meta, { clear_devices, import_scope });
      const variables = join(join(export_dir, VARIABLES_DIRECTORY), VARIABLES_FILENAME);
      if (saver) saver.restore(sess, variables);
      else info('The specified SavedModel has no variables; no checkpoints were restored.');
      const operation = initOperation(sess, meta, import_scope);
      if (operation) sess.run([operation], assetPaths(meta, export_dir, import_scope));
      return meta;
    } finally {
      manager.exit();
    }
  },
);

/** The operation to run after loading, if the model has one. */
function initOperation(
  sess: BaseSession,
  meta: MetaGraphDef,
  scope: string | null,
): Operation | SymbolicTensor | null {
  const { graph } = sess;
  for (const [key, what] of [
    [MAIN_OP_KEY, 'SavedModel main op'],
    [LEGACY_INIT_OP_KEY, 'legacy serving init op'],
  ] as const) {
    const collection = meta.collection_def[key];
    if (!collection) continue;
    const [name, ...others] = collection.node_list.value;
    if (name === undefined || others.length > 0) {
      throw new RuntimeError(`Expected exactly one ${what}.`);
    }
    return graph.as_graph_element(prependNameScope(name, scope)) as Operation | SymbolicTensor;
  }
  const output = meta.signature_def[INIT_SIGNATURE]?.outputs[INIT_SIGNATURE];
  if (!output) return null;
  return graph.as_graph_element(prependNameScope(output.name, scope)) as Operation | SymbolicTensor;
}

/** The paths of a model's files, by the tensors that hold them. ValueError where one leaves the folder. */
function assetPaths(
  meta: MetaGraphDef,
  export_dir: string,
  scope: string | null,
): Record<string, string> {
  const directory = join(export_dir, ASSETS_DIRECTORY);
  const paths: Record<string, string> = Object.create(null);
  for (const { tensor_info, filename } of assetsOf(meta)) {
    if (/(^|[\\/])\.\.([\\/]|$)|^[\\/]|^[a-z]:/i.test(filename)) {
      throw new ValueError(`The asset file '${filename}' is outside of ${directory}.`);
    }
    paths[prependNameScope(tensor_info.name, scope)] = join(directory, filename);
  }
  return paths;
}

/** The files of a model: those of TF1's collection, or of the list that later versions keep. */
function assetsOf(meta: MetaGraphDef): readonly AssetFileDef[] {
  const collection = meta.collection_def[ASSETS_KEY];
  if (!collection) return meta.asset_file_def;
  return collection.any_list.value.map(({ value }) => AssetFileDef.FromString(value));
}
