/** Whole files as text or bytes in one call, as `tf.python.lib.io.file_io` has them. */

import { AlreadyExistsError } from '../core/errors.ts';
import { fn } from '../core/signature.ts';
import { writeBytes } from './files.ts';
import { type Content, contentBytes, GFile } from './gfile.ts';
import { exists } from './glob.ts';

/** The whole content of a file: text, or bytes with `binary_mode`. */
export const read_file_to_string = fn(
  ['filename', 'binary_mode'],
  (filename: string, binary_mode: boolean = false): Content => {
    const file = new GFile(filename, binary_mode ? 'rb' : 'r');
    try {
      return file.read();
    } finally {
      file.close();
    }
  },
);

/** Writes text or bytes as a file, whole or not at all. */
export const write_string_to_file = fn(
  ['filename', 'file_content'],
  (filename: string, file_content: Content): void => {
    writeBytes(filename, contentBytes(file_content));
  },
);

/** Writes text or bytes as a file, whole or not at all. AlreadyExistsError for one that is there, unless `overwrite`. */
export const atomic_write_string_to_file = fn(
  ['filename', 'contents', 'overwrite'],
  (filename: string, contents: Content, overwrite: boolean = true): void => {
    if (!overwrite && exists(filename)) {
      throw new AlreadyExistsError(null, null, 'file already exists');
    }
    writeBytes(filename, contentBytes(contents));
  },
);
