/** `tf.python.lib.io.file_io`: what `tf.gfile` has, by other names. */

export {
  Copy as copy,
  DeleteRecursively as delete_recursively,
  Exists as file_exists,
  Glob as get_matching_files,
  IsDirectory as is_directory,
  ListDirectory as list_directory,
  MakeDirs as recursive_create_dir,
  MkDir as create_dir,
  Remove as delete_file,
  Rename as rename,
  Stat as stat,
  Walk as walk,
} from '../../../../platform/directories.ts';
export {
  atomic_write_string_to_file,
  read_file_to_string,
  write_string_to_file,
} from '../../../../platform/file_contents.ts';
export { GFile as FileIO } from '../../../../platform/gfile.ts';
