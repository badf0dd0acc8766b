/** `tf.saved_model.builder.SavedModelBuilder`: a session's graphs and variables, in a folder that servers load. */

import { AssertionError } from '../core/errors.ts';
import { type ArgsOf, signature } from '../core/signature.ts';
import type { Node, Tensor } from '../core/tensor.ts';
import {
  type MetaGraphDef,
  SavedModel,
  type SignatureDef,
  type TensorInfo,
} from '../formats/meta_graph_messages.ts';
import { GraphKeys } from '../graph/collections.ts';
import { get_default_graph } from '../graph/default_graph.ts';
import { writeMessage } from '../graph/meta_graph_export.ts';
import { Operation } from '../graph/operation.ts';
import { MakeDirs } from '../platform/directories.ts';
import { exists } from '../platform/glob.ts';
import { info } from '../platform/logging.ts';
import { join } from '../platform/paths.ts';
import type { BaseSession } from '../session/session.ts';
import { Saver } from '../training/saver.ts';
import { saveAssets } from './assets.ts';
import {
  LEGACY_INIT_OP_KEY,
  MAIN_OP_KEY,
  SAVED_MODEL_FILENAME_PB,
  SAVED_MODEL_FILENAME_PBTXT,
  SAVED_MODEL_SCHEMA_VERSION,
  VARIABLES_DIRECTORY,
  VARIABLES_FILENAME,
} from './constants.ts';

/** The version of checkpoints that SavedModels have. */
const V2 = 2;

type Signatures = Readonly<Record<string, SignatureDef>>;
type Assets = readonly unknown[] | null;

interface GraphArguments {
  readonly tags: readonly string[];
  readonly signature_def_map: Signatures | null;
  readonly assets_collection: Assets;
  readonly legacy_init_op: Node | null;
  readonly clear_devices: boolean;
  readonly main_op: Node | null;
  readonly strip_default_attrs: boolean;
}

const builderArguments = signature(['export_dir'], (export_dir: string) => export_dir);
const graphArguments = signature(
  [
    'tags',
    'signature_def_map',
    'assets_collection',
    'legacy_init_op',
    'clear_devices',
    'main_op',
    'strip_default_attrs',
  ],
  (
    tags: readonly string[],
    signature_def_map: Signatures | null = null,
    assets_collection: Assets = null,
    legacy_init_op: Node | null = null,
    clear_devices: boolean = false,
    main_op: Node | null = null,
    strip_default_attrs: boolean = false,
  ): GraphArguments => ({
    tags,
    signature_def_map,
    assets_collection,
    legacy_init_op,
    clear_devices,
    main_op,
    strip_default_attrs,
  }),
  { name: 'add_meta_graph', objects: ['signature_def_map'] },
);
const variablesArguments = signature(
  [
    'sess',
    'tags',
    'signature_def_map',
    'assets_collection',
    'legacy_init_op',
    'clear_devices',
    'main_op',
    'strip_default_attrs',
  ],
  (
    sess: BaseSession,
    tags: readonly string[],
    signature_def_map: Signatures | null = null,
    assets_collection: Assets = null,
    legacy_init_op: Node | null = null,
    clear_devices: boolean = false,
    main_op: Node | null = null,
    strip_default_attrs: boolean = false,
  ): GraphArguments & { sess: BaseSession } => ({
    sess,
    tags,
    signature_def_map,
    assets_collection,
    legacy_init_op,
    clear_devices,
    main_op,
    strip_default_attrs,
  }),
  { name: 'add_meta_graph_and_variables', objects: ['signature_def_map'] },
);
const saveArguments = signature(['as_text'], (as_text: boolean = false) => as_text, {
  name: 'save',
});

/** Writes a SavedModel: first `add_meta_graph_and_variables`, then graphs for other uses, then `save`. */
export class SavedModelBuilder {
  private readonly model = new SavedModel({
    saved_model_schema_version: SAVED_MODEL_SCHEMA_VERSION,
  });
  private readonly directory: string;
  private hasVariables = false;

  /** Makes the folder `export_dir`. AssertionError where it is there already. */
  constructor(...args: ArgsOf<typeof builderArguments>) {
    this.directory = builderArguments(...args);
    if (exists(this.directory)) {
      throw new AssertionError(
        `Export directory already exists. Please specify a different export directory: ${this.directory}`,
      );
    }
    MakeDirs(this.directory);
  }

