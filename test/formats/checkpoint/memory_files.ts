/** Files in memory, as the formats of checkpoints read and write them. */

import type { ByteSink, ByteSource } from '../../../src/formats/checkpoint/bytes.ts';

/** Bytes that are appended to. */
export class MemorySink implements ByteSink {
  private readonly parts: Uint8Array[] = [];

  write(bytes: Uint8Array): void {
    this.parts.push(bytes.slice());
  }

  get bytes(): Uint8Array {
    return Uint8Array.from(Buffer.concat(this.parts));
  }
}

/** Bytes that are read, and how many of them were. */
export class MemorySource implements ByteSource {
  private readonly bytes: Uint8Array;
  /** How many bytes were read so far. */
  taken = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get size(): number {
    return this.bytes.length;
  }

  read(offset: number, length: number): Uint8Array {
    const part = this.bytes.slice(offset, offset + length);
    this.taken += part.length;
    return part;
  }

  readInto(bytes: Uint8Array, offset: number): number {
    const part = this.read(offset, bytes.length);
    bytes.set(part);
    return part.length;
  }

  close(): void {}
}
