/**
 * Protocol buffers from schemas as text: the small part of the .proto language that TensorFlow's
 * messages need becomes descriptors, and the well-kept library does the reading.
 */

import {
  create,
  createFileRegistry,
  type DescMessage,
  fromBinary,
  type Message,
  type Registry,
} from '@bufbuild/protobuf';
import { fromText } from '@bufbuild/protobuf/txtpb';
import {
  type DescriptorProto,
  DescriptorProtoSchema,
  type EnumDescriptorProto,
  EnumDescriptorProtoSchema,
  type EnumValueDescriptorProto,
  EnumValueDescriptorProtoSchema,
  type FieldDescriptorProto,
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FieldDescriptorProtoSchema,
  FileDescriptorProtoSchema,
  OneofDescriptorProtoSchema,
} from '@bufbuild/protobuf/wkt';

const SCALARS: Readonly<Record<string, FieldDescriptorProto_Type>> = {
  double: FieldDescriptorProto_Type.DOUBLE,
  float: FieldDescriptorProto_Type.FLOAT,
  int64: FieldDescriptorProto_Type.INT64,
  uint64: FieldDescriptorProto_Type.UINT64,
  int32: FieldDescriptorProto_Type.INT32,
  uint32: FieldDescriptorProto_Type.UINT32,
  bool: FieldDescriptorProto_Type.BOOL,
  string: FieldDescriptorProto_Type.STRING,
  bytes: FieldDescriptorProto_Type.BYTES,
};
const PACKAGE = 'tensorflow';

/** The messages of one schema. */
export class Schema {
  private readonly registry: Registry;

  /** Reads `text`: enums, and messages with fields, repeated fields, maps and oneofs. */
  constructor(text: string) {
    const tokens = text.match(/\w+|[{}<>,;=]/g) ?? [];
    const messages: DescriptorProto[] = [];
    const enums: EnumDescriptorProto[] = [];
    const reader = new Tokens(tokens);
    while (!reader.done) {
      if (reader.peek === 'enum') enums.push(readEnum(reader));
      else {
        reader.expect('message');
        messages.push(readMessage(reader, `.${PACKAGE}`));
      }
    }
    const file = create(FileDescriptorProtoSchema, {
      name: 'schema.proto',
      package: PACKAGE,
      syntax: 'proto3',
      messageType: messages,
      enumType: enums,
    });
    this.registry = createFileRegistry(file, () => undefined);
  }

  /** The message `name` that `bytes` hold. ValueError-like errors of the library for damaged bytes. */
  read(name: string, bytes: Uint8Array): Message {
    return fromBinary(this.message(name), bytes);
  }

  /** The message `name` that `text`, in the text format, holds. */
  readText(name: string, text: string): Message {
    return fromText(this.message(name), text, { registry: this.registry });
  }

  private message(name: string): DescMessage {
    const found = this.registry.getMessage(`${PACKAGE}.${name}`);
    if (!found) throw new Error(`The schema has no message '${name}'.`);
    return found;
  }
}

class Tokens {
  /** The names of the enums so far. */
  readonly enums = new Set<string>();
  private readonly tokens: readonly string[];
  private at = 0;

  constructor(tokens: readonly string[]) {
    this.tokens = tokens;
  }
  get done(): boolean {
    return this.at >= this.tokens.length;
  }
  get peek(): string | undefined {
    return this.tokens[this.at];
  }
  next(): string {
    const token = this.tokens[this.at++];
    if (token === undefined) throw new Error('The schema ends too early.');
    return token;
  }
  expect(token: string): void {
    const got = this.next();
    if (got !== token) throw new Error(`The schema has '${got}' where '${token}' should be.`);
  }
}

