/** `tf.train.write_graph`: a graph as a file. */

import { fn } from '../core/signature.ts';
import type { GraphDef } from '../formats/graph_messages.ts';
import { printMessage } from '../formats/message_text.ts';
import { MakeDirs } from '../platform/directories.ts';
import { writeBytes } from '../platform/files.ts';
import { join } from '../platform/paths.ts';
import { Graph } from './graph.ts';

/**
 * Writes a graph to the file `name` in `logdir`, which is made: the text format, or bytes where
 * `as_text` is false. Returns the path.
 */
export const write_graph = fn(
  ['graph_or_graph_def', 'logdir', 'name', 'as_text'],
  (
    graph_or_graph_def: Graph | GraphDef,
    logdir: string,
    name: string,
    as_text: boolean = true,
  ): string => {
    const graphDef =
      graph_or_graph_def instanceof Graph ? graph_or_graph_def.as_graph_def() : graph_or_graph_def;
    MakeDirs(logdir);
    const path = join(logdir, name);
    writeBytes(
      path,
      as_text ? new TextEncoder().encode(printMessage(graphDef)) : graphDef.SerializeToString(),
    );
    return path;
  },
);
