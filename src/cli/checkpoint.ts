/** `tf1 checkpoint`: the tensors of checkpoints, listed, printed, compared. */

import type { Command } from 'commander';
import { NdArray } from '../numpy/index.ts';
import type { CheckpointReader } from '../training/checkpoint_reader.ts';
import { kindOf } from './kinds.ts';
import {
  type Cell,
  type Io,
  progress,
  type Report,
  shapeCell,
  UsageError,
  write,
} from './output.ts';
import {
  checkpointReport,
  type Entry,
  entriesOf,
  prefixOf,
  withCheckpoint,
} from './reports/checkpoints.ts';

interface JsonOption {
  readonly json?: boolean;
}

/** Adds the command to `program`. */
export function addCheckpoint(program: Command, io: Io): void {
  const command = program
    .command('checkpoint')
    .description('Looks into checkpoints of either version: a prefix, an index, or a directory.');
  command
    .command('list')
    .description('Lists the tensors: name, type, shape and size.')
    .argument('<checkpoint>')
    .option('--json', 'prints JSON')
    .action((path: string, { json }: JsonOption) =>
      write(io, checkpointReport(found(path)), json === true),
    );
  command
    .command('print')
    .description('Prints the values of tensors.')
    .argument('<checkpoint>')
    .argument('<names...>', 'the tensors')
    .option('--json', 'prints JSON')
    .action((path: string, names: string[], { json }: JsonOption) =>
      printTensors(path, names, json === true, io),
    );
  command
    .command('diff')
    .description('Compares two checkpoints. The exit code is 1 where they differ.')
    .argument('<a>')
    .argument('<b>')
    .option('--json', 'prints JSON')
    .action((a: string, b: string, { json }: JsonOption) => {
      const report = compare(a, b, io);
      write(io, report, json === true);
      if (report.tables.some(({ rows }) => rows.length > 0)) throw new Differ();
    });
}

/** Two files differ: exit code 1, and nothing more to say. */
export class Differ extends Error {}

function found(path: string): ReturnType<typeof kindOf> {
  const file = kindOf(path);
  if (file.kind === 'checkpoint') return file;
  throw new UsageError(`${path} is no checkpoint`);
}

function printTensors(path: string, names: readonly string[], json: boolean, io: Io): void {
  withCheckpoint(prefixOf(found(path).path), (reader) => {
    const values = names.map((name) => [name, reader.get_tensor(name) as unknown] as const);
    if (json) {
      const lists = values.map(([name, v]) => [name, v instanceof NdArray ? v.tolist() : v]);
      io.out(`${JSON.stringify(Object.fromEntries(lists), null, 2)}\n`);
      return;
    }
    const types = reader.get_variable_to_dtype_map();
    for (const [name, value] of values) {
      const shape = value instanceof NdArray ? value.shape : [];
      io.out(`${name}: ${types[name]!.name} [${shape.join(', ')}]\n${String(value)}\n`);
    }
  });
}

function compare(a: string, b: string, io: Io): Report {
  const paths = [a, b].map((path) => prefixOf(found(path).path));
  return withCheckpoint(paths[0]!, (first) =>
    withCheckpoint(paths[1]!, (second) => {
      const entries = [first, second].map(
        (reader) => new Map(entriesOf(reader).map((entry) => [entry.name, entry])),
      ) as [Map<string, Entry>, Map<string, Entry>];
      const [left, right] = entries;
      const only = (own: Map<string, Entry>, other: Map<string, Entry>): Cell[][] =>
        [...own.values()].filter(({ name }) => !other.has(name)).map(rowOf);
      const both = [...left.keys()].filter((name) => right.has(name));
      const reshaped = both.filter((name) => !sameKind(left.get(name)!, right.get(name)!));
      const alike = both.filter((name) => !reshaped.includes(name));
      const changed = changes(alike, first, second, io);
      const columns = ['name', 'type', 'shape'];
      return {
        kind: 'two checkpoints',
        facts: [
          ['a', paths[0]!],
          ['b', paths[1]!],
          ['equal tensors', alike.length - changed.length],
        ],
        tables: [
          { title: 'only in a', columns, rows: only(left, right) },
          { title: 'only in b', columns, rows: only(right, left) },
          {
            title: 'other type or shape',
            columns: ['name', 'type in a', 'shape in a', 'type in b', 'shape in b'],
            rows: reshaped.map((name) => [
              ...rowOf(left.get(name)!),
              ...rowOf(right.get(name)!).slice(1),
            ]),
          },
          {
            title: 'other values',
            columns: ['name', 'elements', 'differ', 'largest difference'],
            rows: changed,
          },
        ],
      };
    }),
  );
}

const rowOf = ({ name, dtype, shape }: Entry): Cell[] => [name, dtype.name, shapeCell(shape)];

function sameKind(a: Entry, b: Entry): boolean {
  return a.dtype === b.dtype && a.shape.join() === b.shape.join();
}

/** A row for each tensor whose values differ. Each is read, compared and forgotten. */
function changes(
  names: readonly string[],
  first: CheckpointReader,
  second: CheckpointReader,
  io: Io,
): Cell[][] {
  const show = progress(io);
  const rows = names.flatMap((name, i) => {
    show(`${i + 1} of ${names.length}: ${name}`);
    const { elements, differ, most } = difference(first.get_tensor(name), second.get_tensor(name));
    return differ > 0 ? [[name, elements, differ, Number(most.toPrecision(6))]] : [];
  });
  show();
  return rows;
}

/** How many elements of two tensors of one kind differ, and by how much at most where they are numbers. */
function difference(first: unknown, second: unknown) {
  const [a, b] = [partsOf(first), partsOf(second)];
  const elements = first instanceof NdArray ? first.size : 1;
  // Complex numbers have two parts.
  const width = elements === 0 ? 1 : a.length / elements;
  let [differ, most, last] = [0, 0, -1];
  for (let at = 0; at < a.length; at++) {
    const [x, y] = [a[at], b[at]];
    if (x === y || (typeof x !== 'number' && String(x) === String(y))) continue;
    if (Number.isNaN(x) && Number.isNaN(y)) continue;
    const element = Math.floor(at / width);
    if (element !== last) differ++;
    last = element;
    if (typeof x === 'number' && typeof y === 'number') most = Math.max(most, Math.abs(x - y) || 0);
  }
  return { elements, differ, most };
}

function partsOf(value: unknown): ArrayLike<unknown> {
  return value instanceof NdArray ? value.data : [value];
}
