/** Protocol messages from the text format, with the errors of Python's `text_format`. */

import {
  activeMember,
  newList,
  newMap,
  newMessage,
  presentValue,
  type StoredMessage,
} from './message_store.ts';
import { defaultOf, fieldValue } from './message_values.ts';
import type { FieldSpec, MessageSpec } from './proto_schema.ts';
import { TextTokens } from './text_tokens.ts';
import { parseBool, parseBytes, parseEnum, parseFloat64, parseInteger } from './text_values.ts';

/** How deep messages may stand in each other. */
const MAX_DEPTH = 100;

/** How to read. */
export interface ReadTextOptions {
  /** Whether a field may be set twice; the last value counts. */
  readonly allowTwice: boolean;
  /** Whether fields may be there that the schema does not have; they are skipped. */
  readonly allowUnknown?: boolean;
}

/** Adds the fields that `text` holds to `message`. ParseError where it is no such message. */
export function readText(message: StoredMessage, text: string, options: ReadTextOptions): void {
  const reader = new TextReader(text, options);
  message._implied = false;
  reader.all(message);
}

/** The entries of each map field as messages with a key and a value. */
const entrySpecs = new WeakMap<FieldSpec, MessageSpec>();

function entrySpec(parent: MessageSpec, field: FieldSpec): MessageSpec {
  const known = entrySpecs.get(field);
  if (known) return known;
  const name = `${field.name.replace(/(^|_)(\w)/g, (_, __, letter: string) => letter.toUpperCase())}Entry`;
  const base = { repeated: false, packed: false, presence: true, oneof: null, key: null };
  const fields: FieldSpec[] = [
    {
      ...base,
      name: 'key',
      number: 1,
      index: 0,
      kind: 'scalar',
      scalar: field.key!,
      message: null,
      enum: null,
    },
    { ...field, ...base, name: 'value', number: 2, index: 1 },
  ];
  const spec: MessageSpec = {
    name,
    fullName: `${parent.fullName}.${name}`,
    fields,
    byName: new Map(fields.map((member) => [member.name, member])),
    byNumber: new Map(),
    oneofs: new Map(),
    nested: [],
    enums: [],
  };
  entrySpecs.set(field, spec);
  return spec;
}

/** One reading. */
class TextReader {
  private readonly tokens: TextTokens;
  private readonly options: ReadTextOptions;

  constructor(text: string, options: ReadTextOptions) {
    this.tokens = new TextTokens(text);
    this.options = options;
  }

  all(message: StoredMessage): void {
    while (!this.tokens.atEnd) this.field(message, 0);
  }

  private body(message: StoredMessage, end: string, depth: number): void {
    if (depth > MAX_DEPTH) {
      throw this.tokens.errorBefore(`Message too deep. Max recursion depth is ${MAX_DEPTH}`);
    }
    while (!this.tokens.take(end)) {
      if (this.tokens.atEnd) throw this.tokens.errorBefore(`Expected "${end}".`);
      this.field(message, depth);
    }
  }

  private field(message: StoredMessage, depth: number): void {
    const { tokens } = this;
    const spec = message._spec;
    if (tokens.take('[')) {
      for (this.name(); tokens.take('.'); ) this.name();
      throw tokens.errorBefore(`Message type "${spec.fullName}" does not have extensions.`);
    }
    const name = this.name();
    const field = spec.byName.get(name);
    if (field) this.known(message, field, depth);
    else if (this.options.allowUnknown) this.skipContents(depth);
    else {
      throw tokens.errorBefore(`Message type "${spec.fullName}" has no field named "${name}".`);
    }
    if (!tokens.take(',')) tokens.take(';');
  }

  private name(): string {
    const { token } = this.tokens;
    if (!/^\w+/.test(token)) {
      throw this.tokens.error(`Expected identifier or number, got ${token}.`);
    }
    this.tokens.advance();
    return token;
  }

  private known(message: StoredMessage, field: FieldSpec, depth: number): void {
    const { tokens } = this;
    this.checkOneof(message, field);
    const isMessage = field.message !== null || field.key !== null;
    if (isMessage) tokens.take(':');
    else tokens.expect(':');
    const one = () =>
      isMessage ? this.message(message, field, depth) : this.scalar(message, field);
    const isList = field.repeated || field.key !== null;
    if (!isList || !tokens.take('[')) one();
    else if (!tokens.take(']')) {
      for (one(); !tokens.take(']'); one()) tokens.expect(',');
    }
  }

  private checkOneof(message: StoredMessage, field: FieldSpec): void {
    if (this.options.allowTwice || !field.oneof) return;
    const active = activeMember(message, field.oneof);
    if (active === null || active === field) return;
    throw this.tokens.errorBefore(
      `Field "${field.name}" is specified along with field "${active.name}", another member of oneof "${field.oneof.name}" for message type "${message._spec.fullName}".`,
    );
  }

