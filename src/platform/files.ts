/**
 * Files of this machine. Written whole or not at all: to a temporary name, then renamed. Node's modules
 * are looked up when they are used, so that programs for pages may import this library.
 */

import { UnimplementedError } from '../core/errors.ts';
import { onFile } from './system_errors.ts';

/** Node's `fs`. UnimplementedError in a page, which has no files. */
export function fileSystem(): typeof import('node:fs') {
  const found = globalThis.process?.getBuiltinModule?.('node:fs');
  if (found) return found;
  throw new UnimplementedError(null, null, 'File system scheme [file] is not available in a page');
}

/** The bytes of the file `path`. NotFoundError where there is none. */
export function readBytes(path: string): Uint8Array {
  return onFile(path, () => fileSystem().readFileSync(path));
}

/** An open file of which any part can be read, so that large files need not be in memory. */
export class RandomAccessFile {
  readonly path: string;
  /** In bytes, when it was opened. */
  readonly size: number;
  private descriptor: number;

  /** Opens `path`. NotFoundError where there is none. */
  constructor(path: string) {
    this.path = path;
    this.descriptor = onFile(path, () => fileSystem().openSync(path, 'r'));
    this.size = fileSystem().fstatSync(this.descriptor).size;
  }

  /** The `length` bytes from `offset`; fewer where the file ends before. */
  read(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.size - offset)));
    return bytes.subarray(0, this.readInto(bytes, offset));
  }

  /** Fills `bytes` from `offset` on and returns how many there were. */
  readInto(bytes: Uint8Array, offset: number): number {
    let done = 0;
    while (done < bytes.length) {
      const rest = bytes.length - done;
      const got = onFile(this.path, () =>
        fileSystem().readSync(this.descriptor, bytes, done, rest, offset + done),
      );
      if (got === 0) break;
      done += got;
    }
    return done;
  }

  /** Gives the file back; may be called again. */
  close(): void {
    if (this.descriptor >= 0) fileSystem().closeSync(this.descriptor);
    this.descriptor = -1;
  }
}

/** A file that is written in parts under a temporary name, and has its own one when it is whole. */
export class AtomicFile {
  readonly path: string;
  private readonly temporary: string;
  private descriptor: number;
  private named = false;

  /** Begins `path`, in a directory that exists. */
  constructor(path: string) {
    this.path = path;
    this.temporary = `${path}.tmp-${process.pid}-${Date.now()}-${opened++}`;
    this.descriptor = onFile(path, () => fileSystem().openSync(this.temporary, 'w'));
  }

  /** Appends `bytes`. */
  write(bytes: Uint8Array): void {
    let done = 0;
    while (done < bytes.length) {
      done += onFile(this.path, () =>
        fileSystem().writeSync(this.descriptor, bytes, done, bytes.length - done),
      );
    }
  }

  /** Ends the file and gives it its name, in the place of what had it. */
  commit(): void {
    fileSystem().closeSync(this.descriptor);
    this.descriptor = -1;
    this.publish();
  }

  /** Gives the file its name now; what is written later is appended to it. */
  publish(): void {
    if (this.named) return;
    onFile(this.path, () => fileSystem().renameSync(this.temporary, this.path));
    this.named = true;
  }

  /** Drops what was written, unless the file has its name already. */
  abandon(): void {
    if (this.descriptor >= 0) fileSystem().closeSync(this.descriptor);
    this.descriptor = -1;
    if (!this.named) fileSystem().rmSync(this.temporary, { force: true });
  }
}

let opened = 0;

/** Writes the file `path`; a failure leaves what was there before. */
export function writeBytes(path: string, bytes: Uint8Array): void {
  const file = new AtomicFile(path);
  try {
    file.write(bytes);
    file.commit();
  } finally {
    file.abandon();
  }
}
