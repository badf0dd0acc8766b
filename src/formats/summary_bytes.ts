/**
 * Summaries and events as bytes, without making messages of them: a training loop writes them at every
 * step. Fields are written in order of number, as protocol buffers' own writers do.
 */

import type { Text } from '../core/dtype.ts';
import { bytesOfText } from '../core/text.ts';
import { maskedCrc32c } from './crc32c.ts';

const [VARINT, FIXED64, BYTES, FIXED32] = [0, 1, 2, 5];
const VALUE = 1;
const [TAG, METADATA] = [1, 9];

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

/** Where an event and its frame are put together; it grows with the largest one. */
let scratch = new Uint8Array(4096);
let scratchView = new DataView(scratch.buffer);

const FRAME_HEADER = 12;
const FRAME_FOOTER = 4;

/**
 * The record of an event file for an event that holds the serialized `payload` in field `field`. The
 * step may be any integer; `null` leaves it out. The bytes are valid until the next call.
 */
export function eventRecord(
  wallTime: number,
  step: number | null,
  field: number,
  payload: Uint8Array,
): Uint8Array {
  const most = FRAME_HEADER + 9 + 11 + 1 + 10 + payload.length + FRAME_FOOTER;
  if (most > scratch.length) {
    scratch = new Uint8Array(2 * most);
    scratchView = new DataView(scratch.buffer);
  }
  let at = FRAME_HEADER;
  scratch[at++] = (1 << 3) | FIXED64;
  scratchView.setFloat64(at, wallTime, true);
  at += 8;
  if (step !== null && step !== 0) {
    scratch[at++] = (2 << 3) | VARINT;
    at = step < 0 ? putNegative(scratch, at, step) : putVarint(scratch, at, step);
  }
  scratch[at++] = (field << 3) | BYTES;
  at = putVarint(scratch, at, payload.length);
  scratch.set(payload, at);
  at += payload.length;
  scratchView.setUint32(0, at - FRAME_HEADER, true);
  scratchView.setUint32(4, 0, true);
  scratchView.setUint32(8, maskedCrc32c(scratch.subarray(0, 8)), true);
  scratchView.setUint32(at, maskedCrc32c(scratch.subarray(FRAME_HEADER, at)), true);
  return scratch.subarray(0, at + FRAME_FOOTER);
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

/** What is read of a value: its tag, each byte as a character, and whether it has metadata. */
export interface ValueOutline {
  readonly tag: string;
  readonly hasMetadata: boolean;
}

/** Walks over the fields of a message. */
class FieldReader {
  field = 0;
  wire = 0;
  /** Where the content of the field begins, and where it ends. */
  from = 0;
  to = 0;
  isDamaged = false;
  private at = 0;
  private end = 0;
  private bytes = new Uint8Array(0);

  /** Begins with the message at `from`. */
  start(bytes: Uint8Array, from: number, to: number): void {
    this.bytes = bytes as Uint8Array<ArrayBuffer>;
    this.at = from;
    this.end = to;
    this.isDamaged = false;
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
    return 0;
  }
}

const outer = new FieldReader();
const inner = new FieldReader();

/** The values of a serialized summary; `null` where it is damaged, or holds anything else. */
export function outlineOf(summary: Uint8Array): ValueOutline[] | null {
  const values: ValueOutline[] = [];
  outer.start(summary, 0, summary.length);
  while (outer.next()) {
    if (outer.field !== VALUE || outer.wire !== BYTES) return null;
    inner.start(summary, outer.from, outer.to);
    let tag = '';
    let hasMetadata = false;
    while (inner.next()) {
      if (inner.field === TAG && inner.wire === BYTES)
        tag = characters(summary, inner.from, inner.to);
      if (inner.field === METADATA) hasMetadata = true;
    }
    if (inner.isDamaged) return null;
    values.push({ tag, hasMetadata });
  }
  return outer.isDamaged ? null : values;
}

/** Bytes as a string of one character each. */
function characters(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let i = from; i < to; i++) text += String.fromCharCode(bytes[i]!);
  return text;
}

/** The text of a tag in an outline. */
export function tagText(tag: string): string {
  return new TextDecoder().decode(Uint8Array.from(tag, (c) => c.charCodeAt(0)));
}
