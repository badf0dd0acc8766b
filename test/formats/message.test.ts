import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DecodeError } from '../../src/formats/decode_error.ts';
import {
  AttrValue,
  DataType,
  FunctionDefLibrary,
  GraphDef,
  NodeDef,
  TensorProto,
  TensorShapeProto,
} from '../../src/formats/graph_messages.ts';
import { graphSchema } from '../../src/formats/graph_schema.ts';
import { type Message, messageClass } from '../../src/formats/message.ts';
import { printMessage } from '../../src/formats/message_text.ts';
import { Schema } from '../../src/formats/proto_schema.ts';

interface Recorded {
  readonly type: string;
  readonly hex: string;
  readonly text: string;
  readonly ascii: string;
  readonly line: string;
}
const path = new URL('../golden/messages.json', import.meta.url);
const golden: Record<string, Recorded> = JSON.parse(readFileSync(fileURLToPath(path), 'utf8'));

const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** The messages of `record_messages.py`, made here. */
function madeHere(): Record<string, Message> {
  const shape = new TensorShapeProto({ dim: [{ size: -1 }, { size: 300, name: 'x' }, {}] });
  const node = new NodeDef({ name: 'n', op: 'Op', input: ['a', 'b:1', '^c'], device: '/cpu:0' });
  for (const key of ['b', 'a', 'Z', 'é', '\u{1f600}', '\uffee']) {
    node.attr[key] = new AttrValue({ i: [...key].length });
  }
  const library = new FunctionDefLibrary();
  const f = library.function.add();
  f.signature.name = 'f';
  f.signature.input_arg.add({ name: 'x', type: 1 });
  f.ret.y = 'add:z:0';
  Object.assign(f, { resource_arg_unique_id: { 300: 10 } });
  const graph = new GraphDef({ node: [node], library });
  graph.versions.producer = 26;
  graph.versions.bad_consumers.push(1, 300);
  const content = Uint8Array.from({ length: 512 }, (_, i) => i % 256);
  return {
    empty: new NodeDef(),
    node,
    shape,
    unknown_rank: new TensorShapeProto({ unknown_rank: true }),
    floats: new TensorProto({
      dtype: 1,
      float_val: [0, 1, 0.1, 1e-5, 1e10, 16777216, 3.4e38, 123456789, Infinity, NaN, -0, 1 / 3],
    }),
    doubles: new TensorProto({
      dtype: 2,
      double_val: [0, 1, 0.1, 1e-5, 1e22, 1e16, 1e15, 123456789, -Infinity, -0, 1 / 3, 5e-324],
    }),
    int64: new TensorProto({
      dtype: DataType.DT_INT64,
      int64_val: [0, 1, -1, 127, 128, 2 ** 31, -(2 ** 31), 2 ** 53 - 1].concat([
        2n ** 53n + 1n,
        2n ** 63n - 1n,
        -(2n ** 63n),
      ] as never[]),
    }),
    uint64: new TensorProto({ dtype: 23, uint64_val: [0, 2 ** 53, 2n ** 64n - 1n] }),
    int32: new TensorProto({ dtype: 3, int_val: [0, -1, 2 ** 31 - 1, -(2 ** 31)] }),
    strings: new TensorProto({
      dtype: 7,
      string_val: ['', Uint8Array.from(Buffer.from('a"\'\\\n\t\r\x01\x7f\xff', 'latin1')), 'é'],
    }),
    bools: new TensorProto({ dtype: 10, bool_val: [true, false] }),
    content: new TensorProto({ dtype: 1, tensor_shape: shape, tensor_content: content }),
    attr_default: new AttrValue({ i: 0 }),
    attr_f: new AttrValue({ f: 0.1 }),
    attr_negative_zero: new AttrValue({ f: -0 }),
    attr_type: new AttrValue({ type: 1 }),
    attr_type_unknown: new AttrValue({ type: 5000 }),
    attr_placeholder: new AttrValue({ placeholder: 'a"\'\n\u00e9\u2028\x7f' }),
    attr_empty_list: new AttrValue({ list: {} }),
    attr_list: new AttrValue({
      list: { i: [1, -2], b: [true], shape: [shape], s: ['x'], type: [1, 9999], f: [0.5] },
    }),
    attr_func: new AttrValue({ func: { name: 'f', attr: { T: { type: 3 } } } }),
    graph,
  };
}

