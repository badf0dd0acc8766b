/**
 * The wire form of protocol messages, field by field: for the few small messages of checkpoints,
 * which are read by the thousand and hold their numbers as plain JavaScript numbers.
 */

import { damaged } from './bytes.ts';

const TWO_TO_32 = 4294967296;

/** What follows a tag: a varint, eight bytes, a length and bytes, or four bytes. */
export type WireType = 0 | 1 | 2 | 5;

/** One field as it stands: its number, its wire type, and how to read its value. */
export interface Field {
  readonly number: number;
  readonly type: WireType;
}

/** Reads the fields of a message, or other things made of varints. DataLossError where it ends too early. */
export class WireReader {
  readonly bytes: Uint8Array;
  /** Where the next byte is. */
  at: number;
  private readonly end: number;

  /** Reads `bytes` from `at` up to `end`. */
  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  /** Whether everything is read. */
  get done(): boolean {
    return this.at >= this.end;
  }

  /** The next field's number and type. */
  field(): Field {
    const tag = this.varint();
    const type = tag % 8;
    if (type !== 0 && type !== 1 && type !== 2 && type !== 5) throw damaged('bad wire type');
    return { number: Math.floor(tag / 8), type };
  }

  /** An unsigned varint. DataLossError where it is longer than 64 bits; inexact beyond 2^53. */
  varint(): number {
    const { bytes, end } = this;
    let value = 0;
    let unit = 1;
    for (let count = 0; count < 10; count++) {
      if (this.at >= end) throw damaged('varint is cut off');
      const byte = bytes[this.at++]!;
      value += (byte & 127) * unit;
      if (byte < 128) return value;
      unit *= 128;
    }
    throw damaged('varint is too long');
  }

  /** A varint as a signed 64-bit integer. */
  int64(): number {
    const start = this.at;
    const value = this.varint();
    if (this.at - start < 10) return value;
    // Ten bytes have the sign bit: the number is read again from its two halves.
    let low = 0;
    let high = 0;
    for (let i = 0; i < 4; i++) low += (this.bytes[start + i]! & 127) * 128 ** i;
    const fifth = this.bytes[start + 4]! & 127;
    low += (fifth & 15) * 2 ** 28;
    high = fifth >>> 4;
    for (let i = 5; i < 10; i++) high += (this.bytes[start + i]! & 127) * 2 ** (3 + 7 * (i - 5));
    return (high | 0) * TWO_TO_32 + low;
  }

  /** Four bytes, little-endian. */
  fixed32(): number {
    const at = this.take(4);
    return new DataView(this.bytes.buffer, this.bytes.byteOffset).getUint32(at, true);
  }

  /** A length and as many bytes, as a view. */
  lengthDelimited(): Uint8Array {
    const length = this.varint();
    const at = this.take(length);
    return this.bytes.subarray(at, at + length);
  }

  /** Leaves out a value of `type`. */
  skip(type: WireType): void {
    if (type === 0) this.varint();
    else if (type === 2) this.lengthDelimited();
    else this.take(type === 1 ? 8 : 4);
  }

  private take(count: number): number {
    const { at } = this;
    if (count > this.end - at) throw damaged('message is cut off');
    this.at += count;
    return at;
  }
}

/** Calls `read` for each field of the message in `bytes`; what it does not take (`false`) is left out. */
export function readFields(
  bytes: Uint8Array,
  read: (number: number, reader: WireReader, type: WireType) => boolean,
): void {
  const reader = new WireReader(bytes);
  while (!reader.done) {
    const { number, type } = reader.field();
    if (!read(number, reader, type)) reader.skip(type);
  }
}

/** Writes messages, field by field. Fields with the default value are the caller's to leave out. */
export class WireWriter {
  private buffer = new Uint8Array(64);
  private length = 0;

  /** What was written so far, as a view. */
  get bytes(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  /** An unsigned varint; a negative number as its 64-bit two's complement. */
  varint(value: number): this {
    if (value < 0) return this.negative(value);
    this.reserve(10);
    let rest = value;
    while (rest >= 128) {
      this.buffer[this.length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.buffer[this.length++] = rest;
    return this;
  }

  private negative(value: number): this {
    let rest = BigInt.asUintN(64, BigInt(value));
    this.reserve(10);
    while (rest >= 128n) {
      this.buffer[this.length++] = Number(rest & 127n) | 128;
      rest >>= 7n;
    }
    this.buffer[this.length++] = Number(rest);
    return this;
  }

  /** Bytes as they are. */
  raw(bytes: Uint8Array): this {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
    return this;
  }

  /** Four bytes, little-endian. */
  fixed32(value: number): this {
    this.reserve(4);
    for (let shift = 0; shift < 32; shift += 8) this.buffer[this.length++] = value >>> shift;
    return this;
  }

  /** Field `number` as a varint, unless it is 0. */
  integer(number: number, value: number): this {
    return value === 0 ? this : this.varint(number * 8).varint(value);
  }

  /** Field `number` as bytes, also empty ones. */
  message(number: number, bytes: Uint8Array): this {
    return this.varint(number * 8 + 2)
      .varint(bytes.length)
      .raw(bytes);
  }

  private reserve(count: number): void {
    if (this.length + count <= this.buffer.length) return;
    const grown = new Uint8Array(Math.max(2 * this.buffer.length, this.length + count));
    grown.set(this.bytes);
    this.buffer = grown;
  }
}
