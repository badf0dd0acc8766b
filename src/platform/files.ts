/** Files of this machine. Written whole or not at all: to a temporary name, then renamed. */

import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { NotFoundError } from '../core/errors.ts';

/** The bytes of the file `path`. NotFoundError where there is none. */
export function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') throw error;
    throw new NotFoundError(null, null, `${path}; No such file or directory`);
  }
}

/** Writes the file `path`; a failure leaves what was there before. */
export function writeBytes(path: string, bytes: Uint8Array): void {
  const temporary = `${path}.tmp-${process.pid}-${Date.now()}`;
  try {
    writeFileSync(temporary, bytes);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
