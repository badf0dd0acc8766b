/**
 * What every protocol message keeps, and which of it counts as set. Values stand by the field's place
 * in the schema; reading, writing and printing walk them from here.
 */

import { isDefault } from './message_values.ts';
import type { FieldSpec, MessageSpec, OneofSpec } from './proto_schema.ts';

/** The storage of a message. */
export abstract class StoredMessage {
  /** @internal */
  declare readonly _spec: MessageSpec;
  /** The fields' values by index; undefined where nothing is set. @internal */
  _values: unknown[];
  /** Fields that the schema does not have, as they were read. @internal */
  _unknown: Uint8Array[] | null = null;
  /** Whether it only came to be because it was read. @internal */
  _implied = false;

  constructor() {
    this._values = new Array(this._spec.fields.length);
  }
}

type Maker = (spec: MessageSpec, fields?: object | null) => StoredMessage;

let maker: Maker | null = null;

/** Says how messages are made: by their classes, which stand above. */
export function registerMaker(make: Maker): void {
  maker = make;
}

/** A new message of `spec` with these fields. */
export function newMessage(spec: MessageSpec, fields?: object | null): StoredMessage {
  return maker!(spec, fields);
}

/** The value of a field that counts as set: what is written and printed; undefined otherwise. */
export function presentValue(message: StoredMessage, field: FieldSpec): unknown {
  const value = message._values[field.index];
  if (value === undefined) return undefined;
  if (field.oneof) return activeMember(message, field.oneof) === field ? value : undefined;
  if (field.repeated) return (value as unknown[]).length > 0 ? value : undefined;
  if (field.key) {
    for (const _ in value as object) return value;
    return undefined;
  }
  if (field.kind === 'message') return isSet(value as StoredMessage) ? value : undefined;
  return field.presence || !isDefault(value) ? value : undefined;
}

const isSet = (message: StoredMessage) => !message._implied || hasContent(message);

function hasContent(message: StoredMessage): boolean {
  if (message._unknown) return true;
  return message._spec.fields.some((field) => presentValue(message, field) !== undefined);
}

/** A message that was read and then filled counts as set last, for setting a member drops the others. */
export function activeMember(message: StoredMessage, oneof: OneofSpec): FieldSpec | null {
  let active: FieldSpec | null = null;
  for (const field of oneof.fields) {
    const value = message._values[field.index];
    if (value === undefined) continue;
    if (!(value instanceof StoredMessage) || !value._implied) active ??= field;
    else if (hasContent(value)) active = field;
  }
  return active;
}

/** Unsets the other members of a oneof. */
export function clearOthers(
  message: StoredMessage,
  oneof: OneofSpec | null,
  kept: FieldSpec,
): void {
  if (!oneof) return;
  for (const member of oneof.fields) {
    if (member !== kept) message._values[member.index] = undefined;
  }
}

/** Objects without any inherited member, which V8 keeps in its fast form, unlike `Object.create(null)`. */
function EmptyMap(): void {}
EmptyMap.prototype = Object.create(null);
const MapObject: unknown = EmptyMap;

/** An empty object for a map field: no key is inherited, and every text may be one. */
export function newMap(): Record<string, unknown> {
  return new (MapObject as new () => Record<string, unknown>)();
}

/** An empty list for a repeated field. */
export function newList(field: FieldSpec): unknown[] {
  return field.message ? RepeatedMessages._of(field.message) : [];
}

/** A value of a field of messages; plain objects become messages. */
export function messageValue(spec: MessageSpec, value: unknown): StoredMessage {
  if (value instanceof StoredMessage) {
    if (value._spec !== spec) throw wrongClass('CopyFrom', spec, value._spec.fullName);
    return value;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrongClass('CopyFrom', spec, `<class '${typeof value}'>`);
  }
  return newMessage(spec, value);
}

/** Takes the fields of `source` in addition. */
export function mergeMessage(target: StoredMessage, source: StoredMessage): void {
  target._implied = false;
  for (const field of source._spec.fields) {
    const value = presentValue(source, field);
    if (value !== undefined) mergeField(target, field, value);
  }
  if (source._unknown) target._unknown = [...(target._unknown ?? []), ...source._unknown];
}

function mergeField(target: StoredMessage, field: FieldSpec, value: unknown): void {
  const { index, oneof } = field;
  const copy = (item: unknown) => (field.message ? copied(field.message, item) : item);
  if (field.repeated) {
    target._values[index] ??= newList(field);
    const list = target._values[index] as unknown[];
    for (const item of value as unknown[]) list.push(copy(item));
  } else if (field.key) {
    target._values[index] ??= newMap();
    const map = target._values[index] as Record<string, unknown>;
    for (const [key, item] of Object.entries(value as object)) map[key] = copy(item);
  } else {
    clearOthers(target, oneof, field);
    const old = target._values[index];
    if (old instanceof StoredMessage) mergeMessage(old, messageValue(field.message!, value));
    else target._values[index] = copy(value);
  }
}

/** A copy of `value`, a message of `spec`. */
export function copied(spec: MessageSpec, value: unknown): StoredMessage {
  const copy = newMessage(spec);
  mergeMessage(copy, messageValue(spec, value));
  return copy;
}
/** The error for a message of another class. */
export function wrongClass(method: string, spec: MessageSpec, got: string): TypeError {
  return new TypeError(
    `Parameter to ${method}() must be instance of same class: expected ${spec.fullName} got ${got}.`,
  );
}

/** A repeated field of messages: an array that makes its elements, too. */
export class RepeatedMessages<M extends StoredMessage = StoredMessage> extends Array<M> {
  /** Of which message; null in arrays that were derived from one. */
  #spec: MessageSpec | null = null;

  /** An array for messages of `spec`. @internal */
  static _of(spec: MessageSpec): RepeatedMessages {
    const list = new RepeatedMessages();
    list.#spec = spec;
    return list;
  }

  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  /** Appends a new message with these fields, and returns it. */
  add(fields?: object): M {
    const message = newMessage(this.#spec!, fields) as M;
    this.push(message);
    return message;
  }

  /** Appends copies of `messages`. */
  extend(messages: Iterable<M>): void {
    for (const message of messages) this.push(copied(this.#spec!, message) as M);
  }
}
