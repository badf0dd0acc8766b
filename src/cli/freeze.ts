/** `tf1 freeze`: a model with its variables as constants, in one GraphDef. */

import type { Command } from 'commander';
import { inlinedGraph, readsInFunctions } from '../converter/inlined.ts';
import type { GraphDef } from '../formats/graph_messages.ts';
import { MessageToString } from '../formats/text_format.ts';
import { convert_variables_to_constants } from '../graph/graph_util.ts';
import { writeBytes } from '../platform/files.ts';
import { chosen, type Model, type ModelOptions, withModel } from './models.ts';
import { type Io, UsageError } from './output.ts';
import { addModelOptions } from './run.ts';

interface FreezeOptions extends ModelOptions {
  readonly outputs?: string;
}

/** Adds the command to `program`. */
export function addFreeze(program: Command, io: Io): void {
  const command = program
    .command('freeze')
    .description(
      'Writes the part of a SavedModel, or of a meta graph with its checkpoint, that its outputs need as one GraphDef, in which variables are constants.',
    )
    .argument('<model>', 'the file or directory')
    .argument('<file>', 'what to write: text if it ends in .pbtxt')
    .option('--outputs <names>', 'operations or tensors to keep, with commas between');
  addModelOptions(command).action((path: string, file: string, options: FreezeOptions) => {
    const graph = withModel(path, options, (model) => frozen(model, options.outputs));
    writeGraph(file, graph);
    io.out(`${file}: ${graph.node.length} nodes\n`);
  });
}

/** The graph of `model` down from its outputs, or from those named. */
export function frozen(model: Model, outputs: string | undefined): GraphDef {
  const kept = Object.values(chosen(outputs, model.outputs, model));
  if (kept.length === 0) throw new UsageError('say what to keep: --outputs name');
  if (readsInFunctions(model.graph))
    return inlinedGraph(model.session, Object.values(model.inputs), kept);
  const names = [...new Set(kept.map(({ op }) => op.name))];
  return convert_variables_to_constants(model.session, model.graph.as_graph_def(), names);
}

/** Writes a graph, as text where the file's name says so. */
export function writeGraph(file: string, graph: GraphDef): void {
  const text = file.endsWith('.pbtxt') || file.endsWith('.txt');
  writeBytes(
    file,
    text ? new TextEncoder().encode(MessageToString(graph)) : graph.SerializeToString(),
  );
}
