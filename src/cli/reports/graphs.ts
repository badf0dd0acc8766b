/** What is in graphs, meta graphs and SavedModels, without building them: ops that are not here are no matter. */

import { as_dtype } from '../../core/dtype.ts';
import { GraphDef, type NodeDef, type TensorShapeProto } from '../../formats/graph_messages.ts';
import {
  type CollectionDef,
  MetaGraphDef,
  type TensorInfo,
} from '../../formats/meta_graph_messages.ts';
import { Parse } from '../../formats/text_format.ts';
import { fileSystem, readBytes } from '../../platform/files.ts';
import { readSavedModel } from '../../saved_model/loader.ts';
import type { Found } from '../kinds.ts';
import { bytesCell, type Cell, type Report, shapeCell, type Table } from '../output.ts';
import { checkpointTable } from './checkpoints.ts';

const VARIABLES = ['VariableV2', 'Variable', 'VarHandleOp', 'AutoReloadVariable'];
/** Nodes that nobody reads and that are no results either. */
const NO_RESULTS = ['NoOp', 'Assert', 'Const', 'SaveV2', 'Save', 'Assign', 'AssignVariableOp'];

/** The GraphDef of a file, bytes or text. */
export function readGraph({ path, kind }: Found): GraphDef {
  return kind === 'graph text'
    ? Parse(textOf(path), new GraphDef())
    : GraphDef.FromString(readBytes(path));
}

/** The MetaGraphDef of a file, bytes or text. */
export function readMeta({ path, kind }: Found): MetaGraphDef {
  return kind === 'meta text'
    ? Parse(textOf(path), new MetaGraphDef())
    : MetaGraphDef.FromString(readBytes(path));
}

const textOf = (path: string) => new TextDecoder().decode(readBytes(path));

/** Tells of a graph. */
export function graphReport(found: Found): Report {
  const graph = readGraph(found);
  return {
    kind: found.kind === 'graph' ? 'GraphDef' : 'GraphDef in the text format',
    facts: [sizeFact(found.path), ...graphFacts(graph)],
    tables: graphTables(graph),
  };
}

/** Tells of a meta graph. */
export function metaReport(found: Found): Report {
  const meta = readMeta(found);
  return {
    kind: found.kind === 'meta' ? 'MetaGraphDef' : 'MetaGraphDef in the text format',
    facts: [sizeFact(found.path), ...metaFacts(meta), ...graphFacts(meta.graph_def)],
    tables: [...signatureTables(meta), collectionTable(meta), ...graphTables(meta.graph_def)],
  };
}

/** Tells of a SavedModel: each of its meta graphs, its variables and assets. */
export function savedModelReport({ path }: Found): Report {
  const { meta_graphs } = readSavedModel(path);
  const prefix = `${path}/variables/variables`;
  const hasVariables = fileSystem().existsSync(`${prefix}.index`);
  const assets = meta_graphs.flatMap((meta) =>
    meta.asset_file_def.map(({ filename, tensor_info }) => [filename, tensor_info.name]),
  );
  return {
    kind: 'SavedModel',
    facts: [
      ['meta graphs', meta_graphs.length],
      ...meta_graphs.flatMap((meta) => [...metaFacts(meta), ...graphFacts(meta.graph_def)]),
    ],
    tables: [
      ...meta_graphs.flatMap(signatureTables),
      ...(hasVariables ? [checkpointTable(prefix)] : []),
      { title: 'assets', columns: ['file', 'tensor'], rows: assets },
      ...meta_graphs.map(collectionTable),
      ...meta_graphs.map((meta) => opTable(meta.graph_def)),
    ],
  };
}

/** The size of a file as a fact. */
export function sizeFact(path: string): readonly [string, Cell] {
  return ['size', bytesCell(fileSystem().statSync(path).size)];
}

function graphFacts(graph: GraphDef): (readonly [string, Cell])[] {
  const functions = graph.library.function.length;
  const constants = graph.node.reduce(
    (sum, { attr }) => sum + (attr.value?.tensor.ByteSize() ?? 0),
    0,
  );
  return [
    ['nodes', graph.node.length],
    ['constants', bytesCell(constants)],
    ...(functions > 0 ? [['functions', functions] as const] : []),
    ['producer', graph.versions.producer],
  ];
}

