/**
 * Meta graphs out: a graph with the collections, the saver and the op list that a program needs to go
 * on with it. Which member becomes which message is registered (`proto_functions.ts`).
 */

import { ValueError } from '../core/errors.ts';
import { executing_eagerly } from '../core/mode.ts';
import { bytesOfText } from '../core/text.ts';
import { AttrValue, GraphDef, NodeDef } from '../formats/graph_messages.ts';
import {
  Any,
  CollectionDef,
  MetaGraphDef,
  type MetaInfoDef,
  type SaverDef,
} from '../formats/meta_graph_messages.ts';
import { writeBytes } from '../platform/files.ts';
import { warning } from '../platform/logging.ts';
import { GIT_VERSION, VERSION } from '../platform/version.ts';
import { GraphKeys } from './collections.ts';
import { get_default_graph } from './default_graph.ts';
import { Graph } from './graph.ts';
import { stripDefaultAttrs, strippedOpList } from './op_def.ts';
import { Operation } from './operation.ts';
import { protoFunctionsOf } from './proto_functions.ts';
import { stripNameScope } from './scope_names.ts';
import { SymbolicTensor } from './symbolic_tensor.ts';

/** The collection of inputs that an export below a scope leaves open. */
export const UNBOUND_INPUTS = 'unbound_inputs';
const UNBOUND_PREFIX = '$unbound_inputs_';

/** The ops of savers. */
const SAVER_OPS = new Set([
  'SaveV2',
  'Save',
  'SaveSlice',
  'SaveSlices',
  'LegacySave',
  'LegacySaveSlice',
  'RestoreV2',
  'Restore',
  'RestoreSlice',
  'LegacyRestore',
  'LegacyRestoreSlice',
]);

/** What an export may be told. */
export interface ExportOptions {
  /** Where to write the meta graph, if anywhere. */
  readonly filename?: string | null;
  readonly meta_info_def?: MetaInfoDef | null;
  /** The graph as a message, in place of the one that `graph` gives. */
  readonly graph_def?: GraphDef | null;
  readonly saver_def?: SaverDef | null;
  /** The collections to keep; all of them if it is `null`. */
  readonly collection_list?: readonly string[] | null;
  readonly as_text?: boolean;
  readonly graph?: Graph | null;
  /** The name scope to export alone, and to strip. */
  readonly export_scope?: string | null;
  readonly clear_devices?: boolean;
  /** Leaves out the nodes of other savers than `saver_def`. */
  readonly clear_extraneous_savers?: boolean;
  /** Leaves out attributes that have their default values. */
  readonly strip_default_attrs?: boolean;
}

/** The meta graph of a graph, the default one if none is given; written to `filename` if that is given. */
export function exportScopedMetaGraph(options: ExportOptions = {}): MetaGraphDef {
  if (executing_eagerly()) {
    throw new ValueError(
      'Exporting/importing meta graphs is not supported when Eager Execution is enabled.',
    );
  }
  const meta = new Export(options).run();
  const { filename, as_text = false } = options;
  if (filename) writeMessage(filename, meta, as_text);
  return meta;
}

/** Writes a message to a file, whole or not at all: its bytes, or the text format. */
export function writeMessage(
  path: string,
  message: { SerializeToString(): Uint8Array },
  as_text: boolean,
): void {
  writeBytes(path, as_text ? bytesOfText(String(message)) : message.SerializeToString());
}

/** One export. */
class Export {
  private readonly options: ExportOptions;
  private readonly graph: Graph;
  private readonly scope: string | null;
  private excluded: ReadonlySet<string> = new Set();
  private readonly unbound: string[] = [];

  constructor(options: ExportOptions) {
    const { graph = null, graph_def = null } = options;
    if (graph && !(graph instanceof Graph)) {
      throw new TypeError(`graph must be of type Graph, not ${typeof graph}`);
    }
    if (graph_def && !isGraphDef(graph_def)) {
      throw new TypeError(`graph_def must be of type GraphDef, not ${typeof graph_def}`);
    }
    this.options = options;
    this.graph = graph ?? get_default_graph();
    this.scope = options.export_scope || null;
  }

