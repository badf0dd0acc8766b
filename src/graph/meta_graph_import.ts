/** Meta graphs in: the nodes of a file, and its collections as the objects that programs keep in them. */

import { IOError, ValueError } from '../core/errors.ts';
import { executing_eagerly } from '../core/mode.ts';
import type { TensorLike } from '../core/tensor.ts';
import { textOfBytes } from '../core/text.ts';
import type { GraphDef } from '../formats/graph_messages.ts';
import {
  type CollectionDef,
  MetaGraphDef,
  type VariableDef,
} from '../formats/meta_graph_messages.ts';
import { Merge } from '../formats/text_format.ts';
import { readBytes } from '../platform/files.ts';
import { error as logError } from '../platform/logging.ts';
import { GraphKeys } from './collections.ts';
import { get_default_graph } from './default_graph.ts';
import type { Graph } from './graph.ts';
import { import_graph_def } from './graph_import.ts';
import { UNBOUND_INPUTS } from './meta_graph_export.ts';
import { type ProtoFunctions, protoFunctionsOf } from './proto_functions.ts';
import { prependNameScope, stripNameScope } from './scope_names.ts';

/** What an import may be told. */
export interface ImportOptions {
  readonly clear_devices?: boolean;
  readonly graph?: Graph | null;
  /** The name scope that everything goes to. */
  readonly import_scope?: string | null;
  /** Tensors that stand in for tensors of the file, by name. */
  readonly input_map?: Readonly<Record<string, TensorLike>> | null;
  /** Which collections to restore; all of them if it is not given. */
  readonly restore_collections_predicate?: (key: string) => boolean;
}

/** An object of the GLOBAL_VARIABLES collection. */
interface NamedVariable {
  readonly name: string;
}

const VARIABLE_COLLECTIONS: readonly string[] = [
  GraphKeys.GLOBAL_VARIABLES,
  GraphKeys.LOCAL_VARIABLES,
  GraphKeys.METRIC_VARIABLES,
  GraphKeys.MODEL_VARIABLES,
  GraphKeys.TRAINABLE_VARIABLES,
  GraphKeys.MOVING_AVERAGE_VARIABLES,
];

/** The meta graph in the file `filename`, in bytes or as text. IOError where it is missing or neither. */
export function readMetaGraphFile(filename: string): MetaGraphDef {
  const bytes = fileBytes(filename);
  try {
    return MetaGraphDef.FromString(bytes);
  } catch {
    const meta = new MetaGraphDef();
    try {
      Merge(new TextDecoder('utf-8', { fatal: true }).decode(bytes), meta);
    } catch (error) {
      throw new IOError(`Cannot parse file ${filename}: ${(error as Error).message}.`);
    }
    return meta;
  }
}

function fileBytes(filename: string): Uint8Array {
  try {
    return readBytes(filename);
  } catch (error) {
    if ((error as Error).name === 'NotFoundError') {
      throw new IOError(`File ${filename} does not exist.`);
    }
    throw error;
  }
}

/**
 * Adds the nodes and the collections of a meta graph, or of the file that holds one, to a graph, the
 * default one if none is given. Returns the variables by their names in the file. ValueError where
 * inputs that the file leaves open are not in `input_map`.
 */
export function importScopedMetaGraph(
  meta_graph_or_file: MetaGraphDef | string,
  options: ImportOptions = {},
): Map<string, NamedVariable> {
  if (executing_eagerly()) {
    throw new ValueError(
      'Exporting/importing meta graphs is not supported when eager execution is enabled.',
    );
  }
  const meta =
    typeof meta_graph_or_file === 'string'
      ? readMetaGraphFile(meta_graph_or_file)
      : meta_graph_or_file;
  checkInputs(meta, options.input_map ?? null);
  const graph = options.graph ?? get_default_graph();
  const manager = graph.as_default();
  manager.enter();
  try {
    return new Import(graph, meta, options).run();
  } finally {
    manager.exit();
  }
}

/** ValueError unless `inputs` are those that the file leaves open. */
function checkInputs(
  meta: MetaGraphDef,
  inputs: Readonly<Record<string, TensorLike>> | null,
): void {
  const collection = meta.collection_def[UNBOUND_INPUTS];
  const open = collection?.bytes_list.value.map((bytes) => String(textOfBytes(bytes))) ?? [];
  if (open.length === 0) return;
  const given = Object.keys(inputs ?? {});
  if (inputs && [...open].sort().join() === given.sort().join()) return;
  const missing = open.filter((name) => !given.includes(name));
  throw new ValueError(
    `Graph contains unbound inputs: ${missing.join(',')}. Must provide these inputs through input_map.`,
  );
}

