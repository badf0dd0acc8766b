/**
 * Reads serialized Examples without building messages: a walk over the bytes finds the features, and
 * only what is asked for is read. Nothing is allocated by a length that the bytes merely claim.
 */

import type { Text } from '../core/dtype.ts';
import { InvalidArgumentError } from '../core/errors.ts';
import { textOfBytes } from '../core/text.ts';
import { joinBytes } from './streams.ts';

/** The kinds of features by their field numbers; 0 is a feature without a list. */
export const NO_LIST = 0;
export const BYTES_LIST = 1;
export const FLOAT_LIST = 2;
export const INT64_LIST = 3;

/** A feature as it stands in the bytes: which list it has, and the bytes of that list. */
export interface RawFeature {
  readonly kind: number;
  readonly list: Uint8Array;
}
/** Features by name; names are the bytes as Latin-1 text, see `keyOf`. */
export type RawFeatures = ReadonlyMap<string, RawFeature>;
/** A sequence: the features of the whole, and the features of its steps. */
export interface RawSequence {
  readonly context: RawFeatures;
  readonly lists: ReadonlyMap<string, readonly RawFeature[]>;
}

const VARINT = 0;
const FIXED64 = 1;
const DELIMITED = 2;
const FIXED32 = 5;
const EMPTY = new Uint8Array(0);
const WITHOUT_LIST: RawFeature = { kind: NO_LIST, list: EMPTY };

/** The bytes are no such message. */
class Damaged extends Error {}

/** Walks over the fields of a message. */
class Fields {
  readonly #bytes: Uint8Array;
  #at = 0;
  /** Of the current field. */
  number = 0;
  wire = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Moves to the next field; false at the end. */
  next(): boolean {
    if (this.#at >= this.#bytes.length) return false;
    const tag = this.#short();
    this.number = tag >>> 3;
    this.wire = tag & 7;
    if (this.number === 0) throw new Damaged();
    return true;
  }

  /** Whether the current field is number `number`, of bytes. */
  isBytes(number: number): boolean {
    return this.number === number && this.wire === DELIMITED;
  }

  /** The content of a field of bytes, a view. */
  bytes(): Uint8Array {
    const length = this.#short();
    const start = this.#at;
    if (length > this.#bytes.length - start) throw new Damaged();
    this.#at += length;
    return this.#bytes.subarray(start, this.#at);
  }

  /** Passes over a field that nobody asked for. */
  skip(): void {
    if (this.wire === VARINT) this.#passVarint();
    else if (this.wire === DELIMITED) this.bytes();
    else if (this.wire === FIXED32) this.#pass(4);
    else if (this.wire === FIXED64) this.#pass(8);
    else throw new Damaged();
  }

  /** Where the value of the current field begins; `skip` comes next. */
  get position(): number {
    return this.#at;
  }

  #pass(length: number): void {
    this.#at += length;
    if (this.#at > this.#bytes.length) throw new Damaged();
  }

  #passVarint(): void {
    const end = Math.min(this.#at + 10, this.#bytes.length);
    while (this.#at < end) if (this.#bytes[this.#at++]! < 128) return;
    throw new Damaged();
  }

  /** A tag or a length: at most 32 bits. */
  #short(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) break;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) {
        if (value > 0xffffffff) break;
        return value;
      }
    }
    throw new Damaged();
  }
}

/** `null` where `read` meets bytes that are no such message. */
function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof Damaged) return null;
    throw error;
  }
}

/** A name as the maps of this file have it: one character for each byte. */
export function keyOf(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 4096) {
    text += String.fromCharCode(...bytes.subarray(i, i + 4096));
  }
  return text;
}

/** The features of a serialized Example; `null` if it is none. */
export function readExample(bytes: Uint8Array): RawFeatures | null {
  return orNull(() => {
    const features = new Map<string, RawFeature>();
    const fields = new Fields(bytes);
    while (fields.next()) {
      if (fields.isBytes(1)) readFeatures(fields.bytes(), features);
      else fields.skip();
    }
    return features;
  });
}

/** The parts of a serialized SequenceExample; `null` if it is none. */
export function readSequenceExample(bytes: Uint8Array): RawSequence | null {
  return orNull(() => {
    const context = new Map<string, RawFeature>();
    const lists = new Map<string, RawFeature[]>();
    const fields = new Fields(bytes);
    while (fields.next()) {
      if (fields.isBytes(1)) readFeatures(fields.bytes(), context);
      else if (fields.isBytes(2)) {
        eachEntry(fields.bytes(), (key, value) => lists.set(key, readSteps(value)));
      } else fields.skip();
    }
    return { context, lists };
  });
}

