/**
 * Checkpoints as files of this machine: which kind lies at a path, and writing them under temporary
 * names until they are whole.
 */

import { DataLossError, InvalidArgumentError, OpError } from '../core/errors.ts';
import { BundleIndex, BundleReader, dataPath, indexPath } from '../formats/checkpoint/bundle.ts';
import { BundleWriter, mergeIndexes } from '../formats/checkpoint/bundle_writer.ts';
import type { ByteSource } from '../formats/checkpoint/bytes.ts';
import type { Checkpoint } from '../formats/checkpoint/checkpoint.ts';
import { SavedSlicesReader } from '../formats/checkpoint/saved_slices.ts';
import type { SavedSlicesWriter } from '../formats/checkpoint/saved_slices_writer.ts';
import { AtomicFile, fileSystem, RandomAccessFile } from '../platform/files.ts';
import { exists, isDirectory, matchingPaths } from '../platform/glob.ts';
import { onFile } from '../platform/system_errors.ts';

function openFile(path: string): ByteSource {
  return onFile(path, () => new RandomAccessFile(path));
}

/** The directory that a path is in; empty where the path names none. */
export function directoryOf(path: string): string {
  const at = path.lastIndexOf('/');
  return at < 0 ? '' : path.slice(0, at) || '/';
}

/** The checkpoint at `prefix`: a bundle, or else the files of the first version that it matches. */
export function openCheckpoint(prefix: string): Checkpoint {
  return isBundle(prefix) ? new BundleReader(prefix, openFile) : openSavedSlices(prefix);
}

/** Whether there is the index of a bundle at `prefix`. */
export function isBundle(prefix: string): boolean {
  return matchingPaths(indexPath(prefix)).length > 0;
}

/** The checkpoint of the first version whose files `pattern` matches. NotFoundError where there is none. */
export function openSavedSlices(pattern: string): Checkpoint {
  return new SavedSlicesReader(pattern, matchingPaths(pattern), openTableFile);
}

function openTableFile(path: string): ByteSource {
  try {
    if (isDirectory(path)) {
      throw new DataLossError(null, null, `Failed precondition: ${path}; Is a directory`);
    }
    return openFile(path);
  } catch (error) {
    if (!(error instanceof OpError)) throw error;
    throw new DataLossError(
      null,
      null,
      `Unable to open table file ${path}: ${error.message}: perhaps your file is in a different file format and you need to use a different restore operator?`,
    );
  }
}

/** Writes a bundle of one data file at `prefix`; its directory is made. A failure leaves what was there. */
export function writeBundle(prefix: string, fill: (bundle: BundleWriter) => void): void {
  const directory = directoryOf(prefix);
  if (directory && !exists(directory)) {
    onFile(directory, () => fileSystem().mkdirSync(directory));
  }
  writeFiles([dataPath(prefix, 0, 1), indexPath(prefix)], ([data, index]) => {
    const bundle = new BundleWriter(data!);
    fill(bundle);
    bundle.finish(index!);
  });
}

/** Writes a checkpoint of the first version. A failure leaves what was there. */
export function writeSavedSlices(path: string, slices: SavedSlicesWriter): void {
  writeFiles([path], ([file]) => slices.finish(file!));
}

/** Writes files together: they get their names when all are whole, the last one last. */
function writeFiles(paths: readonly string[], write: (files: readonly AtomicFile[]) => void): void {
  const files: AtomicFile[] = [];
  try {
    for (const path of paths) onFile(path, () => files.push(new AtomicFile(path)));
    onFile(paths[0]!, () => {
      write(files);
      for (const file of files) file.commit();
    });
  } finally {
    for (const file of files) file.abandon();
  }
}

/** Makes the bundles at `prefixes` one at `destination`: moves their data files, and writes its index. */
export function mergeBundles(
  prefixes: readonly string[],
  destination: string,
  deleteOldDirectories: boolean,
): void {
  if (new Set(prefixes).size < prefixes.length) {
    throw new InvalidArgumentError(null, null, 'Duplicate checkpoint prefixes to be merged');
  }
  const bundles = prefixes.map((prefix) => ({ prefix, index: readIndex(indexPath(prefix)) }));
  const { files, write } = mergeIndexes(bundles);
  const directory = directoryOf(destination);
  if (directory && !exists(directory)) onFile(directory, () => fileSystem().mkdirSync(directory));
  writeFiles([indexPath(destination)], ([index]) => {
    write(index!);
    // Only now, so that up to here an earlier checkpoint of this name is whole.
    files.forEach(({ prefix, shard, shards }, i) => {
      const from = dataPath(prefix, shard, shards);
      onFile(from, () => fileSystem().renameSync(from, dataPath(destination, i, files.length)));
    });
  });
  for (const prefix of prefixes) fileSystem().rmSync(indexPath(prefix), { force: true });
  if (deleteOldDirectories) removeDirectories(prefixes, directory);
}

function readIndex(path: string): BundleIndex {
  const source = openFile(path);
  try {
    return new BundleIndex(source, path);
  } finally {
    source.close();
  }
}

/** Removes the directories of merged bundles that are empty now. */
function removeDirectories(prefixes: readonly string[], kept: string): void {
  for (const directory of new Set(prefixes.map(directoryOf))) {
    if (!directory || directory === kept || !isDirectory(directory)) continue;
    if (fileSystem().readdirSync(directory).length === 0) fileSystem().rmdirSync(directory);
  }
}
