/**
 * Schemas of protocol buffers as text: the part of the .proto language that TensorFlow's messages
 * need becomes tables of fields, which reading, writing and printing walk. A schema may use the
 * messages of others, as an import does.
 */

import { TextCursor } from './schema_cursor.ts';

/** The types of single values. */
export type ScalarType =
  | 'double'
  | 'float'
  | 'int32'
  | 'int64'
  | 'uint32'
  | 'uint64'
  | 'sint32'
  | 'sint64'
  | 'fixed32'
  | 'fixed64'
  | 'sfixed32'
  | 'sfixed64'
  | 'bool'
  | 'string'
  | 'bytes';

const SCALARS: ReadonlySet<string> = new Set<ScalarType>([
  'double',
  'float',
  'int32',
  'int64',
  'uint32',
  'uint64',
  'sint32',
  'sint64',
  'fixed32',
  'fixed64',
  'sfixed32',
  'sfixed64',
  'bool',
  'string',
  'bytes',
]);

/** An enum: the numbers of its labels, and the first label of each number. */
export interface EnumSpec {
  readonly name: string;
  readonly fullName: string;
  readonly numbers: ReadonlyMap<string, number>;
  readonly labels: ReadonlyMap<number, string>;
}

/** Fields of which one is set. */
export interface OneofSpec {
  readonly name: string;
  readonly fields: readonly FieldSpec[];
}

/** What a value of a field is: a single one, or a message. */
export interface ValueSpec {
  readonly kind: 'scalar' | 'enum' | 'message';
  /** The type on the wire; `int32` for enums, `bytes` for messages. */
  readonly scalar: ScalarType;
  readonly message: MessageSpec | null;
  readonly enum: EnumSpec | null;
}

/** One field of a message. */
export interface FieldSpec extends ValueSpec {
  readonly name: string;
  readonly number: number;
  /** Its place among the fields of the message in order of number. */
  readonly index: number;
  /** The type of the keys, where the field is a map. */
  readonly key: ScalarType | null;
  readonly repeated: boolean;
  readonly packed: boolean;
  /** Whether a default value that was set is told from no value. */
  readonly presence: boolean;
  readonly oneof: OneofSpec | null;
}

/** One message: its fields in order of number. */
export interface MessageSpec {
  readonly name: string;
  readonly fullName: string;
  readonly fields: readonly FieldSpec[];
  readonly byName: ReadonlyMap<string, FieldSpec>;
  readonly byNumber: ReadonlyMap<number, FieldSpec>;
  readonly oneofs: ReadonlyMap<string, OneofSpec>;
  readonly nested: readonly MessageSpec[];
  readonly enums: readonly EnumSpec[];
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** A field whose type is still a name. */
interface OpenField {
  readonly field: Writable<FieldSpec>;
  readonly type: string;
  readonly scope: string;
  readonly options: string;
}

/** The messages and enums of one text. */
export class Schema {
  private readonly messages = new Map<string, MessageSpec>();
  private readonly enums = new Map<string, EnumSpec>();
  private readonly open: OpenField[] = [];
  private readonly used: readonly Schema[];
  private packageName = 'tensorflow';

  /**
   * Reads `text`: enums and messages with fields, repeated and optional fields, maps and oneofs, in
   * package `tensorflow` unless `package name;` stands before them. Names that it does not declare
   * are those of `used`.
   */
  constructor(text: string, ...used: readonly Schema[]) {
    this.used = used;
    const cursor = new TextCursor(text);
    while (!cursor.done) {
      const word = cursor.next();
      if (word === 'package') this.packageName = cursor.until(';').join('');
      else if (word === 'enum') this.readEnum(cursor, this.packageName);
      else if (word === 'message') this.readMessage(cursor, this.packageName);
      else throw new Error(`The schema has '${word}' where a message should be.`);
    }
    for (const field of this.open) this.resolve(field);
  }

  /** The message `name`: `AttrValue`, `AttrValue.ListValue`, or with its package. */
  message(name: string): MessageSpec {
    const found = this.find(name, (schema) => schema.messages);
    if (!found) throw new Error(`The schema has no message '${name}'.`);
    return found;
  }

  /** The enum `name`. */
  enum(name: string): EnumSpec {
    const found = this.find(name, (schema) => schema.enums);
    if (!found) throw new Error(`The schema has no enum '${name}'.`);
    return found;
  }

  private find<T>(name: string, table: (schema: Schema) => Map<string, T>): T | undefined {
    const own = table(this).get(`${this.packageName}.${name}`) ?? table(this).get(name);
    if (own) return own;
    for (const schema of this.used) {
      const found = schema.find(name, table);
      if (found) return found;
    }
    return undefined;
  }