function metaFacts({ meta_info_def, saver_def }: MetaGraphDef): (readonly [string, Cell])[] {
  const { tags, tensorflow_version } = meta_info_def;
  return [
    ...(tags.length > 0 ? [['tags', tags.join(', ')] as const] : []),
    ['TensorFlow', tensorflow_version || 'not said'],
    ...(saver_def.restore_op_name ? [['saver', saver_def.restore_op_name] as const] : []),
  ];
}

function graphTables(graph: GraphDef): Table[] {
  const read = new Set(graph.node.flatMap(({ input }) => input.map(nodeName)));
  const variables = new Set(
    graph.node.filter(({ op }) => VARIABLES.includes(op)).map(({ name }) => name),
  );
  const isResult = ({ name, op, input }: NodeDef) =>
    !read.has(name) &&
    !NO_RESULTS.includes(op) &&
    !op.startsWith('Placeholder') &&
    !input.some((one) => variables.has(one));
  const typed = (nodes: readonly NodeDef[]) =>
    nodes.map((node) => [node.name, typeOf(node), shapeOf(node.attr.shape?.shape)]);
  const columns = ['name', 'type', 'shape'];
  const ofOps = (test: (op: string) => boolean) => graph.node.filter(({ op }) => test(op));
  return [
    { title: 'inputs', columns, rows: typed(ofOps((op) => op.startsWith('Placeholder'))) },
    {
      title: 'outputs',
      columns: ['name', 'op'],
      rows: graph.node.filter(isResult).map(({ name, op }) => [name, op]),
    },
    { title: 'variables', columns, rows: typed(ofOps((op) => VARIABLES.includes(op))) },
    opTable(graph),
  ];
}

/** How often each op is used, in functions too. */
function opTable(graph: GraphDef): Table {
  const counts = new Map<string, number>();
  const bodies = graph.library.function.flatMap(({ node_def }) => [...node_def]);
  for (const { op } of [...graph.node, ...bodies]) counts.set(op, (counts.get(op) ?? 0) + 1);
  const rows = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return { title: 'ops', columns: ['op', 'count'], rows };
}

const nodeName = (input: string) => input.replace(/^\^/, '').replace(/:\d+$/, '');

function typeOf({ attr }: NodeDef): string {
  const type = attr.dtype?.type ?? attr.T?.type ?? 0;
  return type === 0 ? '' : as_dtype(type).name;
}

function shapeOf(shape: TensorShapeProto | undefined): Cell {
  if (!shape || shape.unknown_rank) return shapeCell(null);
  return shapeCell(shape.dim.map(({ size }) => (Number(size) < 0 ? null : Number(size))));
}

function signatureTables({ signature_def }: MetaGraphDef): Table[] {
  return Object.entries(signature_def).map(([key, { inputs, outputs, method_name }]) => ({
    title: `signature ${key}${method_name ? `, ${method_name.split('/').at(-1)}` : ''}`,
    columns: ['', 'key', 'tensor', 'type', 'shape'],
    rows: [...infoRows('in', inputs), ...infoRows('out', outputs)],
  }));
}

function infoRows(side: string, infos: Readonly<Record<string, TensorInfo>>): Cell[][] {
  return Object.entries(infos).map(([key, info]) => [
    side,
    key,
    info.name || info.coo_sparse.values_tensor_name,
    info.dtype === 0 ? '' : as_dtype(info.dtype).name,
    shapeOf(info.tensor_shape),
  ]);
}

function collectionTable({ collection_def }: MetaGraphDef): Table {
  const rows = Object.entries(collection_def).map(([name, collection]) => {
    const kind = collection.WhichOneof('kind') ?? '';
    return [name, kind.replace('_list', ''), kind === '' ? 0 : countOf(collection, kind)];
  });
  return { title: 'collections', columns: ['name', 'kind', 'items'], rows };
}

function countOf(collection: CollectionDef, kind: string): number {
  const list = Reflect.get(collection, kind) as { readonly value: readonly unknown[] };
  return list.value.length;
}
