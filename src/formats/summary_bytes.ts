/**
 * Summaries and events as bytes, without making messages of them: a training loop writes them at every
 * step. Fields are written in order of number, as protocol buffers' own writers do.
 */

import type { Text } from '../core/dtype.ts';
import { bytesOfText } from '../core/text.ts';

const [VARINT, FIXED64, BYTES, FIXED32] = [0, 1, 2, 5];
const VALUE = 1;
const [TAG, METADATA] = [1, 9];
const TWO_TO_32 = 2 ** 32;

/** How many bytes an integer from 0 to 2^53 takes. */
function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++;
  return size;
}

/** Writes an integer from 0 to 2^53 and returns where it ends. */
function putVarint(bytes: Uint8Array, from: number, value: number): number {
  let at = from;
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) | 128;
  bytes[at++] = rest;
  return at;
}

/** A summary of one float32 number per tag. */
export function scalarSummary(tags: readonly Text[], values: ArrayLike<number>): Uint8Array {
  const names = tags.map(bytesOfText);
  // The tag with its length, and the number; then all that with its length.
  const bodies = names.map(({ length }) => 1 + varintSize(length) + length + 5);
  const size = bodies.reduce((sum, body) => sum + 1 + varintSize(body) + body, 0);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [i, name] of names.entries()) {
    bytes[at++] = (VALUE << 3) | BYTES;
    at = putVarint(bytes, at, bodies[i]!);
    bytes[at++] = (TAG << 3) | BYTES;
    at = putVarint(bytes, at, name.length);
    bytes.set(name, at);
    at += name.length;
    bytes[at++] = (2 << 3) | FIXED32;
    view.setFloat32(at, values[i]!, true);
    at += 4;
  }
  return bytes;
}

/**
 * An event that holds the serialized `payload` in field `field`. The step may be any integer;
 * `null` leaves it out.
 */
export function eventBytes(
  wallTime: number,
  step: number | null,
  field: number,
  payload: Uint8Array,
): Uint8Array {
  const steps = step === null || step === 0 ? 0 : 1 + (step < 0 ? 10 : varintSize(step));
  const bytes = new Uint8Array(9 + steps + 1 + varintSize(payload.length) + payload.length);
  bytes[0] = (1 << 3) | FIXED64;
  new DataView(bytes.buffer).setFloat64(1, wallTime, true);
  let at = 9;
  if (steps > 0) {
    bytes[at++] = (2 << 3) | VARINT;
    at = step! < 0 ? putNegative(bytes, at, step!) : putVarint(bytes, at, step!);
  }
  bytes[at++] = (field << 3) | BYTES;
  at = putVarint(bytes, at, payload.length);
  bytes.set(payload, at);
  return bytes;
}

/** Two's complement in 64 bits. */
function putNegative(bytes: Uint8Array, from: number, value: number): number {
  let rest = BigInt.asUintN(64, BigInt(value));
  for (let i = 0; i < 10; i++) {
    bytes[from + i] = Number(rest & 127n) | (i < 9 ? 128 : 0);
    rest >>= 7n;
  }
  return from + 10;
}

/** What is read of a value: its tag, and whether it has metadata. */
export interface ValueOutline {
  readonly tag: Uint8Array;
  readonly hasMetadata: boolean;
}

/** The values of a serialized summary; `null` where it is damaged, or holds anything else. */
export function outlineOf(summary: Uint8Array): ValueOutline[] | null {
  const values: ValueOutline[] = [];
  const reader = new FieldReader(summary, 0, summary.length);
  while (reader.next()) {
    if (reader.field !== VALUE || reader.wire !== BYTES) return null;
    const inner = new FieldReader(summary, reader.from, reader.to);
    let tag = new Uint8Array(0);
    let hasMetadata = false;
    while (inner.next()) {
      if (inner.field === TAG && inner.wire === BYTES) tag = summary.slice(inner.from, inner.to);
      if (inner.field === METADATA) hasMetadata = true;
    }
    if (inner.isDamaged) return null;
    values.push({ tag, hasMetadata });
  }
  return reader.isDamaged ? null : values;
}

/** Walks over the fields of a message. */
class FieldReader {
  field = 0;
  wire = 0;
  /** Where the content of the field begins, and where it ends. */
  from = 0;
  to = 0;
  isDamaged = false;
  private at: number;
  private readonly end: number;
  private readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  next(): boolean {
    if (this.at >= this.end || this.isDamaged) return false;
    const key = this.varint();
    this.field = Math.floor(key / 8);
    this.wire = key % 8;
    this.from = this.at;
    if (this.wire === VARINT) this.varint();
    else if (this.wire === FIXED64) this.at += 8;
    else if (this.wire === FIXED32) this.at += 4;
    else if (this.wire === BYTES) {
      const length = this.varint();
      this.from = this.at;
      this.at += length;
    } else this.isDamaged = true;
    this.to = this.at;
    if (this.at > this.end || this.field === 0) this.isDamaged = true;
    return !this.isDamaged;
  }

  private varint(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 10; i++) {
      const byte = this.at < this.end ? this.bytes[this.at++]! : -1;
      if (byte < 0) break;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
    this.isDamaged = true;
    return TWO_TO_32;
  }
}
