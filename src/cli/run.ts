/** `tf1 run`: feeds a model and prints or keeps what it gives. */

import type { Command } from 'commander';
import { load } from '../api/node.ts';
import { InvalidArgumentError } from '../core/errors.ts';
import { Operation } from '../graph/operation.ts';
import { SymbolicTensor } from '../graph/symbolic_tensor.ts';
import { NdArray } from '../numpy/index.ts';
import { writeNpy } from '../numpy/npy.ts';
import { readBytes, writeBytes } from '../platform/files.ts';
import { elementOf, type Model, type ModelOptions, tensorNamed, withModel } from './models.ts';
import { type Io, UsageError } from './output.ts';

interface RunOptions extends ModelOptions {
  readonly feed?: readonly string[];
  readonly fetch?: readonly string[];
  readonly json?: boolean;
}

/** Adds the options that say which part of a model is meant. */
export function addModelOptions(command: Command): Command {
  return command
    .option('--signature <key>', 'the signature that names inputs and outputs')
    .option('--tags <tags>', 'the meta graph of a SavedModel, by its tags: serve,gpu')
    .option('--checkpoint <prefix>', 'the checkpoint of a meta graph');
}

/** Adds the command to `program`. */
export function addRun(program: Command, io: Io): void {
  const collect = (value: string, all: readonly string[] = []) => [...all, value];
  const command = program
    .command('run')
    .description('Runs a graph, a SavedModel, a meta graph with its checkpoint or a tfjs model.')
    .argument('<model>', 'the file or directory')
    .option('--feed <name=value>', 'an input: name=x.npy, name=x.json or name=[[1, 2]]', collect)
    .option('--fetch <name[=file]>', 'an output to print, or to write to a .npy file', collect)
    .option('--json', 'prints JSON');
  addModelOptions(command).action((path: string, options: RunOptions) => {
    const values = withModel(path, options, (model) => run(model, options));
    print(values, options, io);
  });
}

/** What was fetched: its name, its value, and the file it goes to. */
interface Fetched {
  readonly name: string;
  readonly value: NdArray | null;
  readonly file: string | undefined;
}

function run(model: Model, options: RunOptions): Fetched[] {
  const feed_dict = (options.feed ?? []).map((text) => {
    const [name, value] = parted(text);
    if (value === undefined) throw new UsageError(`--feed ${text}: say a value after =`);
    const tensor = tensorNamed(name, model.inputs, model);
    return [tensor, fedValue(name, value, tensor)] as const;
  });
  const wanted = options.fetch ?? Object.keys(model.outputs);
  if (wanted.length === 0) throw new UsageError('say what to compute: --fetch name');
  const fetches = wanted.map((text) => {
    const [name, file] = parted(text);
    const element = elementOf(name, model.outputs, model);
    return {
      name,
      file,
      element: element instanceof Operation ? (element.outputs[0] ?? element) : element,
    };
  });
  const results: unknown[] = model.session.run(
    fetches.map(({ element }) => element),
    { feed_dict },
  );
  return fetches.map(({ name, file, element }, i) => {
    const isTensor = element instanceof SymbolicTensor;
    return { name, file, value: isTensor ? arrayOf(results[i], element) : null };
  });
}

function parted(text: string): [name: string, value: string | undefined] {
  const at = text.indexOf('=');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function fedValue(name: string, text: string, { dtype }: SymbolicTensor): never {
  const value: unknown = text.endsWith('.npy') ? load(text) : parsed(name, text, dtype.name);
  return (value instanceof NdArray ? value : dtype.base_dtype(value)) as never;
}

function parsed(name: string, text: string, type: string): unknown {
  const json = text.endsWith('.json') ? new TextDecoder().decode(readBytes(text)) : text;
  try {
    return JSON.parse(json);
  } catch (error) {
    if (type === 'string' && json === text) return text;
    throw new InvalidArgumentError(
      null,
      null,
      `the value of '${name}' is neither JSON nor a .npy file: ${(error as Error).message}`,
    );
  }
}

function arrayOf(value: unknown, { dtype }: SymbolicTensor): NdArray {
  return value instanceof NdArray ? value : (dtype.base_dtype(value) as NdArray);
}

function print(values: readonly Fetched[], { json }: RunOptions, io: Io): void {
  const printed: Record<string, unknown> = Object.create(null);
  for (const { name, value, file } of values) {
    if (!value) continue;
    if (file !== undefined) writeBytes(file, writeNpy(value));
    else if (json) printed[name] = value.tolist();
    else io.out(`${name}: ${value.dtype.name} [${value.shape.join(', ')}]\n${String(value)}\n`);
  }
  if (json) io.out(`${JSON.stringify(printed, plain, 2)}\n`);
}

/** What JSON lacks: numbers that are none, and bytes that are no text, as base64. */
function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (value instanceof Uint8Array) return btoa(String.fromCharCode(...value));
  return value;
}
