/**
 * Protocol messages as Python's classes have them: fields are plain properties, sub-messages are
 * there when they are read and part of the message once anything in them is set. Values are kept by
 * the field's place in the schema; the classes are made from the schema when the program starts.
 */

import { pythonType } from '../core/call.ts';
import type { Text } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import type { Fetched } from '../core/fetched.ts';
import { bytesOfText } from '../core/text.ts';
import { parseInto, serialize } from './message_bytes.ts';
import {
  activeMember,
  mergeMessage,
  messageValue,
  newList,
  newMap,
  newMessage,
  presentValue,
  registerMaker,
  StoredMessage,
  wrongClass,
} from './message_store.ts';
import { printMessage } from './message_text.ts';
import { defaultOf, fieldValue } from './message_values.ts';
import type { EnumSpec, FieldSpec, MessageSpec, Schema } from './proto_schema.ts';

export { RepeatedMessages } from './message_store.ts';

/** What a field may be set to: messages also as plain objects of their fields. */
export type Settable<V> =
  | (V extends Message
      ? Settables<Omit<V, keyof Message>>
      : V extends Uint8Array
        ? string
        : V extends readonly (infer E)[]
          ? readonly Settable<E>[]
          : V extends object
            ? { readonly [K in keyof V]: Settable<V[K]> }
            : never)
  | V
  | null;

/** Keywords of a message's constructor. */
export type Settables<F> = { readonly [K in keyof F]?: Settable<F[K]> };

/** A class of messages with the fields `F`. */
export interface MessageClass<F extends object> {
  new (fields?: Settables<F>): Message & F;
  readonly prototype: Message & F;
  /** The message that `serialized` holds; DecodeError where it is damaged. */
  FromString(serialized: Serialized): Message & F;
}

/**
 * A serialized message: bytes, or what a run gave for them, which is a string where the bytes happen
 * to be UTF-8.
 */
export type Serialized = Text | Fetched;

/** A message. */
export abstract class Message extends StoredMessage {
  constructor(fields?: object | null) {
    super();
    if (fields) setFields(this, fields);
  }

  /** Takes the fields of `serialized` in addition: lists grow, messages merge. Returns its length. */
  MergeFromString(serialized: Serialized): number {
    const given: unknown = serialized;
    if (!(given instanceof Uint8Array) && typeof given !== 'string') {
      throw new TypeError(`expected bytes, ${pythonType(given)} found`);
    }
    const bytes = bytesOfText(given);
    this._implied = false;
    parseInto(this, bytes);
    return bytes.length;
  }

  /** Replaces everything by what `serialized` holds; DecodeError where it is damaged. */
  ParseFromString(serialized: Serialized): number {
    this.Clear();
    return this.MergeFromString(serialized);
  }

  /** The bytes: fields in order of number, maps in order of key, unknown fields last. */
  SerializeToString(): Uint8Array {
    return serialize(this);
  }

  /** The number of bytes that `SerializeToString` returns. */
  ByteSize(): number {
    return serialize(this).length;
  }

  /** Whether field or oneof `name` is set. ValueError where a field has no presence. */
  HasField(name: string): boolean {
    const oneof = this._spec.oneofs.get(name);
    if (oneof) return activeMember(this, oneof) !== null;
    const field = fieldOf(this._spec, name);
    if (!field.presence) {
      throw new ValueError(`Field ${this._spec.fullName}.${name} does not have presence.`);
    }
    return presentValue(this, field) !== undefined;
  }

  /** The name of the member of `oneof` that is set, or null. */
  WhichOneof(oneof: string): string | null {
    const found = this._spec.oneofs.get(oneof);
    if (!found)
      throw new ValueError(`Protocol message ${this._spec.name} has no "${oneof}" field.`);
    return activeMember(this, found)?.name ?? null;
  }

  /** Makes field or oneof `name` unset. */
  ClearField(name: string): void {
    const oneof = this._spec.oneofs.get(name);
    for (const { index } of oneof?.fields ?? [fieldOf(this._spec, name)]) {
      this._values[index] = undefined;
    }
  }

  /** Makes everything unset. */
  Clear(): void {
    this._values = new Array(this._spec.fields.length);
    this._unknown = null;
  }

  /** Becomes a copy of `other`. */
  CopyFrom(other: Message): void {
    if (other === this) return;
    checkClass(this, other, 'CopyFrom');
    this.Clear();
    mergeMessage(this, other);
  }

  /** Takes the fields of `other` in addition: lists grow, messages merge. */
  MergeFrom(other: Message): void {
    checkClass(this, other, 'MergeFrom');
    mergeMessage(this, other);
  }

  /** Counts as set from now on, even while it is empty. */
  SetInParent(): void {
    this._implied = false;
  }

  /** What is set, in order of number: the field's name and number, and the value. */
  ListFields(): [field: { readonly name: string; readonly number: number }, value: unknown][] {
    return this._spec.fields.flatMap((field) => {
      const value = presentValue(this, field);
      return value === undefined ? [] : [[field, value] as [FieldSpec, unknown]];
    });
  }

