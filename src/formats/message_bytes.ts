/** Protocol messages from bytes and to bytes. Contents of `bytes` fields are views of what was read. */

import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { DecodeError } from './decode_error.ts';
import { keyValue, sortedKeys } from './map_keys.ts';
import {
  clearOthers,
  messageValue,
  newList,
  newMap,
  newMessage,
  presentValue,
  type StoredMessage,
} from './message_store.ts';
import { defaultOf, fieldValue, plainBytes, safeInteger } from './message_values.ts';
import type { FieldSpec, ScalarType, ValueSpec } from './proto_schema.ts';

/** How deep messages may stand in each other, as in TensorFlow. */
const MAX_DEPTH = 100;

/** Adds the fields that `bytes` hold to `message`. DecodeError where they are damaged. */
export function parseInto(message: StoredMessage, bytes: Uint8Array): void {
  const plain = plainBytes(bytes);
  const reader = new BinaryReader(plain);
  try {
    new Parser(reader, plain).fields(message, plain.length, 0);
  } catch (error) {
    const name = message._spec.fullName;
    throw new DecodeError(`Error parsing message with type '${name}': ${reasonOf(error)}`);
  }
}

/** A message has its parts in the wrong depth. */
class DepthError extends Error {}

function reasonOf(error: unknown): string {
  if (error instanceof DepthError) return 'Exceeded upb_DecodeOptions_MaxDepth';
  // The decoder of text throws it, and its class may be that of another realm.
  if ((error as Error).name === 'TypeError') return 'String field had bad UTF-8';
  return 'Wire format was corrupt';
}

const WIRE_TYPES: Readonly<Record<ScalarType, WireType>> = {
  double: WireType.Bit64,
  fixed64: WireType.Bit64,
  sfixed64: WireType.Bit64,
  float: WireType.Bit32,
  fixed32: WireType.Bit32,
  sfixed32: WireType.Bit32,
  string: WireType.LengthDelimited,
  bytes: WireType.LengthDelimited,
  int32: WireType.Varint,
  int64: WireType.Varint,
  uint32: WireType.Varint,
  uint64: WireType.Varint,
  sint32: WireType.Varint,
  sint64: WireType.Varint,
  bool: WireType.Varint,
};

/** One reading of bytes. */
class Parser {
  private readonly reader: BinaryReader;
  private readonly bytes: Uint8Array;

  constructor(reader: BinaryReader, bytes: Uint8Array) {
    this.reader = reader;
    this.bytes = bytes;
  }

  /** Reads the fields of `message`, which ends at `end`. */
  fields(message: StoredMessage, end: number, depth: number): void {
    const { reader } = this;
    const { byNumber } = message._spec;
    while (reader.pos < end) {
      const start = reader.pos;
      const tag = reader.uint32();
      const field = byNumber.get(tag >>> 3);
      if (!field || !this.field(message, field, tag & 7, end, depth)) {
        reader.pos = start;
        this.keep(message, end);
      }
    }
    if (reader.pos !== end) throw new RangeError('A message ends inside one of its fields.');
  }

  private keep(message: StoredMessage, end: number): void {
    const start = this.reader.pos;
    const [number, type] = this.reader.tag();
    this.reader.skip(type, number);
    if (this.reader.pos > end) throw new RangeError('A field ends behind its message.');
    message._unknown ??= [];
    message._unknown.push(this.bytes.subarray(start, this.reader.pos));
  }

  /** Reads one field; false if its wire type is not the field's. */
  private field(
    message: StoredMessage,
    field: FieldSpec,
    type: number,
    end: number,
    depth: number,
  ): boolean {
    const values = message._values;
    const { index } = field;
    if (field.key) {
      if (type !== WireType.LengthDelimited) return false;
      values[index] ??= newMap();
      this.entry(field, values[index] as Record<string, unknown>, this.end(end), depth);
      return true;
    }
    const expected = WIRE_TYPES[field.scalar];
    if (field.repeated) {
      const packed = type === WireType.LengthDelimited && expected !== type;
      if (type !== expected && !packed) return false;
      values[index] ??= newList(field);
      const list = values[index] as unknown[];
      if (packed) this.packed(field, list, this.end(end));
      else list.push(this.value(field, undefined, end, depth));
      return true;
    }
    if (type !== expected) return false;
    clearOthers(message, field.oneof, field);
    values[index] = this.value(field, values[index], end, depth);
    return true;
  }

  /** A length, as the place where it ends. */
  private end(limit: number): number {
    const length = this.reader.uint32();
    const end = this.reader.pos + length;
    if (end > limit) throw new RangeError('A field ends behind its message.');
    return end;
  }

  private value(spec: ValueSpec, old: unknown, limit: number, depth: number): unknown {
    if (spec.message === null) return this.scalar(spec.scalar);
    if (depth >= MAX_DEPTH) throw new DepthError();
    const message = (old as StoredMessage | undefined) ?? newMessage(spec.message);
    message._implied = false;
    this.fields(message, this.end(limit), depth + 1);
    return message;
  }

