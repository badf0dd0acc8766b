/** `tf1 convert`: a model in another format. */

import type { Command } from 'commander';
import { save_graph_model } from '../converter/index.ts';
import { AlreadyExistsError } from '../core/errors.ts';
import { fileSystem } from '../platform/files.ts';
import { simple_save } from '../saved_model/simple_save.ts';
import { frozen, writeGraph } from './freeze.ts';
import { kindOf } from './kinds.ts';
import { chosen, type Model, type ModelOptions, withModel } from './models.ts';
import { type Io, UsageError } from './output.ts';
import { readGraph } from './reports/graphs.ts';
import { addModelOptions } from './run.ts';

const TARGETS = ['pb', 'pbtxt', 'saved_model', 'tfjs'] as const;
type Target = (typeof TARGETS)[number];

interface ConvertOptions extends ModelOptions {
  readonly to?: string;
  readonly inputs?: string;
  readonly outputs?: string;
}

/** Adds the command to `program`. */
export function addConvert(program: Command, io: Io): void {
  const command = program
    .command('convert')
    .description(
      'Writes a graph, a SavedModel, a meta graph with its checkpoint or a tfjs model in another format: a GraphDef (.pb, or .pbtxt for text; variables become constants), a SavedModel or a tfjs graph model.',
    )
    .argument('<model>', 'the file or directory to read')
    .argument('<target>', 'the file or directory to write')
    .option('--to <format>', `what to write: ${TARGETS.join(', ')}; told by the target's ending`)
    .option('--inputs <names>', 'the inputs, with commas between')
    .option('--outputs <names>', 'the outputs, with commas between');
  addModelOptions(command).action((path: string, target: string, options: ConvertOptions) => {
    const to = targetOf(target, options.to);
    convert(path, target, to, options);
    io.out(`${target}: ${NAMES[to]}\n`);
  });
}

const NAMES: Readonly<Record<Target, string>> = {
  pb: 'a GraphDef',
  pbtxt: 'a GraphDef in the text format',
  saved_model: 'a SavedModel',
  tfjs: 'a tfjs graph model',
};

function targetOf(target: string, to: string | undefined): Target {
  const told = to ?? /\.(pb|pbtxt)$/.exec(target)?.[1] ?? (/\.json$/.test(target) ? 'tfjs' : '');
  const found = TARGETS.find((name) => name === told);
  if (found) return found;
  throw new UsageError(
    to === undefined
      ? `say what to write to ${target}: --to ${TARGETS.join('|')}`
      : `--to ${to}: it is one of ${TARGETS.join(', ')}`,
  );
}

function convert(path: string, target: string, to: Target, options: ConvertOptions): void {
  const found = kindOf(path);
  const isFile = to === 'pb' || to === 'pbtxt';
  const whole = found.kind.startsWith('graph') && options.outputs === undefined;
  if (isFile && whole) {
    writeGraph(target, readGraph(found));
    return;
  }
  withModel(path, options, (model) => {
    if (isFile) writeGraph(target, frozen(model, options.outputs));
    else if (to === 'tfjs') writeTfjs(model, target, options);
    else writeSavedModel(model, target, options);
  });
}

function writeTfjs(model: Model, target: string, options: ConvertOptions): void {
  const directory = target.replace(/\/?model\.json$/, '') || '.';
  save_graph_model(
    model.session,
    directory,
    chosen(options.inputs, model.inputs, model),
    chosen(options.outputs, model.outputs, model),
  );
}

function writeSavedModel(model: Model, target: string, options: ConvertOptions): void {
  if (fileSystem().existsSync(target))
    throw new AlreadyExistsError(null, null, `${target} is there already`);
  simple_save(
    model.session,
    target,
    chosen(options.inputs, model.inputs, model),
    chosen(options.outputs, model.outputs, model),
  );
}