function readEnum(tokens: Tokens): EnumDescriptorProto {
  tokens.expect('enum');
  const name = tokens.next();
  tokens.enums.add(name);
  tokens.expect('{');
  const value: EnumValueDescriptorProto[] = [];
  while (tokens.peek !== '}') {
    const label = tokens.next();
    tokens.expect('=');
    value.push(
      create(EnumValueDescriptorProtoSchema, { name: label, number: Number(tokens.next()) }),
    );
    tokens.expect(';');
  }
  tokens.expect('}');
  return create(EnumDescriptorProtoSchema, { name, value });
}

function readMessage(tokens: Tokens, scope: string): DescriptorProto {
  const message = create(DescriptorProtoSchema, { name: tokens.next() });
  const path = `${scope}.${message.name}`;
  tokens.expect('{');
  while (tokens.peek !== '}') {
    if (tokens.peek === 'message') {
      tokens.next();
      message.nestedType.push(readMessage(tokens, path));
    } else if (tokens.peek === 'oneof') readOneof(tokens, message, path);
    else readField(tokens, message, path);
  }
  tokens.expect('}');
  return message;
}

function readOneof(tokens: Tokens, message: DescriptorProto, path: string): void {
  tokens.expect('oneof');
  const index = message.oneofDecl.length;
  message.oneofDecl.push(create(OneofDescriptorProtoSchema, { name: tokens.next() }));
  tokens.expect('{');
  while (tokens.peek !== '}') readField(tokens, message, path).oneofIndex = index;
  tokens.expect('}');
}

function readField(tokens: Tokens, message: DescriptorProto, path: string): FieldDescriptorProto {
  const repeated = tokens.peek === 'repeated';
  if (repeated) tokens.next();
  const type = tokens.next();
  const entry = type === 'map' ? readMapType(tokens) : null;
  const name = tokens.next();
  tokens.expect('=');
  const number = Number(tokens.next());
  tokens.expect(';');
  const field = entry
    ? mapField(name, number, entry, message, path)
    : plainField(name, number, type, repeated, path, tokens.enums.has(type));
  message.field.push(field);
  return field;
}

function readMapType(tokens: Tokens): [key: string, value: string] {
  tokens.expect('<');
  const key = tokens.next();
  tokens.expect(',');
  const value = tokens.next();
  tokens.expect('>');
  return [key, value];
}

function plainField(
  name: string,
  number: number,
  type: string,
  repeated: boolean,
  path: string,
  isEnum = false,
): FieldDescriptorProto {
  const scalar = SCALARS[type];
  return create(FieldDescriptorProtoSchema, {
    name,
    number,
    label: repeated ? FieldDescriptorProto_Label.REPEATED : FieldDescriptorProto_Label.OPTIONAL,
    type: scalar ?? (isEnum ? FieldDescriptorProto_Type.ENUM : FieldDescriptorProto_Type.MESSAGE),
    typeName: scalar ? '' : resolve(type, path),
    jsonName: name,
  });
}

/** A nested message is written by its own name; `Nested` messages stand right inside their message. */
function resolve(type: string, path: string): string {
  return NESTED.has(type)
    ? `${path.split('.').slice(0, 3).join('.')}.${type}`
    : `.${PACKAGE}.${type}`;
}

/** Messages that TensorFlow declares inside another one. */
const NESTED = new Set(['Dim', 'ListValue', 'ArgDef', 'AttrDef']);

function mapField(
  name: string,
  number: number,
  [key, value]: [string, string],
  message: DescriptorProto,
  path: string,
): FieldDescriptorProto {
  const entryName = `${name.replace(/(^|_)(\w)/g, (_, __, letter: string) => letter.toUpperCase())}Entry`;
  message.nestedType.push(
    create(DescriptorProtoSchema, {
      name: entryName,
      field: [plainField('key', 1, key, false, path), plainField('value', 2, value, false, path)],
      options: { mapEntry: true },
    }),
  );
  return create(FieldDescriptorProtoSchema, {
    name,
    number,
    label: FieldDescriptorProto_Label.REPEATED,
    type: FieldDescriptorProto_Type.MESSAGE,
    typeName: `${path}.${entryName}`,
    jsonName: name,
  });
}
