/** The files that come with a model: vocabularies and the like, copied beside it. */

import { string } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { Any, AssetFileDef } from '../formats/meta_graph_messages.ts';
import type { Graph } from '../graph/graph.ts';
import { SymbolicTensor } from '../graph/symbolic_tensor.ts';
import { Copy, MakeDirs } from '../platform/directories.ts';
import { exists } from '../platform/glob.ts';
import { info } from '../platform/logging.ts';
import { basename, join } from '../platform/paths.ts';
import { ASSETS_DIRECTORY, ASSETS_KEY } from './constants.ts';

const TYPE_URL = 'type.googleapis.com/tensorflow.AssetFileDef';

/** Copies the files that the constants `tensors` name into a model's folder, and notes them in `graph`. */
export function saveAssets(graph: Graph, tensors: unknown, export_dir: string): void {
  const files = noteAssets(graph, tensors);
  if (files.size === 0) {
    info('No assets to write.');
    return;
  }
  const directory = join(export_dir, ASSETS_DIRECTORY);
  MakeDirs(directory);
  for (const [name, source] of files) {
    const target = join(directory, name);
    // Graphs may share a file: the first copy counts.
    if (!exists(target)) Copy(source, target);
  }
}

/** The paths of the files by the names that they get, noted in the collection of assets. */
function noteAssets(graph: Graph, tensors: unknown): Map<string, string> {
  const files = new Map<string, string>();
  if (tensors === null || tensors === undefined) {
    info('No assets to save.');
    return files;
  }
  for (const tensor of tensors as Iterable<unknown>) {
    const source = pathOf(tensor);
    if (source === '') throw new ValueError(`Invalid asset filepath tensor: ${String(tensor)}`);
    const filename = freeName(basename(source), source, files);
    const asset = new AssetFileDef({ filename });
    asset.tensor_info.name = (tensor as SymbolicTensor).name;
    const any = new Any({ type_url: TYPE_URL, value: asset.SerializeToString() });
    graph.add_to_collection(ASSETS_KEY, any);
    files.set(filename, source);
  }
  return files;
}

/** Another file of the same name gets a number. */
function freeName(name: string, source: string, files: ReadonlyMap<string, string>): string {
  let free = name;
  for (let i = 1; files.has(free) && files.get(free) !== source; i++) free = `${name}_${i}`;
  return free;
}

/** The path that a constant holds. TypeError for another kind of tensor. */
function pathOf(tensor: unknown): string {
  if (!(tensor instanceof SymbolicTensor)) {
    throw new TypeError('Asset path tensor must be a Tensor.');
  }
  if (tensor.op.type !== 'Const') {
    throw new TypeError('Asset path tensor must be of type constant.');
  }
  if (tensor.dtype !== string) throw new TypeError('Asset path tensor must be of dtype string.');
  const values = tensor.constant?.data ?? [];
  if (values.length !== 1) throw new TypeError('Asset path tensor must be a scalar.');
  return String(values[0]);
}
