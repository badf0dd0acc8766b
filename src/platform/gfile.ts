/**
 * `tf.gfile.GFile`: a file that is opened when it is first read or written. Positions count bytes;
 * lines end at `\n`, and a `\r` ahead of it is dropped, as TensorFlow does.
 */

import {
  InvalidArgumentError,
  OutOfRangeError,
  PermissionDeniedError,
  ValueError,
  withHint,
} from '../core/errors.ts';
import { type ArgsOf, signature } from '../core/signature.ts';
import { bytesOfText } from '../core/text.ts';
import { AtomicFile, fileSystem } from './files.ts';
import { onFile } from './system_errors.ts';

const BLOCK = 1 << 16;
const NEWLINE = 10;
const RETURN = 13;
const EMPTY = new Uint8Array(0);

const parameters = signature(['name', 'mode'], (name: string, mode: string = 'r') => ({
  name,
  mode,
}));
const seekParameters = signature(
  ['offset', 'whence', 'position'],
  (offset: number | null = null, whence: number = 0, position: number | null = null) => ({
    offset: position ?? offset,
    whence,
  }),
  { name: 'seek' },
);
const readParameters = signature(['n'], (n: number = -1) => n, { name: 'read' });

/** What reading gives: text, or bytes where the mode has a `b`. */
export type Content = string | Uint8Array;

/**
 * A file by its name and mode: `r`, `w` or `a`, with `+` for both ways, with `b` for bytes. In mode `w`
 * the file that had the name stays until the first bytes are written.
 */
export class GFile {
  readonly name: string;
  readonly mode: string;
  readonly #binary: boolean;
  readonly #readable: boolean;
  readonly #writable: boolean;
  #reader: Reader | null = null;
  #writer: Writer | null = null;

  constructor(...args: ArgsOf<typeof parameters>) {
    const { name, mode } = parameters(...args);
    this.name = name;
    this.mode = mode;
    this.#binary = mode.includes('b');
    const plain = mode.replace('b', '');
    if (!['r', 'w', 'a', 'r+', 'w+', 'a+'].includes(plain)) {
      throw new InvalidArgumentError(
        null,
        null,
        "mode is not 'r' or 'w' or 'a' or 'r+' or 'w+' or 'a+'",
      );
    }
    this.#readable = plain !== 'w' && plain !== 'a';
    this.#writable = plain !== 'r';
  }

  /** The next `n` bytes, or all that follow. */
  read(...args: ArgsOf<typeof readParameters>): Content {
    const n = readParameters(...args);
    return this.#content(this.#open().read(n));
  }

  /** The next line with its `\n`; empty at the end of the file. */
  readline(): Content {
    return this.#content(this.#open().line());
  }

  /** The lines that follow. */
  readlines(): Content[] {
    return [...this];
  }

  /** The next line. `done` at the end of the file. */
  next(): IteratorResult<Content, undefined> {
    const value = this.readline();
    return value.length === 0 ? { done: true, value: undefined } : { done: false, value };
  }

  [Symbol.iterator](): this {
    return this;
  }

  /** Moves to `offset` bytes from the beginning (`whence` 0), from here (1), or from the end (2). */
  seek(...args: ArgsOf<typeof seekParameters>): void {
    const reader = this.#open();
    const { offset, whence } = seekParameters(...args);
    if (offset === null) throw new TypeError('seek(): offset argument required');
    const origins = [0, reader.position, this.size()];
    const origin = origins[whence];
    if (origin === undefined) {
      throw new InvalidArgumentError(
        null,
        null,
        `Invalid whence argument: ${whence}. Valid values are 0, 1, or 2.`,
      );
    }
    reader.seek(origin + offset);
  }

  /** Where the next read begins, in bytes. */
  tell(): number {
    return this.#open().position;
  }

  /** The size of the file in bytes. */
  size(): number {
    return onFile(this.name, () => fileSystem().statSync(this.name)).size;
  }

  /** Appends text, or bytes. */
  write(file_content: Content): void {
    if (!this.#writable) {
      throw new PermissionDeniedError(null, null, "File isn't open for writing");
    }
    const bytes = contentBytes(file_content);
    this.#writer ??= this.mode.includes('a') ? new Appender(this.name) : new Replacer(this.name);
    this.#writer.write(bytes);
  }

  /** Hands what was written to the operating system. */
  flush(): void {
    this.#writer?.flush();
  }

  /** Closes the file; reading and writing open it again. */
  close(): void {
    this.#reader?.close();
    this.#reader = null;
    this.#writer?.close();
    this.#writer = null;
  }

  enter(): this {
    return this;
  }

  exit(): void {
    this.close();
  }

  #open(): Reader {
    if (!this.#readable) {
      throw new PermissionDeniedError(null, null, "File isn't open for reading");
    }
    this.#reader ??= new Reader(this.name);
    return this.#reader;
  }

  #content(bytes: Uint8Array): Content {
    return this.#binary ? bytes : decoded(bytes, this.name);
  }
}

