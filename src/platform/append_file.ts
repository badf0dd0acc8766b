/**
 * Files that grow: logs of events. What is written is kept until there is enough of it, it is flushed,
 * or the process ends, so that a file on disk always begins with whole writes in their order.
 */

import { fileSystem } from './files.ts';

const BUFFER_SIZE = 16384;
/** The files that have something to write when the process ends. */
const pending = new Set<AppendFile>();
let listens = false;

/** A file that is only ever appended to. */
export class AppendFile {
  readonly path: string;
  private descriptor: number;
  private readonly buffer = new Uint8Array(BUFFER_SIZE);
  private used = 0;

  /** Creates `path`, which must not exist. */
  constructor(path: string) {
    this.path = path;
    this.descriptor = fileSystem().openSync(path, 'ax');
    if (listens) return;
    listens = true;
    globalThis.process?.once('exit', flushPending);
  }

  /** Appends `bytes`. */
  write(bytes: Uint8Array): void {
    if (this.used + bytes.length > BUFFER_SIZE) this.flush();
    if (bytes.length >= BUFFER_SIZE) {
      this.put(bytes);
      return;
    }
    this.buffer.set(bytes, this.used);
    if (this.used === 0) pending.add(this);
    this.used += bytes.length;
  }

  /** Hands to the operating system what is kept. */
  flush(): void {
    if (this.used === 0) return;
    this.put(this.buffer.subarray(0, this.used));
    this.used = 0;
    pending.delete(this);
  }

  /** Flushes and gives the file back; may be called again. */
  close(): void {
    if (this.descriptor < 0) return;
    this.flush();
    fileSystem().closeSync(this.descriptor);
    this.descriptor = -1;
  }

  private put(bytes: Uint8Array): void {
    let done = 0;
    while (done < bytes.length) {
      done += fileSystem().writeSync(this.descriptor, bytes, done, bytes.length - done);
    }
  }
}

function flushPending(): void {
  for (const file of [...pending]) file.flush();
}

/** The name of this machine, as event files have it; `localhost` in a page. */
export function hostName(): string {
  return globalThis.process?.getBuiltinModule?.('node:os')?.hostname() ?? 'localhost';
}