/** One import. */
class Import {
  private readonly graph: Graph;
  private readonly meta: MetaGraphDef;
  private readonly options: ImportOptions;
  private scope: string | null = null;
  private readonly variables = new Map<string, unknown>();
  private trainable: ReadonlySet<string> | null = null;

  constructor(graph: Graph, meta: MetaGraphDef, options: ImportOptions) {
    this.graph = graph;
    this.meta = meta;
    this.options = options;
  }

  run(): Map<string, NamedVariable> {
    const { graph, meta, options } = this;
    const { import_scope = null, restore_collections_predicate: restores } = options;
    this.scope = import_scope ? graph.unique_name(import_scope, false) : null;
    const info = meta.meta_info_def;
    import_graph_def(this.graphDef(), {
      name: import_scope ?? '',
      input_map: options.input_map ?? null,
      producer_op_list: info.HasField('stripped_op_list') ? info.stripped_op_list : null,
    });
    const trainable = meta.collection_def[GraphKeys.TRAINABLE_VARIABLES];
    if (trainable) this.trainable = new Set(trainable.bytes_list.value.map(keyOf));
    for (const key of Object.keys(meta.collection_def).sort()) {
      if (key === UNBOUND_INPUTS || restores?.(key) === false) continue;
      this.collection(key, meta.collection_def[key]!);
    }
    return this.variablesByName();
  }

  /** The graph, without places where they are not wanted. */
  private graphDef(): GraphDef {
    const { graph_def } = this.meta;
    if (this.options.clear_devices) for (const node of graph_def.node) node.device = '';
    return graph_def;
  }

  private collection(key: string, def: CollectionDef): void {
    const functions = protoFunctionsOf(key);
    const kind = def.WhichOneof('kind');
    if (kind === null) {
      logError('Cannot identify data type for collection %s. Skipping.', key);
    } else if (functions && kind === 'bytes_list') {
      for (const value of def.bytes_list.value) {
        this.graph.add_to_collection(key, this.member(key, functions, value));
      }
    } else {
      for (const value of this.plainMembers(def, kind)) this.graph.add_to_collection(key, value);
    }
  }

  /** A variable is one object in all collections. */
  private member(key: string, functions: ProtoFunctions, bytes: Uint8Array): unknown {
    if (!VARIABLE_COLLECTIONS.includes(key)) return this.made(functions, bytes);
    const known = this.variables.get(keyOf(bytes));
    if (known) return known;
    const variable = this.made(functions, bytes);
    this.variables.set(keyOf(bytes), variable);
    return variable;
  }

  private made(functions: ProtoFunctions, bytes: Uint8Array): unknown {
    const message = new functions.proto_type();
    message.ParseFromString(bytes);
    // Files of TF 1.8 do not say it of a variable; the collection does.
    if ('trainable' in message && this.trainable) {
      (message as VariableDef).trainable = this.trainable.has(keyOf(bytes));
    }
    return functions.from_proto(message, this.scope);
  }

  private plainMembers(def: CollectionDef, kind: string): unknown[] {
    const { graph, scope } = this;
    switch (kind) {
      case 'node_list':
        return def.node_list.value.map((name) =>
          graph.as_graph_element(prependNameScope(name, scope)),
        );
      case 'bytes_list':
        return def.bytes_list.value.map((bytes) => {
          const text = textOfBytes(bytes);
          return typeof text === 'string' ? prependNameScope(text, scope) : text.slice();
        });
      case 'int64_list':
        return [...def.int64_list.value];
      case 'float_list':
        return [...def.float_list.value];
      default:
        return [...def.any_list.value];
    }
  }

  private variablesByName(): Map<string, NamedVariable> {
    const prefix =
      this.scope === null ? null : `${this.scope.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}/`;
    const variables = this.graph.get_collection(GraphKeys.GLOBAL_VARIABLES, prefix);
    return new Map(
      (variables as NamedVariable[]).map((v) => [stripNameScope(v.name, this.scope), v]),
    );
  }
}

/** Bytes as a key of maps. */
function keyOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