describe('messages are those of Python', () => {
  const made = madeHere();

  test.each(Object.entries(golden))('%s', (name, { type, hex, text, ascii, line }) => {
    const message = made[name]!;
    expect(hexOf(message.SerializeToString())).toBe(hex);
    const read = new (messageClass(graphSchema, type))();
    expect(read.ParseFromString(bytesOf(hex))).toBe(hex.length / 2);
    expect(hexOf(read.SerializeToString())).toBe(hex);
    expect(read.ByteSize()).toBe(hex.length / 2);
    for (const same of [message, read]) {
      expect(String(same)).toBe(text);
      expect(printMessage(same, { utf8: false })).toBe(ascii);
      expect(printMessage(same, { oneLine: true, shortLists: true })).toBe(line);
    }
  });
});

describe('fields', () => {
  test('have defaults, and sub-messages that count once something in them is set', () => {
    const node = new NodeDef();
    expect([node.name, node.input, Object.keys(node.attr)]).toEqual(['', [], []]);
    const attr = new AttrValue();
    expect(attr.list.i).toEqual([]);
    expect(attr.WhichOneof('value')).toBeNull();
    attr.list.i.push(3);
    expect(attr.WhichOneof('value')).toBe('list');
    attr.s = new Uint8Array();
    expect(attr.WhichOneof('value')).toBe('s');
    expect(hexOf(attr.SerializeToString())).toBe('1200');
    attr.ClearField('value');
    expect(attr.ListFields()).toEqual([]);
    attr.shape.SetInParent();
    expect(attr.HasField('shape')).toBe(true);
  });

  test('hold what their types hold', () => {
    const tensor = new TensorProto({ dtype: 'DT_INT64' as never });
    expect(tensor.dtype).toBe(9);
    tensor.ParseFromString(new TensorProto({ int64_val: [2n ** 60n, -5] }).SerializeToString());
    expect(tensor.int64_val).toEqual([2n ** 60n, -5]);
    const attr = new AttrValue({ f: 0.1, s: 'abc' });
    expect([attr.f, attr.s]).toEqual([0, Uint8Array.of(97, 98, 99)]);
    attr.f = 0.1;
    expect(attr.f).toBe(Math.fround(0.1));
  });

  test('refuse what they do not hold, in the words of Python', () => {
    const make = (fields: object) => () => new TensorProto(fields);
    expect(make({ y: 1 })).toThrow('Protocol message TensorProto has no "y" field.');
    expect(make({ version_number: 'a' })).toThrow(
      "'str' object cannot be interpreted as an integer",
    );
    expect(make({ version_number: 1.5 })).toThrow(
      "'float' object cannot be interpreted as an integer",
    );
    expect(make({ version_number: 2 ** 40 })).toThrow('Value out of range: 1099511627776');
    expect(make({ dtype: 'DT_FOO' })).toThrow('unknown enum label "DT_FOO"');
    expect(make({ tensor_content: 4 })).toThrow('expected bytes, int found');
    expect(make({ float_val: ['a'] })).toThrow('must be real number, not str');
    const node = new NodeDef();
    expect(() => node.HasField('name')).toThrow(
      'Field tensorflow.NodeDef.name does not have presence.',
    );
    expect(() => node.WhichOneof('foo')).toThrow('Protocol message NodeDef has no "foo" field.');
    expect(() => node.CopyFrom(new AttrValue())).toThrow(
      'Parameter to CopyFrom() must be instance of same class: expected tensorflow.NodeDef got tensorflow.AttrValue.',
    );
  });
});