function readFeatures(bytes: Uint8Array, features: Map<string, RawFeature>): void {
  eachEntry(bytes, (key, value) => features.set(key, readFeature(value)));
}

/** Calls `take` with the key and the value of each entry of a map, which is field 1. */
function eachEntry(bytes: Uint8Array, take: (key: string, value: Uint8Array) => void): void {
  const entries = new Fields(bytes);
  while (entries.next()) {
    if (!entries.isBytes(1)) {
      entries.skip();
      continue;
    }
    const entry = new Fields(entries.bytes());
    let key = '';
    let value = EMPTY as Uint8Array;
    while (entry.next()) {
      if (entry.isBytes(1)) key = keyOf(entry.bytes());
      else if (entry.isBytes(2)) value = entry.bytes();
      else entry.skip();
    }
    take(key, value);
  }
}

function readSteps(bytes: Uint8Array): RawFeature[] {
  const steps: RawFeature[] = [];
  const fields = new Fields(bytes);
  while (fields.next()) {
    if (fields.isBytes(1)) steps.push(readFeature(fields.bytes()));
    else fields.skip();
  }
  return steps;
}

function readFeature(bytes: Uint8Array): RawFeature {
  let feature = WITHOUT_LIST;
  const fields = new Fields(bytes);
  while (fields.next()) {
    if (fields.wire !== DELIMITED || fields.number > INT64_LIST) {
      fields.skip();
      continue;
    }
    const kind = fields.number;
    const list = fields.bytes();
    // Two lists of one kind are one: that is what their bytes together mean.
    feature = { kind, list: kind === feature.kind ? joinBytes([feature.list, list]) : list };
  }
  return feature;
}

// ---- lists -------------------------------------------------------------------------------------

/** The byte strings of a list, text where they are UTF-8; `null` if it is damaged. */
export function bytesOf(list: Uint8Array): Text[] | null {
  return orNull(() => {
    const values: Text[] = [];
    const fields = new Fields(list);
    while (fields.next()) {
      if (!fields.isBytes(1)) {
        fields.skip();
        continue;
      }
      const text = textOfBytes(fields.bytes());
      values.push(typeof text === 'string' ? text : text.slice());
    }
    return values;
  });
}

/** The numbers of a list of floats; `null` if it is damaged. */
export function floatsOf(list: Uint8Array): Float32Array | null {
  return orNull(() => {
    const parts = partsOf(list, FIXED32, 4);
    if (parts.some((part) => part.length % 4 !== 0)) throw new Damaged();
    const bytes = joinBytes(parts).slice();
    return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  });
}

/** The numbers of a list of integers; `null` if it is damaged. InvalidArgumentError beyond 2^53. */
export function integersOf(list: Uint8Array): Float64Array | null {
  return orNull(() => {
    const bytes = joinBytes(partsOf(list, VARINT, 0));
    let count = 0;
    for (let i = 0; i < bytes.length; i++) if (bytes[i]! < 128) count++;
    const values = new Float64Array(count);
    for (let i = 0, at = 0; i < count; i++) {
      const size = varintSize(bytes, at);
      values[i] = size === 1 ? bytes[at]! : integerAt(bytes, at, size);
      at += size;
    }
    if (bytes.length > 0 && bytes[bytes.length - 1]! >= 128) throw new Damaged();
    return values;
  });
}

/** The bytes of field 1's values: packed ones, and ones of their own. */
function partsOf(list: Uint8Array, wire: number, size: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  const fields = new Fields(list);
  while (fields.next()) {
    if (fields.isBytes(1)) {
      parts.push(fields.bytes());
      continue;
    }
    const start = fields.position;
    const isValue = fields.number === 1 && fields.wire === wire;
    fields.skip();
    if (isValue) parts.push(list.subarray(start, size > 0 ? start + size : fields.position));
  }
  return parts;
}

function varintSize(bytes: Uint8Array, at: number): number {
  for (let size = 1; size <= 10; size++) if (bytes[at + size - 1]! < 128) return size;
  throw new Damaged();
}

/** The signed integer of a varint: 28 bits, 28 bits, and 8 bits with the sign. */
function integerAt(bytes: Uint8Array, at: number, size: number): number {
  const byte = (i: number) => (i < size ? bytes[at + i]! & 127 : 0);
  const low = byte(0) | (byte(1) << 7) | (byte(2) << 14) | (byte(3) << 21);
  const middle = byte(4) | (byte(5) << 7) | (byte(6) << 14) | (byte(7) << 21);
  const high = ((byte(8) | (byte(9) << 7)) << 24) >> 24;
  const value = high * 2 ** 56 + middle * 2 ** 28 + low;
  if (Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError(
    null,
    null,
    `Integer ${value} is outside of the range that is held exactly, -2^53 to 2^53.`,
  );
}