  private message(message: StoredMessage, field: FieldSpec, depth: number): void {
    const { tokens } = this;
    const end = tokens.take('<') ? '>' : '}';
    if (end === '}') tokens.expect('{');
    if (field.key !== null) {
      const entry = newMessage(entrySpec(message._spec, field));
      this.body(entry, end, depth + 1);
      setEntry(message, field, entry);
      return;
    }
    const made = newMessage(field.message!);
    if (field.repeated) {
      message._values[field.index] ??= newList(field);
      (message._values[field.index] as StoredMessage[]).push(made);
      this.body(made, end, depth + 1);
      return;
    }
    this.checkTwice(message, field);
    const old = presentValue(message, field) as StoredMessage | undefined;
    if (!old) setSingle(message, field, made);
    this.body(old ?? made, end, depth + 1);
  }

  private checkTwice(message: StoredMessage, field: FieldSpec): void {
    if (this.options.allowTwice || presentValue(message, field) === undefined) return;
    throw this.tokens.errorBefore(
      `Message type "${message._spec.fullName}" should not have multiple "${field.name}" fields.`,
    );
  }

  private scalar(message: StoredMessage, field: FieldSpec): void {
    const value = this.value(field);
    if (field.repeated) {
      message._values[field.index] ??= newList(field);
      (message._values[field.index] as unknown[]).push(value);
      return;
    }
    this.checkTwice(message, field);
    setSingle(message, field, value);
  }

  private value(field: FieldSpec): unknown {
    const { tokens } = this;
    switch (field.scalar) {
      case 'string':
      case 'bytes':
        return this.text(field);
      case 'float':
      case 'double':
        return tokens.consume((token) => fieldValue(field, parseFloat64(token)));
      case 'bool':
        return tokens.consume(parseBool);
      default:
        if (field.enum) return tokens.consume((token) => parseEnum(field.enum!, token));
        return tokens.consume((token) => fieldValue(field, parseInteger(token)));
    }
  }

  /** Quoted texts that follow each other are one. */
  private text(field: FieldSpec): unknown {
    const parts = [this.tokens.consume(parseBytes)];
    while (/^["']/.test(this.tokens.token)) parts.push(this.tokens.consume(parseBytes));
    const bytes = parts.length === 1 ? parts[0]! : Uint8Array.from(parts.flatMap((p) => [...p]));
    try {
      return fieldValue(field, bytes);
    } catch {
      throw this.tokens.error("Couldn't parse string: invalid UTF-8");
    }
  }

  private skipContents(depth: number): void {
    const { tokens } = this;
    const colon = tokens.take(':');
    if (!colon || tokens.token === '{' || tokens.token === '<') this.skipMessage(depth + 1);
    else if (tokens.take('[')) {
      if (tokens.take(']')) return;
      for (this.skipItem(depth); !tokens.take(']'); this.skipItem(depth)) tokens.expect(',');
    } else this.skipValue();
  }

  private skipItem(depth: number): void {
    if (this.tokens.token === '{' || this.tokens.token === '<') this.skipMessage(depth + 1);
    else this.skipValue();
  }

  private skipMessage(depth: number): void {
    const { tokens } = this;
    if (depth > MAX_DEPTH) {
      throw tokens.errorBefore(`Message too deep. Max recursion depth is ${MAX_DEPTH}`);
    }
    const end = tokens.take('<') ? '>' : '}';
    if (end === '}') tokens.expect('{');
    while (!tokens.take(end)) {
      if (tokens.atEnd) throw tokens.errorBefore(`Expected "${end}".`);
      this.name();
      this.skipContents(depth);
      if (!tokens.take(',')) tokens.take(';');
    }
  }

  private skipValue(): void {
    const { token } = this.tokens;
    if (!/^(["']|[\w.+-])/.test(token)) {
      throw this.tokens.error(`Invalid field value: ${token}`);
    }
    this.tokens.advance();
    while (/^["']/.test(token) && /^["']/.test(this.tokens.token)) this.tokens.advance();
  }
}

function setSingle(message: StoredMessage, field: FieldSpec, value: unknown): void {
  for (const member of field.oneof?.fields ?? []) message._values[member.index] = undefined;
  message._values[field.index] = value;
}

function setEntry(message: StoredMessage, field: FieldSpec, entry: StoredMessage): void {
  const [key, value] = entry._values;
  message._values[field.index] ??= newMap();
  const map = message._values[field.index] as Record<string, unknown>;
  map[String(key ?? defaultOf(field.key!))] =
    value ?? (field.message ? newMessage(field.message) : defaultOf(field.scalar));
}