  run(): MetaGraphDef {
    const { meta_info_def, saver_def, strip_default_attrs = false } = this.options;
    const meta = new MetaGraphDef();
    if (meta_info_def) meta.meta_info_def.MergeFrom(meta_info_def);
    const info = meta.meta_info_def;
    info.tensorflow_version = VERSION;
    info.tensorflow_git_version = GIT_VERSION;
    meta.graph_def = this.graphDef();
    if (info.stripped_op_list.op.length === 0) {
      info.stripped_op_list = strippedOpList(meta.graph_def);
    }
    if (strip_default_attrs) {
      stripDefaultAttrs(meta.graph_def);
      info.stripped_default_attrs = true;
    }
    if (saver_def) meta.saver_def.MergeFrom(saver_def);
    for (const key of this.options.collection_list ?? this.graph.get_all_collection_keys()) {
      this.addCollection(meta, key);
    }
    return meta;
  }

  // ---- the graph -----------------------------------------------------------------------------

  private graphDef(): GraphDef {
    const { graph_def, clear_devices, clear_extraneous_savers, saver_def = null } = this.options;
    const whole = graph_def ?? this.graph.as_graph_def({ add_shapes: true });
    if (!this.scope && !clear_devices && !clear_extraneous_savers) {
      return graph_def ? copyOf(whole) : whole;
    }
    if (clear_extraneous_savers) this.excluded = extraneousNodes(whole, saver_def);
    const graphDef = new GraphDef();
    if (whole.HasField('versions')) graphDef.versions.CopyFrom(whole.versions);
    if (whole.HasField('library')) graphDef.library.CopyFrom(whole.library);
    for (const node of whole.node) {
      if (this.includes(node.name)) graphDef.node.push(this.node(node));
    }
    this.graph.clear_collection(UNBOUND_INPUTS);
    for (const name of this.unbound) this.graph.add_to_collection(UNBOUND_INPUTS, name);
    return graphDef;
  }

  private node(source: NodeDef): NodeDef {
    const { scope } = this;
    const node = new NodeDef();
    node.CopyFrom(source);
    node.name = stripNameScope(source.name, scope);
    node.input = source.input.map((input) => this.input(input));
    if (this.options.clear_devices) node.device = '';
    if (!scope) return node;
    const group = source.attr._class;
    if (group) {
      const names = group.list.s.map((bytes) => new TextDecoder().decode(bytes));
      const kept = names.filter((name) => name.replace(/^loc:@/, '').startsWith(scope));
      const s = kept.map((name) => stripNameScope(name, scope));
      node.attr._class = new AttrValue({ list: { s } });
    }
    const frame = source.attr.frame_name;
    if (frame && (source.op === 'Enter' || source.op === 'RefEnter')) {
      const name = new TextDecoder().decode(frame.s);
      node.attr.frame_name = new AttrValue({ s: stripNameScope(name, scope) });
    }
    return node;
  }

  /** An input from outside of the scope gets a name that an import must be told of. */
  private input(input: string): string {
    const { scope } = this;
    const bare = input.replace(/^\^/, '');
    if (!scope || bare.startsWith(scope)) return stripNameScope(input, scope);
    const open = `${input.startsWith('^') ? '^' : ''}${UNBOUND_PREFIX}${bare}`;
    this.unbound.push(open);
    return open;
  }

  private includes(name: string): boolean {
    if (this.excluded.has(name)) return false;
    return name.startsWith(UNBOUND_PREFIX) || !this.scope || name.startsWith(this.scope);
  }

  // ---- collections ---------------------------------------------------------------------------

  /** What cannot be written is left out with a warning. */
  private addCollection(meta: MetaGraphDef, key: string): void {
    const members = this.membersOf(key);
    if (members.length === 0) return;
    try {
      meta.collection_def[key] = this.collection(key, members);
    } catch (error) {
      warning(
        "Issue encountered when serializing %s.\nType is unsupported, or the types of the items don't match field type in CollectionDef. Note this is a warning and probably safe to ignore.\n%s",
        key,
        (error as Error).message,
      );
    }
  }