  /** Nothing is required here: true. */
  IsInitialized(): boolean {
    return true;
  }

  /** The message in the text format. */
  override toString(): string {
    return printMessage(this);
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

type AnyMessageClass = new (fields?: object | null) => Message;

const classes = new WeakMap<MessageSpec, AnyMessageClass>();

/**
 * The class of the messages `name` of `schema`; the same one for every call. Messages and enums that
 * are declared inside are members of it, as are the labels of those enums.
 */
export function messageClass<F extends object, S extends object = object>(
  schema: Schema,
  name: string,
): MessageClass<F> & S {
  const made: unknown = classOf(schema.message(name));
  return made as MessageClass<F> & S;
}

/** An enum as Python has it: its labels are members, too. */
export interface EnumWrapper {
  /** The label of `number`; ValueError where there is none. */
  Name(number: number): string;
  /** The number of `label`; ValueError where there is none. */
  Value(label: string): number;
  keys(): string[];
  values(): number[];
  items(): [label: string, number: number][];
}

/** The enum `name` of `schema`. */
export function enumWrapper<L extends object = object>(
  schema: Schema,
  name: string,
): EnumWrapper & L {
  const made: unknown = wrapperOf(schema.enum(name));
  return made as EnumWrapper & L;
}

registerMaker((spec, fields) => new (classOf(spec))(fields));

function classOf(spec: MessageSpec): AnyMessageClass {
  const known = classes.get(spec);
  if (known) return known;
  const made = class extends Message {
    static FromString(serialized: Serialized): Message {
      const message = new made();
      message.ParseFromString(serialized);
      return message;
    }
  };
  classes.set(spec, made);
  Object.defineProperty(made, 'name', { value: spec.name });
  Object.defineProperty(made.prototype, '_spec', { value: spec });
  for (const field of spec.fields) {
    Object.defineProperty(made.prototype, field.name, {
      get: getterOf(field),
      set: setterOf(field),
      configurable: true,
    });
  }
  for (const nested of spec.nested) Object.assign(made, { [nested.name]: classOf(nested) });
  for (const type of spec.enums) {
    Object.assign(made, Object.fromEntries(type.numbers), { [type.name]: wrapperOf(type) });
  }
  return made;
}

function wrapperOf(spec: EnumSpec): EnumWrapper {
  return {
    ...Object.fromEntries(spec.numbers),
    Name(number) {
      const label = spec.labels.get(number);
      if (label !== undefined) return label;
      throw new ValueError(`Enum ${spec.name} has no name defined for value ${number}`);
    },
    Value(label) {
      const number = spec.numbers.get(label);
      if (number !== undefined) return number;
      throw new ValueError(`Enum ${spec.name} has no value defined for name '${label}'`);
    },
    keys: () => [...spec.numbers.keys()],
    values: () => [...spec.numbers.values()],
    items: () => [...spec.numbers],
  };
}

function getterOf(field: FieldSpec): (this: Message) => unknown {
  const { index } = field;
  if (!field.repeated && !field.key && field.kind !== 'message') {
    const initial = defaultOf(field.scalar);
    return function () {
      const value = this._values[index];
      return value === undefined ? initial : value;
    };
  }
  return function () {
    this._values[index] ??= emptyValue(field);
    return this._values[index];
  };
}

/** What a field of several values, or of a message, is when it is read first. */
function emptyValue(field: FieldSpec): object {
  if (field.key) return newMap();
  if (field.repeated) return newList(field);
  const message = newMessage(field.message!);
  message._implied = true;
  return message;
}

function setterOf(field: FieldSpec): (this: Message, value: unknown) => void {
  const { index, oneof } = field;
  return function (value) {
    if (oneof) for (const member of oneof.fields) this._values[member.index] = undefined;
    this._values[index] = value === null || value === undefined ? undefined : stored(field, value);
  };
}

function stored(field: FieldSpec, value: unknown): unknown {
  const one = (item: unknown) =>
    field.message ? messageValue(field.message, item) : fieldValue(field, item);
  if (field.repeated) {
    const list = newList(field);
    for (const item of value as Iterable<unknown>) list.push(one(item));
    return list;
  }
  if (!field.key) return one(value);
  const map = newMap();
  const entries = value instanceof Map ? value : Object.entries(value as object);
  for (const [key, item] of entries) map[key] = one(item);
  return map;
}

function setFields(message: Message, fields: object): void {
  for (const [name, value] of Object.entries(fields)) {
    const field = fieldOf(message._spec, name);
    if (value !== null && value !== undefined) setterOf(field).call(message, value);
  }
}

function fieldOf(spec: MessageSpec, name: string): FieldSpec {
  const field = spec.byName.get(name);
  if (!field) throw new ValueError(`Protocol message ${spec.name} has no "${name}" field.`);
  return field;
}

function checkClass(message: Message, other: unknown, method: string): void {
  if (other instanceof Message && other._spec === message._spec) return;
  const got = other instanceof Message ? other._spec.fullName : `<class '${typeof other}'>`;
  throw wrongClass(method, message._spec, got);
}
