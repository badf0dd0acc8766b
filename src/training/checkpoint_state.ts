/**
 * Which checkpoints a directory has: the file `checkpoint` in it names them, and savers keep it up to
 * date.
 */

import { isBundle } from '../backend/checkpoint_files.ts';
import { OpError, RuntimeError, ValueError } from '../core/errors.ts';
import { fn } from '../core/signature.ts';
import { CheckpointState } from '../formats/checkpoint_state.ts';
import { SaverDef } from '../formats/meta_graph_messages.ts';
import { Merge, ParseError } from '../formats/text_format.ts';
import { fileSystem, readBytes, writeBytes } from '../platform/files.ts';
import { exists, matchingPaths } from '../platform/glob.ts';
import { error, info, warning } from '../platform/logging.ts';
import { isAbsolute, join, relative } from '../platform/paths.ts';
import { onFile } from '../platform/system_errors.ts';

const DEFAULT_NAME = 'checkpoint';

function stateFile(directory: string, latest_filename: string | null): string {
  return join(directory, latest_filename ?? DEFAULT_NAME);
}

/** The message that says which checkpoints `save_dir` has: `model_checkpoint_path` is the newest. */
export const generate_checkpoint_state_proto = fn(
  ['save_dir', 'model_checkpoint_path', 'all_model_checkpoint_paths'],
  (
    save_dir: string,
    model_checkpoint_path: string,
    all_model_checkpoint_paths: readonly string[] | null = null,
  ): CheckpointState => {
    const all = [...(all_model_checkpoint_paths ?? [])];
    if (all.at(-1) !== model_checkpoint_path) {
      info('%s is not in all_model_checkpoint_paths. Manually adding it.', model_checkpoint_path);
      all.push(model_checkpoint_path);
    }
    // Relative paths are relative to the directory, where that is relative itself.
    const inDirectory = (path: string) =>
      isAbsolute(save_dir) || isAbsolute(path) ? path : relative(path, save_dir);
    return new CheckpointState({
      model_checkpoint_path: inDirectory(model_checkpoint_path),
      all_model_checkpoint_paths: all.map(inDirectory),
    });
  },
);

/** Writes the file that says which checkpoints `save_dir` has. RuntimeError where a checkpoint has its name. */
export const update_checkpoint_state = fn(
  ['save_dir', 'model_checkpoint_path', 'all_model_checkpoint_paths', 'latest_filename'],
  (
    save_dir: string,
    model_checkpoint_path: string,
    all_model_checkpoint_paths: readonly string[] | null = null,
    latest_filename: string | null = null,
  ): void => {
    const all = all_model_checkpoint_paths;
    writeState(save_dir, model_checkpoint_path, all, latest_filename, false);
  },
);

/** Writes the file `latest_filename`; with `relativePaths` a moved directory can still be read. @internal */
export function writeState(
  save_dir: string,
  model_checkpoint_path: string,
  all_model_checkpoint_paths: readonly string[] | null,
  latest_filename: string | null,
  relativePaths: boolean,
): void {
  const file = stateFile(save_dir, latest_filename);
  const written = (path: string) =>
    relativePaths && isAbsolute(path) ? relative(path, save_dir) : path;
  const state = generate_checkpoint_state_proto(
    save_dir,
    written(model_checkpoint_path),
    (all_model_checkpoint_paths ?? []).map(written),
  );
  if (file === state.model_checkpoint_path) {
    throw new RuntimeError(
      `Save path '${model_checkpoint_path}' conflicts with path used for checkpoint state.  Please use a different save path.`,
    );
  }
  onFile(file, () => writeBytes(file, new TextEncoder().encode(state.toString())));
}

/** What the file `checkpoint` of a directory says, with whole paths; `null` where there is none. ValueError if it names no checkpoint. */
export const get_checkpoint_state = fn(
  ['checkpoint_dir', 'latest_filename'],
  (checkpoint_dir: string, latest_filename: string | null = null): CheckpointState | null => {
    const file = stateFile(checkpoint_dir, latest_filename);
    const state = readState(file);
    if (state === null) return null;
    if (!state.model_checkpoint_path) {
      throw new ValueError(`Invalid checkpoint state loaded from ${checkpoint_dir}`);
    }
    state.model_checkpoint_path = join(checkpoint_dir, state.model_checkpoint_path);
    state.all_model_checkpoint_paths = state.all_model_checkpoint_paths.map((path) =>
      join(checkpoint_dir, path),
    );
    return state;
  },
);

function readState(file: string): CheckpointState | null {
  if (!exists(file)) return null;
  try {
    const text = new TextDecoder().decode(onFile(file, () => readBytes(file)));
    return Merge(text, new CheckpointState());
  } catch (problem) {
    if (!(problem instanceof OpError || problem instanceof ParseError)) throw problem;
    warning('%s: %s', problem.name, problem.message);
    warning('%s: Checkpoint ignored', file);
    return null;
  }
}

/** The newest checkpoint of a directory, as `Saver.restore` takes it; `null` where there is none. */
export const latest_checkpoint = fn(
  ['checkpoint_dir', 'latest_filename'],
  (checkpoint_dir: string, latest_filename: string | null = null): string | null => {
    const path = get_checkpoint_state(checkpoint_dir, latest_filename)?.model_checkpoint_path;
    if (!path) return null;
    if (checkpoint_exists(path)) return path;
    error("Couldn't match files for checkpoint %s", path);
    return null;
  },
);

/** Whether there is a checkpoint, of either version, sharded or not. */
export const checkpoint_exists = fn(
  ['checkpoint_prefix'],
  (checkpoint_prefix: string): boolean => fileOf(checkpoint_prefix) !== undefined,
);

/** The file that shows that a checkpoint is there. */
function fileOf(prefix: string): string | undefined {
  return matchingPaths(isBundle(prefix) ? `${prefix}.index` : prefix)[0];
}

/** When those of the checkpoints that are there were written, in seconds since 1970. */
export const get_checkpoint_mtimes = fn(
  ['checkpoint_prefixes'],
  (checkpoint_prefixes: readonly string[]): number[] =>
    checkpoint_prefixes.flatMap((prefix) => {
      const file = fileOf(prefix);
      if (file === undefined) return [];
      return onFile(file, () => fileSystem().statSync(file).mtimeMs / 1000);
    }),
);

/** Deletes a checkpoint: its files, and the meta graph beside it. */
export const remove_checkpoint = fn(
  ['checkpoint_prefix', 'checkpoint_format_version', 'meta_graph_suffix'],
  (
    checkpoint_prefix: string,
    checkpoint_format_version: number = SaverDef.V2,
    meta_graph_suffix: string = 'meta',
  ): void => {
    const files =
      checkpoint_format_version === SaverDef.V2
        ? [`${checkpoint_prefix}.index`, `${checkpoint_prefix}.data-?????-of-?????`]
        : [checkpoint_prefix];
    for (const pattern of [metaGraphFile(checkpoint_prefix, meta_graph_suffix), ...files]) {
      for (const file of matchingPaths(pattern)) onFile(file, () => fileSystem().rmSync(file));
    }
  },
);

/** The name of the meta graph beside a checkpoint, sharded or not. @internal */
export function metaGraphFile(checkpoint_filename: string, suffix = 'meta'): string {
  return `${checkpoint_filename.replace(/-[\d?]+-of-\d+$/, '')}.${suffix}`;
}