/** The same as `GFile`. */
export class FastGFile extends GFile {}

/** The bytes of what a caller writes. TypeError for anything but text and bytes. */
export function contentBytes(content: unknown): Uint8Array {
  if (typeof content === 'string' || content instanceof Uint8Array) return bytesOfText(content);
  const value = typeof content === 'object' ? JSON.stringify(content) : String(content);
  throw new TypeError(`Expected binary or unicode string, got ${value}`);
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decoded(bytes: Uint8Array, name: string): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new ValueError(
      withHint(
        "'utf-8' codec can't decode bytes: invalid data",
        `${name} does not hold text. Open it for bytes: new tf.gfile.GFile(name, 'rb').`,
      ),
    );
  }
}

/** A file that is read from front to back, in blocks. */
class Reader {
  readonly #name: string;
  #descriptor: number;
  /** What was read ahead, and how much of it was given out. */
  #block: Uint8Array = EMPTY;
  #used = 0;
  /** Where the block ends in the file. */
  #end = 0;

  constructor(name: string) {
    this.#name = name;
    this.#descriptor = onFile(name, () => fileSystem().openSync(name, 'r'));
  }

  get position(): number {
    return this.#end - (this.#block.length - this.#used);
  }

  read(n: number): Uint8Array {
    if (n < -1) {
      throw new InvalidArgumentError(null, null, `Can't read a negative number of bytes: ${n}`);
    }
    const start = this.position;
    const rest = Math.max(0, this.#size() - start);
    const bytes = this.#readAt(start, n === -1 ? rest : Math.min(n, rest));
    this.#moveTo(start + bytes.length);
    return bytes;
  }

  line(): Uint8Array {
    const parts: Uint8Array[] = [];
    while (this.#fill()) {
      const end = this.#block.indexOf(NEWLINE, this.#used);
      const stop = end < 0 ? this.#block.length : end + 1;
      parts.push(this.#block.subarray(this.#used, stop));
      this.#used = stop;
      if (end >= 0) break;
    }
    return withoutReturn(parts);
  }

  seek(position: number): void {
    if (position < 0) {
      throw new InvalidArgumentError(null, null, `Seeking to a negative position: ${position}`);
    }
    if (position > this.#size()) throw new OutOfRangeError(null, null, 'reached end of file');
    this.#moveTo(position);
  }

  close(): void {
    fileSystem().closeSync(this.#descriptor);
    this.#descriptor = -1;
  }

  #size(): number {
    return fileSystem().fstatSync(this.#descriptor).size;
  }

  #moveTo(position: number): void {
    this.#block = EMPTY;
    this.#used = 0;
    this.#end = position;
  }

  /** Whether there is something to read; reads the next block where the last one is used up. */
  #fill(): boolean {
    if (this.#used < this.#block.length) return true;
    this.#block = this.#readAt(this.#end, BLOCK);
    this.#used = 0;
    this.#end += this.#block.length;
    return this.#block.length > 0;
  }

  #readAt(start: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const got = onFile(this.#name, () =>
        fileSystem().readSync(this.#descriptor, bytes, done, length - done, start + done),
      );
      if (got === 0) break;
      done += got;
    }
    return bytes.subarray(0, done);
  }
}

/** The parts of a line as one, without a `\r` ahead of its `\n`. */
function withoutReturn(parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const line = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    line.set(part, at);
    at += part.length;
  }
  if (length < 2 || line[length - 1] !== NEWLINE || line[length - 2] !== RETURN) return line;
  line[length - 2] = NEWLINE;
  return line.subarray(0, length - 1);
}

interface Writer {
  write(bytes: Uint8Array): void;
  flush(): void;
  close(): void;
}

/** Takes the place of a file with its first bytes, and grows from there. */
class Replacer implements Writer {
  readonly #file: AtomicFile;

  constructor(name: string) {
    this.#file = new AtomicFile(name);
  }

  write(bytes: Uint8Array): void {
    try {
      this.#file.write(bytes);
      // Programs drop a file that they wrote without closing it, which in Python closes it.
      this.#file.publish();
    } catch (error) {
      this.#file.abandon();
      throw error;
    }
  }

  flush(): void {
    this.#file.publish();
  }

  close(): void {
    this.#file.commit();
  }
}

/** Appends to a file that may exist. */
class Appender implements Writer {
  readonly #name: string;
  readonly #descriptor: number;

  constructor(name: string) {
    this.#name = name;
    this.#descriptor = onFile(name, () => fileSystem().openSync(name, 'a'));
  }

  write(bytes: Uint8Array): void {
    onFile(this.#name, () => {
      for (let done = 0; done < bytes.length; ) {
        done += fileSystem().writeSync(this.#descriptor, bytes, done);
      }
    });
  }

  flush(): void {}

  close(): void {
    fileSystem().closeSync(this.#descriptor);
  }
}
