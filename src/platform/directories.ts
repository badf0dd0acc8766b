/** `tf.gfile`'s functions: what there is in the file system, and moving, copying and removing it. */

import { AlreadyExistsError, FailedPreconditionError, NotFoundError } from '../core/errors.ts';
import { fn } from '../core/signature.ts';
import { fileSystem } from './files.ts';
import { exists, isDirectory, matchingPaths } from './glob.ts';
import { onFile } from './system_errors.ts';

/** Whether there is a file or directory `filename`. */
export const Exists = fn(['filename'], (filename: string): boolean => exists(filename));

/** Whether `dirname` is a directory. */
export const IsDirectory = fn(['dirname'], (dirname: string): boolean => isDirectory(dirname));

/** The names in a directory, sorted. NotFoundError where it is none. */
export const ListDirectory = fn(['dirname'], (dirname: string): string[] => {
  if (!isDirectory(dirname)) throw new NotFoundError(null, null, 'Could not find directory');
  return onFile(dirname, () => fileSystem().readdirSync(dirname)).sort();
});

/** The paths that a pattern, or any of several, matches. */
export const Glob = fn(['filename'], (filename: string | readonly string[]): string[] =>
  typeof filename === 'string' ? matchingPaths(filename) : filename.flatMap(matchingPaths),
);

/** Makes a directory, unless it is there; its parent must exist. */
export const MkDir = fn(['dirname'], (dirname: string): void => {
  if (!exists(dirname)) onFile(dirname, () => fileSystem().mkdirSync(dirname));
});

/** Makes a directory and those that lead to it. */
export const MakeDirs = fn(['dirname'], (dirname: string): void => {
  let parent = dirname;
  while (parent.length > 1 && !exists(parent)) parent = parent.replace(/\/*[^/]*\/*$/, '');
  if (parent.length > 0 && exists(parent) && !isDirectory(parent)) {
    throw new FailedPreconditionError(null, null, `${parent} is not a directory`);
  }
  onFile(dirname, () => fileSystem().mkdirSync(dirname, { recursive: true }));
});

/** Deletes a file. */
export const Remove = fn(['filename'], (filename: string): void => {
  onFile(filename, () => fileSystem().unlinkSync(filename));
});

/** Deletes a directory and all that is in it. */
export const DeleteRecursively = fn(['dirname'], (dirname: string): void => {
  if (!exists(dirname)) throw new NotFoundError(null, null, `${dirname} not found`);
  onFile(dirname, () => fileSystem().rmSync(dirname, { recursive: true }));
});

/** Renames a file or directory. AlreadyExistsError where the new name is taken, unless `overwrite`. */
export const Rename = fn(
  ['oldname', 'newname', 'overwrite'],
  (oldname: string, newname: string, overwrite: boolean = false): void => {
    refuseTaken(newname, overwrite);
    onFile(oldname, () => fileSystem().renameSync(oldname, newname));
  },
);

/** Copies a file. AlreadyExistsError where the new name is taken, unless `overwrite`. */
export const Copy = fn(
  ['oldpath', 'newpath', 'overwrite'],
  (oldpath: string, newpath: string, overwrite: boolean = false): void => {
    refuseTaken(newpath, overwrite);
    const temporary = `${newpath}.tmp-${process.pid}-${Date.now()}`;
    onFile(oldpath, () => {
      try {
        fileSystem().copyFileSync(oldpath, temporary);
        fileSystem().renameSync(temporary, newpath);
      } finally {
        fileSystem().rmSync(temporary, { force: true });
      }
    });
  },
);

function refuseTaken(path: string, overwrite: boolean): void {
  if (!overwrite && exists(path)) throw new AlreadyExistsError(null, null, 'file already exists');
}

/** What `Stat` tells of a file. */
export class FileStatistics {
  /** In bytes. */
  readonly length: number;
  /** When it was last changed, in nanoseconds since 1970, exact to microseconds. */
  readonly mtime_nsec: number;
  readonly is_directory: boolean;

  constructor(length: number, mtime_nsec: number, is_directory: boolean) {
    this.length = length;
    this.mtime_nsec = mtime_nsec;
    this.is_directory = is_directory;
  }
}

/** The size, time and kind of a file. NotFoundError where there is none. */
export const Stat = fn(['filename'], (filename: string): FileStatistics => {
  const stats = onFile(filename, () => fileSystem().statSync(filename));
  return new FileStatistics(stats.size, stats.mtimeMs * 1e6, stats.isDirectory());
});

/** A directory with the names of the directories and of the files in it. */
export type Listing = [directory: string, subdirectories: string[], files: string[]];

/** The directories below `top`, each ahead of those in it, or behind with `in_order` false. */
export const Walk = fn(
  ['top', 'in_order'],
  (top: string, in_order: boolean = true): Generator<Listing, void, undefined> =>
    walk(top, in_order),
);

function* walk(top: string, inOrder: boolean): Generator<Listing, void, undefined> {
  if (!isDirectory(top)) return;
  const inside = (name: string) => (top.endsWith('/') ? `${top}${name}` : `${top}/${name}`);
  const names = ListDirectory(top);
  const subdirectories = names.filter((name) => isDirectory(inside(name)));
  const files = names.filter((name) => !isDirectory(inside(name)));
  if (inOrder) yield [top, subdirectories, files];
  for (const name of subdirectories) yield* walk(inside(name), inOrder);
  if (!inOrder) yield [top, subdirectories, files];
}
