/** Looking into checkpoints without a graph: what tensors they have, and single ones of them. */

import { openCheckpoint } from '../backend/checkpoint_files.ts';
import { type Data, type DType, newData, protoName } from '../core/dtype.ts';
import { NotFoundError, ValueError, withHint } from '../core/errors.ts';
import { asFetched, type Fetched } from '../core/fetched.ts';
import { fn } from '../core/signature.ts';
import { BundleReader } from '../formats/checkpoint/bundle.ts';
import { type Checkpoint, sizeOf } from '../formats/checkpoint/checkpoint.ts';
import { nearestNames } from '../formats/checkpoint/missing_key.ts';
import { itemAt, NdArray } from '../numpy/index.ts';
import { isDirectory } from '../platform/glob.ts';
import { latest_checkpoint } from './checkpoint_state.ts';

/** A checkpoint that is open. Only what is asked for is read. */
export class CheckpointReader {
  private readonly pattern: string;
  private readonly checkpoint: Checkpoint;

  /** @internal */
  constructor(filepattern: string) {
    this.pattern = filepattern;
    this.checkpoint = openCheckpoint(filepattern);
  }

  /** Whether there is a tensor of this name. */
  has_tensor(tensor_str: string): boolean {
    return this.checkpoint.info(tensor_str) !== undefined;
  }

  /** The tensor of this name: an array, or where it has no axes a number, boolean or string. NotFoundError where there is none. */
  get_tensor(tensor_str: string): Fetched {
    const { dtype, shape, readInto } = this.open(tensor_str);
    const data: Data = newData(dtype, sizeOf(shape));
    readInto(data);
    const array = new NdArray(dtype, [...shape], data);
    return asFetched(shape.length === 0 ? itemAt(array, 0) : array);
  }

  /** The shapes of all tensors, by name. */
  get_variable_to_shape_map(): Record<string, number[]> {
    return this.map(({ shape }) => [...shape]);
  }

  /** Names and shapes of all tensors, sorted by name. @internal */
  _shapes(): [name: string, shape: number[]][] {
    const { checkpoint } = this;
    return checkpoint.names().map((name) => [name, [...checkpoint.info(name)!.shape]]);
  }

  /** The types of all tensors, by name. */
  get_variable_to_dtype_map(): Record<string, DType> {
    return this.map(({ dtype }) => dtype);
  }

  /** One line for each tensor: name, type and shape. */
  debug_string(): string {
    const lines = this.checkpoint.names().map((name) => {
      const { dtype, shape } = this.checkpoint.info(name)!;
      return `${name} (${protoName(dtype)}) [${shape.join(',')}]\n`;
    });
    return lines.join('');
  }

  /** Closes its files; the reader can be used again. */
  close(): void {
    this.checkpoint.close();
  }

  private open(name: string): ReturnType<Checkpoint['open']> {
    if (this.checkpoint instanceof BundleReader || this.has_tensor(name)) {
      return this.checkpoint.open(name);
    }
    const hint = nearestNames(name, this.checkpoint.names());
    throw new NotFoundError(
      null,
      null,
      withHint(`${name} not found in checkpoint file ${this.pattern}`, hint),
    );
  }

  private map<T>(of: (info: NonNullable<ReturnType<Checkpoint['info']>>) => T): Record<string, T> {
    const found: Record<string, T> = Object.create(null);
    for (const name of this.checkpoint.names()) found[name] = of(this.checkpoint.info(name)!);
    return found;
  }
}

/** Opens the checkpoint at `filepattern`, of either version. NotFoundError where there is none. */
export const NewCheckpointReader = fn(
  ['filepattern'],
  (filepattern: string): CheckpointReader => new CheckpointReader(filepattern),
);

/** The checkpoint that a path means: itself, or the newest of a directory. ValueError where it has none. @internal */
export function checkpointPath(ckpt_dir_or_file: string): string {
  const path = isDirectory(ckpt_dir_or_file)
    ? latest_checkpoint(ckpt_dir_or_file)
    : ckpt_dir_or_file;
  if (path !== null) return path;
  throw new ValueError(
    `Couldn't find 'checkpoint' file or checkpoints in given directory ${ckpt_dir_or_file}`,
  );
}

/** Opens a checkpoint, or the newest one of a directory. ValueError where that has none. */
export const load_checkpoint = fn(
  ['ckpt_dir_or_file'],
  (ckpt_dir_or_file: string): CheckpointReader =>
    new CheckpointReader(checkpointPath(ckpt_dir_or_file)),
);

/** Opens a checkpoint for `use`, and closes it. */
function reading<T>(ckpt_dir_or_file: string, use: (reader: CheckpointReader) => T): T {
  const reader = load_checkpoint(ckpt_dir_or_file);
  try {
    return use(reader);
  } finally {
    reader.close();
  }
}

/** The value of the variable `name` in a checkpoint. A name may end in `:0`, as those of tensors do. */
export const load_variable = fn(
  ['ckpt_dir_or_file', 'name'],
  (ckpt_dir_or_file: string, name: string): Fetched =>
    reading(ckpt_dir_or_file, (reader) => reader.get_tensor(name.replace(/:0$/, ''))),
);

/** The names and shapes of the variables in a checkpoint, sorted by name. */
export const list_variables = fn(
  ['ckpt_dir_or_file'],
  (ckpt_dir_or_file: string): [name: string, shape: number[]][] =>
    reading(ckpt_dir_or_file, (reader) => reader._shapes()),
);