  /** Adds the default graph under `tags`; it shares the variables of the first one. AssertionError before that. */
  add_meta_graph(...args: ArgsOf<typeof graphArguments>): void {
    const call = graphArguments(...args);
    if (!this.hasVariables) {
      throw new AssertionError(
        'Graph state including variables and assets has not been saved yet. Please invoke `add_meta_graph_and_variables()` first.',
      );
    }
    checkSignatures(call.signature_def_map);
    this.addCollections(call);
    this.addGraph(call, newSaver());
  }

  /** Adds the default graph under `tags`, and saves its variables from `sess`. AssertionError the second time. */
  add_meta_graph_and_variables(...args: ArgsOf<typeof variablesArguments>): void {
    const call = variablesArguments(...args);
    if (this.hasVariables) {
      throw new AssertionError(
        'Graph state including variables and assets has already been saved. Please invoke `add_meta_graph()` instead.',
      );
    }
    checkSignatures(call.signature_def_map);
    this.addCollections(call);
    const folder = join(this.directory, VARIABLES_DIRECTORY);
    MakeDirs(folder);
    const saver = newSaver();
    const path = join(folder, VARIABLES_FILENAME);
    saver.save(call.sess, path, { write_meta_graph: false, write_state: false });
    this.addGraph(call, saver);
    this.hasVariables = true;
  }

  /** Writes the file of the model, in bytes or `as_text`; returns its path. */
  save(...args: ArgsOf<typeof saveArguments>): string {
    const as_text = saveArguments(...args);
    MakeDirs(this.directory);
    const name = as_text ? SAVED_MODEL_FILENAME_PBTXT : SAVED_MODEL_FILENAME_PB;
    const path = join(this.directory, name);
    writeMessage(path, this.model, as_text);
    info('SavedModel written to: %s', path);
    return path;
  }

  private addCollections({ assets_collection, legacy_init_op, main_op }: GraphArguments): void {
    const graph = get_default_graph();
    saveAssets(graph, assets_collection, this.directory);
    if (main_op !== null) graph.add_to_collection(MAIN_OP_KEY, operation(main_op, 'main_op'));
    else if (legacy_init_op !== null) {
      const checked = operation(legacy_init_op, 'legacy_init_op');
      graph.add_to_collection(LEGACY_INIT_OP_KEY, checked);
    }
  }

  private addGraph(call: GraphArguments, saver: Saver): void {
    const { tags, signature_def_map, clear_devices, strip_default_attrs } = call;
    const meta: MetaGraphDef = saver.export_meta_graph({
      clear_devices,
      clear_extraneous_savers: true,
      strip_default_attrs,
    });
    meta.meta_info_def.tags.push(...tags);
    for (const [key, def] of Object.entries(signature_def_map ?? {})) {
      meta.signature_def[key] = def;
    }
    this.model.meta_graphs.push(meta);
  }
}

function newSaver(): Saver {
  const graph = get_default_graph();
  const saveables = [GraphKeys.GLOBAL_VARIABLES, GraphKeys.SAVEABLE_OBJECTS].flatMap((key) =>
    graph.get_collection(key),
  );
  return new Saver(saveables as never, { sharded: true, write_version: V2, allow_empty: true });
}

function operation(given: Node | Tensor, name: string): Operation {
  if (given instanceof Operation) return given;
  throw new TypeError(`${name} needs to be an Operation: ${String(given)}`);
}

/** AssertionError where a tensor of a signature has no name or no type. */
function checkSignatures(signatures: Signatures | null): void {
  for (const { inputs, outputs } of Object.values(signatures ?? {})) {
    for (const tensor of [...Object.values(inputs), ...Object.values(outputs)]) checkInfo(tensor);
  }
}

function checkInfo(tensor: TensorInfo | null): void {
  const all = 'All TensorInfo protos used in the SignatureDefs must have';
  if (!tensor) throw new AssertionError(`${all} the name and dtype fields set.`);
  if (tensor.WhichOneof('encoding') === null) {
    throw new AssertionError(
      `${all} one of the 'encoding' fields (e.g., name or coo_sparse) set: ${tensor}`,
    );
  }
  if (tensor.dtype === 0) throw new AssertionError(`${all} the dtype field set: ${tensor}`);
}