  private membersOf(key: string): unknown[] {
    const { clear_extraneous_savers, saver_def } = this.options;
    if (clear_extraneous_savers && key === GraphKeys.SAVERS) return saver_def ? [saver_def] : [];
    return this.graph.get_collection(key).filter((member) => {
      const name = typeof member === 'string' ? member : nameOf(member);
      return name === null || this.includes(name.replace(/:\d+$/, '')) || this.includes(name);
    });
  }

  private collection(key: string, members: readonly unknown[]): CollectionDef {
    const functions = protoFunctionsOf(key);
    if (functions && !members.every(isElement)) {
      const messages = members.map((member) =>
        member instanceof functions.proto_type ? member : functions.to_proto(member, this.scope),
      );
      const value = messages.flatMap((message) => (message ? [message.SerializeToString()] : []));
      return new CollectionDef({ bytes_list: { value } });
    }
    if (members.every((member) => typeof member === 'string' || member instanceof Uint8Array)) {
      const value = members.map((member) => bytesOfText(member as string));
      return new CollectionDef({ bytes_list: { value } });
    }
    return this.plainCollection(members);
  }

  private plainCollection(members: readonly unknown[]): CollectionDef {
    const isNumber = (member: unknown) => typeof member === 'number' || typeof member === 'bigint';
    if (members.every((member) => member instanceof Any)) {
      return new CollectionDef({ any_list: { value: members as Any[] } });
    }
    if (members.every(isNumber)) {
      const value = members as number[];
      const isFloat = value.some((n) => typeof n === 'number' && !Number.isSafeInteger(n));
      return new CollectionDef(isFloat ? { float_list: { value } } : { int64_list: { value } });
    }
    const names = members.map((member) => {
      const name = nameOf(member);
      if (name === null) throw new TypeError(`'${typeof member}' object has no attribute 'name'`);
      return name;
    });
    const inScope = names.filter((name) => !this.scope || name.startsWith(this.scope));
    const value = inScope.map((name) => stripNameScope(name, this.scope));
    return new CollectionDef({ node_list: { value } });
  }
}

const isGraphDef = (value: unknown): value is GraphDef => value instanceof GraphDef;

function copyOf(graphDef: GraphDef): GraphDef {
  const copy = new GraphDef();
  copy.CopyFrom(graphDef);
  return copy;
}

/** Whether a member is a tensor or an operation: those are kept by name in any collection. */
function isElement(member: unknown): boolean {
  return member instanceof SymbolicTensor || member instanceof Operation;
}

function nameOf(member: unknown): string | null {
  if (typeof member !== 'object' || member === null || !('name' in member)) return null;
  return typeof member.name === 'string' ? member.name : null;
}

// ---- savers ------------------------------------------------------------------------------------

const scopeOf = (name: string): string =>
  name.includes('/') ? name.slice(0, name.lastIndexOf('/')) : name;

/** The nodes in the scopes of savers other than that of `saverDef`. */
function extraneousNodes(graphDef: GraphDef, saverDef: SaverDef | null): Set<string> {
  const kept = new Set<string>();
  if (saverDef) {
    kept.add(`${scopeOf(saverDef.restore_op_name)}/`);
    kept.add(`${scopeOf(saverDef.save_tensor_name.replace(/:\d+$/, ''))}/`);
  }
  const names = graphDef.node.filter((node) => SAVER_OPS.has(node.op)).map(({ name }) => name);
  const own = new Set(names);
  const scopes = [...new Set(names.map(scopeOf))].filter((scope) => !own.has(scope));
  const extraneous = scopes.map((scope) => `${scope}/`).filter((scope) => !kept.has(scope));
  const all = graphDef.node.map(({ name }) => name);
  return new Set(all.filter((name) => extraneous.some((scope) => name.startsWith(scope))));
}