  private readEnum(cursor: TextCursor, scope: string): EnumSpec {
    const name = cursor.next();
    const numbers = new Map<string, number>();
    const labels = new Map<number, string>();
    cursor.expect('{');
    while (cursor.peek !== '}') {
      const label = cursor.next();
      cursor.expect('=');
      const number = Number(cursor.next());
      cursor.until(';');
      if (label === 'option') continue;
      numbers.set(label, number);
      if (!labels.has(number)) labels.set(number, label);
    }
    cursor.expect('}');
    const spec = { name, fullName: `${scope}.${name}`, numbers, labels };
    this.enums.set(spec.fullName, spec);
    return spec;
  }

  private readMessage(cursor: TextCursor, scope: string): MessageSpec {
    const name = cursor.next();
    const fullName = `${scope}.${name}`;
    const fields: Writable<FieldSpec>[] = [];
    const oneofs = new Map<string, OneofSpec>();
    const nested: MessageSpec[] = [];
    const enums: EnumSpec[] = [];
    cursor.expect('{');
    while (cursor.peek !== '}') {
      if (cursor.take('message')) nested.push(this.readMessage(cursor, fullName));
      else if (cursor.take('enum')) enums.push(this.readEnum(cursor, fullName));
      else if (cursor.take('oneof')) this.readOneof(cursor, fullName, fields, oneofs);
      else fields.push(this.readField(cursor, fullName, null));
    }
    cursor.expect('}');
    fields.sort((a, b) => a.number - b.number);
    for (const [index, field] of fields.entries()) field.index = index;
    const spec = {
      name,
      fullName,
      fields,
      byName: new Map(fields.map((field) => [field.name, field])),
      byNumber: new Map(fields.map((field) => [field.number, field])),
      oneofs,
      nested,
      enums,
    };
    this.messages.set(fullName, spec);
    return spec;
  }

  private readOneof(
    cursor: TextCursor,
    scope: string,
    fields: FieldSpec[],
    oneofs: Map<string, OneofSpec>,
  ): void {
    const members: FieldSpec[] = [];
    const oneof = { name: cursor.next(), fields: members };
    oneofs.set(oneof.name, oneof);
    cursor.expect('{');
    while (cursor.peek !== '}') members.push(this.readField(cursor, scope, oneof));
    cursor.expect('}');
    fields.push(...members);
  }

  private readField(
    cursor: TextCursor,
    scope: string,
    oneof: OneofSpec | null,
  ): Writable<FieldSpec> {
    const repeated = cursor.take('repeated');
    const optional = cursor.take('optional');
    const isMap = cursor.peek === 'map';
    const words = isMap ? cursor.until('>') : [];
    const type = isMap ? words.slice(4).join('') : cursor.next();
    const name = cursor.next();
    cursor.expect('=');
    const number = Number(cursor.next());
    const field: Writable<FieldSpec> = {
      name,
      number,
      index: 0,
      kind: 'scalar',
      scalar: 'bytes',
      message: null,
      enum: null,
      key: isMap ? (words[2] as ScalarType) : null,
      repeated,
      packed: false,
      presence: optional || oneof !== null,
      oneof,
    };
    this.open.push({ field, type, scope, options: cursor.until(';').join('') });
    return field;
  }

  /** Finds the type's declaration, from the innermost message outwards. */
  private resolve({ field, type, scope, options }: OpenField): void {
    if (SCALARS.has(type)) field.scalar = type as ScalarType;
    else {
      const message = this.outwards(type, scope, (schema) => schema.messages);
      const found = message ? null : this.outwards(type, scope, (schema) => schema.enums);
      if (!message && !found) throw new Error(`The schema has no type '${type}'.`);
      field.message = message ?? null;
      field.enum = found ?? null;
      field.kind = message ? 'message' : 'enum';
      field.scalar = message ? 'bytes' : 'int32';
    }
    const single = field.kind === 'message' && !field.repeated && field.key === null;
    field.presence ||= single;
    const packable = field.repeated && field.kind !== 'message' && !isText(field.scalar);
    field.packed = packable && !options.includes('packed=false');
  }

  private outwards<T>(
    type: string,
    scope: string,
    table: (schema: Schema) => Map<string, T>,
  ): T | undefined {
    for (let inner = scope; inner !== ''; inner = inner.slice(0, inner.lastIndexOf('.'))) {
      const found = table(this).get(`${inner}.${type}`);
      if (found) return found;
      if (!inner.includes('.')) break;
    }
    return this.find(type, table);
  }
}

const isText = (scalar: ScalarType) => scalar === 'string' || scalar === 'bytes';
