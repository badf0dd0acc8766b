/** What is in checkpoints: every tensor with its type, shape and size; nothing of their values is read. */

import type { DType } from '../../core/dtype.ts';
import { NotFoundError } from '../../core/errors.ts';
import { fileSystem } from '../../platform/files.ts';
import { CheckpointReader } from '../../training/checkpoint_reader.ts';
import { latest_checkpoint } from '../../training/checkpoint_state.ts';
import type { Found } from '../kinds.ts';
import { bytesCell, type Report, shapeCell, type Table } from '../output.ts';

/** One tensor of a checkpoint. */
export interface Entry {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** 0 for strings, whose sizes are not known before they are read. */
  readonly bytes: number;
}

/** The prefix of the checkpoint that `path` means: for a directory, its newest one. */
export function prefixOf(path: string): string {
  if (!fileSystem().statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path;
  const latest = latest_checkpoint(path);
  if (latest) return latest;
  throw new NotFoundError(null, null, `${path} has no checkpoint`);
}

/** The tensors of a checkpoint, by name. */
export function entriesOf(reader: CheckpointReader): Entry[] {
  const shapes = reader.get_variable_to_shape_map();
  const types = reader.get_variable_to_dtype_map();
  return Object.keys(shapes).map((name) => {
    const shape = shapes[name]!;
    const dtype = types[name]!;
    return { name, dtype, shape, bytes: shape.reduce((size, n) => size * n, 1) * dtype.size };
  });
}

/** What `use` makes of the open checkpoint `prefix`. */
export function withCheckpoint<R>(prefix: string, use: (reader: CheckpointReader) => R): R {
  const reader = new CheckpointReader(prefix);
  try {
    return use(reader);
  } finally {
    reader.close();
  }
}

/** The table of a checkpoint's tensors. */
export function checkpointTable(prefix: string): Table {
  return tableOf(withCheckpoint(prefix, entriesOf));
}

function tableOf(entries: readonly Entry[]): Table {
  return {
    title: 'tensors',
    columns: ['name', 'type', 'shape', 'bytes'],
    rows: entries.map(({ name, dtype, shape, bytes }) => [
      name,
      dtype.name,
      shapeCell(shape),
      bytes,
    ]),
  };
}

/** Tells of a checkpoint. */
export function checkpointReport({ path }: Found): Report {
  const prefix = prefixOf(path);
  const entries = withCheckpoint(prefix, entriesOf);
  const isBundle = fileSystem().existsSync(`${prefix}.index`);
  return {
    kind: `checkpoint of version ${isBundle ? 2 : 1}`,
    facts: [
      ['path', prefix],
      ['tensors', entries.length],
      ['size', bytesCell(entries.reduce((sum, { bytes }) => sum + bytes, 0))],
    ],
    tables: [tableOf(entries)],
  };
}