describe('messages', () => {
  test('copy and merge', () => {
    const a = new NodeDef({ name: 'a', input: ['x'], attr: { T: { type: 1 }, n: { i: 1 } } });
    const b = new NodeDef({ op: 'B', input: ['y'], attr: { T: { b: true } } });
    const copy = new NodeDef();
    copy.CopyFrom(a);
    copy.MergeFrom(b);
    expect(String(copy)).toBe(
      'name: "a"\nop: "B"\ninput: "x"\ninput: "y"\nattr {\n  key: "T"\n  value {\n    b: true\n  }\n}\n' +
        'attr {\n  key: "n"\n  value {\n    i: 1\n  }\n}\n',
    );
    copy.attr.n!.i = 2;
    expect([a.attr.n!.i, a.input]).toEqual([1, ['x']]);
    const twice = new NodeDef();
    twice.MergeFromString(a.SerializeToString());
    twice.MergeFromString(b.SerializeToString());
    copy.attr.n!.i = 1;
    expect(String(twice)).toBe(String(copy));
    const graph = new GraphDef();
    graph.node.extend([a]);
    expect(graph.node[0]).not.toBe(a);
    expect(String(graph.node[0])).toBe(String(a));
  });

  test('keep unknown fields, and those of another wire type', () => {
    const bytes = bytesOf('9a3f0261620a017808071a0401020304');
    const node = NodeDef.FromString(bytes);
    expect(node.name).toBe('x');
    expect(hexOf(node.SerializeToString())).toBe('0a01781a04010203049a3f0261620807');
    const copy = new NodeDef();
    copy.CopyFrom(node);
    expect(hexOf(copy.SerializeToString())).toBe(hexOf(node.SerializeToString()));
  });

  test('say where bytes are damaged', () => {
    const read = (hex: string) => () => NodeDef.FromString(bytesOf(hex));
    const start = "Error parsing message with type 'tensorflow.NodeDef': ";
    expect(read('ff')).toThrow(new DecodeError(`${start}Wire format was corrupt`));
    expect(read('0a056162')).toThrow(`${start}Wire format was corrupt`);
    expect(read('0a01ff')).toThrow(`${start}String field had bad UTF-8`);
    expect(read('2a040a0361620a')).toThrow(`${start}Wire format was corrupt`);
    const deep = new Schema('message Deep { Deep d = 1; int32 i = 2; }');
    interface DeepFields {
      d: Message & DeepFields;
      i: number;
    }
    const Deep = messageClass<DeepFields>(deep, 'Deep');
    const message = new Deep();
    let inner: Message & DeepFields = message;
    for (let i = 0; i < 150; i++) inner = inner.d;
    inner.i = 1;
    expect(() => Deep.FromString(message.SerializeToString())).toThrow(DecodeError);
  });

  test('of random and mutated bytes are read, or refused with one error', () => {
    const seeds = Object.values(golden).map(({ hex }) => bytesOf(hex));
    const mutated = fc
      .tuple(
        fc.constantFrom(...seeds),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
        fc.nat(),
      )
      .map(([seed, edits, end]) => {
        const bytes = seed.slice(0, seed.length - (end % 8 ? 0 : end % (seed.length + 1)));
        for (const [at, byte] of edits) if (bytes.length > 0) bytes[at % bytes.length] = byte;
        return bytes;
      });
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 60 })), (bytes) => {
        for (const type of [GraphDef, TensorProto, AttrValue]) {
          let once: Uint8Array;
          try {
            once = type.FromString(bytes).SerializeToString();
          } catch (error) {
            expect(error).toBeInstanceOf(DecodeError);
            continue;
          }
          expect(hexOf(type.FromString(once).SerializeToString())).toBe(hexOf(once));
        }
      }),
      { numRuns: 1000 },
    );
  });
});

test('schemas use each other, and have packages, enums inside messages and optional fields', () => {
  const schema = new Schema(
    `package a.b; // A comment.
    message Holder {
      enum Kind { NONE = 0; SOME = -1; }
      GraphDef graph = 1;
      optional int32 count = 2;
      Kind kind = 3;
      repeated int32 plain = 4 [packed = false];
      map<int64, tensorflow.AttrValue> by_number = 5;
    }`,
    graphSchema,
  );
  interface HolderFields {
    graph: GraphDef;
    count: number;
    kind: number;
    plain: number[];
    by_number: Record<string, AttrValue>;
  }
  const Holder = messageClass<HolderFields, { readonly SOME: number }>(schema, 'Holder');
  const holder = new Holder({ graph: new GraphDef({ version: 3 }), kind: Holder.SOME });
  expect(holder.HasField('count')).toBe(false);
  holder.count = 0;
  holder.plain = [1, 2];
  holder.by_number = { '-3': new AttrValue({ i: 1 }), 2: new AttrValue() };
  expect(holder.HasField('count')).toBe(true);
  const read = Holder.FromString(holder.SerializeToString());
  expect(read.graph).toBeInstanceOf(GraphDef);
  expect(String(read)).toBe(
    'graph {\n  version: 3\n}\ncount: 0\nkind: SOME\nplain: 1\nplain: 2\nby_number {\n  key: -3\n  value {\n    i: 1\n  }\n}\nby_number {\n  key: 2\n  value {\n  }\n}\n',
  );
});