  private packed(field: FieldSpec, list: unknown[], end: number): void {
    const { scalar } = field;
    const width = WIRE_TYPES[scalar];
    const at = list.length;
    let count = 0;
    if (width === WireType.Varint) {
      for (let i = this.reader.pos; i < end; i++) if (this.bytes[i]! < 0x80) count++;
    } else count = Math.floor((end - this.reader.pos) / (width === WireType.Bit32 ? 4 : 8));
    list.length = at + count;
    for (let i = 0; i < count; i++) list[at + i] = this.scalar(scalar);
    if (this.reader.pos !== end) throw new RangeError('A list ends inside one of its values.');
  }

  private entry(field: FieldSpec, map: Record<string, unknown>, end: number, depth: number): void {
    if (depth >= MAX_DEPTH) throw new DepthError();
    const { reader } = this;
    let key: unknown;
    let value: unknown;
    while (reader.pos < end) {
      const [number, type] = reader.tag();
      if (number === 1 && type === WIRE_TYPES[field.key!]) key = this.scalar(field.key!);
      else if (number === 2 && type === WIRE_TYPES[field.scalar]) {
        value = this.value(field, value, end, depth + 1);
      } else reader.skip(type, number);
    }
    if (reader.pos !== end) throw new RangeError('An entry ends inside one of its fields.');
    map[String(key ?? defaultOf(field.key!))] =
      value ?? (field.message ? newMessage(field.message) : defaultOf(field.scalar));
  }

  private scalar(type: ScalarType): unknown {
    const { reader } = this;
    switch (type) {
      case 'string':
        return reader.string(true);
      case 'bytes':
        return reader.bytes();
      case 'int64':
        return this.int64() ?? safeInteger(BigInt(reader.int64()));
      case 'uint64':
        return this.int64() ?? safeInteger(BigInt(reader.uint64()));
      case 'sint64':
      case 'fixed64':
      case 'sfixed64':
        return safeInteger(BigInt(reader[type]()));
      default:
        return reader[type]();
    }
  }

  /** A varint of up to seven bytes, which a number holds; null, and nothing read, for longer ones. */
  private int64(): number | null {
    const { bytes } = this;
    const start = this.reader.pos;
    let value = 0;
    let factor = 1;
    for (let i = start; i < start + 7; i++) {
      const byte = bytes[i];
      if (byte === undefined) return null;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        this.reader.pos = i + 1;
        return value;
      }
      factor *= 128;
    }
    return null;
  }
}

/** The bytes of `message`: fields in order of number, maps in order of key, unknown fields last. */
export function serialize(message: StoredMessage): Uint8Array {
  const writer = new BinaryWriter();
  writeFields(message, writer);
  return writer.finish();
}

function writeFields(message: StoredMessage, writer: BinaryWriter): void {
  for (const field of message._spec.fields) {
    const value = presentValue(message, field);
    if (value === undefined) continue;
    if (field.key) writeMap(field, value as Record<string, unknown>, writer);
    else if (field.packed) writePacked(field, value as unknown[], writer);
    else if (field.repeated) {
      for (const item of value as unknown[]) writeValue(field, field.number, item, writer);
    } else writeValue(field, field.number, value, writer);
  }
  for (const bytes of message._unknown ?? []) writer.raw(bytes);
}

function writeValue(spec: ValueSpec, number: number, value: unknown, writer: BinaryWriter): void {
  writer.tag(number, WIRE_TYPES[spec.scalar]);
  if (!spec.message) return writeScalar(spec, value, writer);
  writer.fork();
  writeFields(messageValue(spec.message, value), writer);
  writer.join();
}

function writePacked(field: FieldSpec, values: readonly unknown[], writer: BinaryWriter): void {
  writer.tag(field.number, WireType.LengthDelimited).fork();
  for (const value of values) writeScalar(field, value, writer);
  writer.join();
}

function writeMap(field: FieldSpec, map: Record<string, unknown>, writer: BinaryWriter): void {
  const key: ValueSpec = { kind: 'scalar', scalar: field.key!, message: null, enum: null };
  for (const name of sortedKeys(field, map)) {
    writer.tag(field.number, WireType.LengthDelimited).fork();
    writeValue(key, 1, keyValue(field, name), writer);
    writeValue(field, 2, map[name], writer);
    writer.join();
  }
}

function writeScalar(spec: ValueSpec, given: unknown, writer: BinaryWriter): void {
  const value = fieldValue(spec, given);
  const { scalar } = spec;
  if (typeof value === 'number' && WIRE_TYPES[scalar] === WireType.Varint && value >= 0) {
    if (value < 2 ** 31 && !scalar.startsWith('s')) {
      writer.uint32(value);
      return;
    }
  }
  if (scalar === 'string') writer.string(value as string);
  else if (scalar === 'bytes') writer.bytes(value as Uint8Array);
  else if (scalar === 'bool') writer.bool(value as boolean);
  else if (scalar.endsWith('64')) writer[scalar as 'int64'](value as number | bigint);
  else writer[scalar as 'int32'](value as number);
}
