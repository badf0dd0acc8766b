/** `tf.train.export_meta_graph` and `import_meta_graph`: a training program in a file, to go on with elsewhere. */

import { RuntimeError } from '../core/errors.ts';
import { executing_eagerly } from '../core/mode.ts';
import { fn } from '../core/signature.ts';
import type { TensorLike } from '../core/tensor.ts';
import type { GraphDef } from '../formats/graph_messages.ts';
import type { MetaGraphDef, MetaInfoDef, SaverDef } from '../formats/meta_graph_messages.ts';
import { GraphKeys } from '../graph/collections.ts';
import { get_default_graph } from '../graph/default_graph.ts';
import type { Graph } from '../graph/graph.ts';
import { exportScopedMetaGraph } from '../graph/meta_graph_export.ts';
import { importScopedMetaGraph, readMetaGraphFile } from '../graph/meta_graph_import.ts';
import { info } from '../platform/logging.ts';
import { Saver } from './saver.ts';

function refuseEager(): void {
  if (!executing_eagerly()) return;
  throw new RuntimeError(
    'Exporting/importing meta graphs is not supported when eager execution is enabled. No graph exists when eager execution is enabled.',
  );
}

/**
 * The meta graph of `graph`, the default one if none is given: its nodes, its collections
 * (`collection_list` names those wanted), its saver. Written to `filename`, if that is given, in bytes
 * or `as_text`. `export_scope` takes one name scope alone, and strips it.
 */
export const export_meta_graph = fn(
  [
    'filename',
    'meta_info_def',
    'graph_def',
    'saver_def',
    'collection_list',
    'as_text',
    'graph',
    'export_scope',
    'clear_devices',
    'clear_extraneous_savers',
    'strip_default_attrs',
  ],
  (
    filename: string | null = null,
    meta_info_def: MetaInfoDef | null = null,
    graph_def: GraphDef | null = null,
    saver_def: SaverDef | null = null,
    collection_list: readonly string[] | null = null,
    as_text: boolean = false,
    graph: Graph | null = null,
    export_scope: string | null = null,
    clear_devices: boolean = false,
    clear_extraneous_savers: boolean = false,
    strip_default_attrs: boolean = false,
  ): MetaGraphDef => {
    refuseEager();
    return exportScopedMetaGraph({
      filename,
      meta_info_def,
      graph_def,
      saver_def,
      collection_list,
      as_text,
      graph,
      export_scope,
      clear_devices,
      clear_extraneous_savers,
      strip_default_attrs,
    });
  },
);

/**
 * Adds what a meta graph holds, given as a message or as the name of its file, to the default graph:
 * nodes, variables, collections. Returns the saver that restores its variables, `null` where it has
 * none. `import_scope` puts all of it below a name scope; `input_map` replaces tensors of the file.
 */
export const import_meta_graph = fn(
  ['meta_graph_or_file', 'clear_devices', 'import_scope', 'graph', 'input_map'],
  (
    meta_graph_or_file: MetaGraphDef | string,
    clear_devices: boolean = false,
    import_scope: string | null = null,
    graph: Graph | null = null,
    input_map: Readonly<Record<string, TensorLike>> | null = null,
  ): Saver | null => {
    refuseEager();
    const meta =
      typeof meta_graph_or_file === 'string'
        ? readMetaGraphFile(meta_graph_or_file)
        : meta_graph_or_file;
    const variables = importScopedMetaGraph(meta, {
      clear_devices,
      import_scope,
      graph,
      input_map,
    });
    if (meta.HasField('saver_def')) {
      const [first] = variables;
      // Where the scope was taken, the import went to another one, which the variables tell.
      const name = first ? first[1].name.slice(0, -first[0].length) : import_scope;
      return new Saver({ saver_def: meta.saver_def, name: name || null });
    }
    if (hasSaveables(graph ?? get_default_graph(), import_scope)) return new Saver();
    info('Saver not created because there are no variables in the graph to restore');
    return null;
  },
  { objects: ['input_map'] },
);

function hasSaveables(graph: Graph, scope: string | null): boolean {
  const keys = [GraphKeys.GLOBAL_VARIABLES, GraphKeys.SAVEABLE_OBJECTS];
  return keys.some((key) => graph.get_collection(key, scope).length > 0);
}
