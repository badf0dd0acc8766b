/** `tf.gfile`. */

export {
  Copy,
  DeleteRecursively,
  Exists,
  Glob,
  IsDirectory,
  ListDirectory,
  MakeDirs,
  MkDir,
  Remove,
  Rename,
  Stat,
  Walk,
} from '../platform/directories.ts';
export { FastGFile, GFile, GFile as Open } from '../platform/gfile.ts';
