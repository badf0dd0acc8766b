/** Every declaration against TensorFlow's own registry: inputs, outputs, attributes, defaults, allowed types. */

import { describe, expect, test } from '@jest/globals';
import 'tf1';
import { kernelOf } from '../../src/backend/registry.ts';
import { as_dtype, protoName } from '../../src/core/dtype.ts';
import { type AnyOp, registry } from '../../src/core/op.ts';
import type { ArgSpec, AttrSpec } from '../../src/core/op_language.ts';
import type { Literal } from '../../src/core/tensor.ts';
import { sharedText, skipWithout } from './shared.ts';

/** A message of the text format: repeated fields keep their order. */
type Message = Map<string, (string | Message)[]>;

/** Reads protobuf text: fields, strings and nested messages. */
function parseText(text: string): Message {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}:]|[^\s{}:]+/g) ?? [];
  let at = 0;
  const message = (): Message => {
    const fields: Message = new Map();
    while (at < tokens.length && tokens[at] !== '}') {
      const name = tokens[at++]!;
      if (tokens[at] === ':') at++;
      let value: string | Message;
      if (tokens[at] === '{') {
        at++;
        value = message();
        at++;
      } else value = unquoted(tokens[at++]!);
      fields.set(name, [...(fields.get(name) ?? []), value]);
    }
    return fields;
  };
  return message();
}

/** A word as it is, a string without its quotes. */
function unquoted(token: string): string {
  return token.replace(/^"(.*)"$/s, '$1').replaceAll('\\t', '\t');
}

const texts = (m: Message, name: string) => (m.get(name) ?? []) as string[];
const messages = (m: Message, name: string) => (m.get(name) ?? []) as Message[];
const first = (m: Message, name: string) => texts(m, name)[0];

/** An argument as our declarations know it. */
function argOf(m: Message): Omit<ArgSpec, 'type'> & { type: string | null } {
  return {
    name: first(m, 'name')!,
    isRef: first(m, 'is_ref') === 'true',
    type: first(m, 'type') ?? null,
    typeAttr: first(m, 'type_attr') ?? null,
    typeListAttr: first(m, 'type_list_attr') ?? null,
    numberAttr: first(m, 'number_attr') ?? null,
  };
}

const plainArg = (arg: ArgSpec) => ({ ...arg, type: arg.type && protoName(arg.type) });

function allowedOf(m: Message): string[] | null {
  const list = messages(m, 'allowed_values')[0]?.get('list')?.[0] as Message | undefined;
  return list ? [...texts(list, 'type'), ...texts(list, 's')].sort() : null;
}

function plainAllowed({ allowedTypes, allowedStrings }: AttrSpec): string[] | null {
  const list = allowedTypes?.map(protoName) ?? allowedStrings;
  return list ? [...list].sort() : null;
}

/** A default in a form that both sides can be brought to. */
function defaultOf(m: Message): unknown {
  const value = messages(m, 'default_value')[0];
  if (!value) return 'none';
  for (const [kind, [content]] of value) {
    if (kind === 'type') return protoName(as_dtype(content));
    if (kind === 'b') return content === 'true';
    if (kind === 'i' || kind === 'f') return Number(content);
    if (kind === 's') return content;
    if (kind === 'shape') return (content as Message).has('unknown_rank') ? null : [];
    if (kind === 'tensor') {
      const tensor = content as Message;
      return [protoName(as_dtype(first(tensor, 'dtype')!)), texts(tensor, 'int_val').map(Number)];
    }
    if (kind === 'list') {
      const list = content as Message;
      return [
        ...texts(list, 'i').map(Number),
        ...texts(list, 'f').map(Number),
        ...texts(list, 's'),
        ...texts(list, 'type'),
      ];
    }
  }
  return [];
}

function isLiteral(value: unknown): value is Literal {
  return typeof value === 'object' && value !== null && 'data' in value;
}

function plainDefault({ hasDefault, default: value }: AttrSpec): unknown {
  if (!hasDefault) return 'none';
  if (typeof value === 'function') return protoName(as_dtype(value));
  if (isLiteral(value)) return [protoName(value.dtype), [...value.data]];
  return value;
}

const text = sharedText('reference/ops.pbtxt');
if (text === null) skipWithout('reference/ops.pbtxt');
else {
  const known = new Map(messages(parseText(text), 'op').map((op) => [first(op, 'name')!, op]));
  const declared = [...registry.values()].filter((op) => known.has(op.type));
  const newer = [...registry.keys()].filter((type) => !known.has(type));

  describe('declarations agree with the registry of TF 1.8', () => {
    test.each(declared.map((op) => [op.type, op] as const))('%s', (type, op: AnyOp) => {
      const reference = known.get(type)!;
      expect(op.inputs.map(plainArg)).toEqual(messages(reference, 'input_arg').map(argOf));
      expect(op.outputs.map(plainArg)).toEqual(messages(reference, 'output_arg').map(argOf));
      const attrs = messages(reference, 'attr');
      expect(op.attrs.map((attr) => attr.name).sort()).toEqual(
        attrs.map((m) => first(m, 'name')!).sort(),
      );
      for (const m of attrs) {
        const attr = op.attrs.find(({ name }) => name === first(m, 'name'))!;
        expect([attr.name, attr.type, plainDefault(attr)]).toEqual([
          attr.name,
          first(m, 'type')!,
          defaultOf(m),
        ]);
        expect([attr.name, plainAllowed(attr)]).toEqual([attr.name, allowedOf(m)]);
      }
      const writesReferences = op.inputs.some((arg) => arg.isRef);
      if (!writesReferences) expect(op.stateful).toBe(first(reference, 'is_stateful') === 'true');
    });
  });

  test('at least 250 ops of TF 1.8 are declared', () => {
    expect(declared.length).toBeGreaterThanOrEqual(250);
  });

  test('ops that came after TF 1.8 are known', () => {
    expect(newer.sort()).toEqual([
      'BatchMatMulV2',
      'BatchMatMulV3',
      'BlockLSTM',
      'BlockLSTMGrad',
      'BlockLSTMGradV2',
      'BlockLSTMV2',
      'Case',
      'DivNoNan',
      'FusedBatchNormGradV3',
      'FusedBatchNormV3',
      'GRUBlockCell',
      'GRUBlockCellGrad',
      'GatherTree',
      'LSTMBlockCell',
      'LSTMBlockCellGrad',
      'LeakyRelu',
      'LeakyReluGrad',
      'LookupTableRemoveV2',
      'Lu',
      'MulNoNan',
      'NearestNeighbors',
      'NonMaxSuppressionV4',
      'NonMaxSuppressionV5',
      'NonMaxSuppressionWithOverlaps',
      'ParseExampleV2',
      'PrintV2',
      'StatefulPartitionedCall',
      'StatelessCase',
      'StatelessIf',
      'StatelessWhile',
      'StaticRegexFullMatch',
      'StaticRegexReplace',
      'TensorListConcat',
      'TensorListConcatV2',
      'TensorListGather',
      'TensorListResize',
      'TensorListScatter',
      'TensorListScatterIntoExistingList',
      'TensorListScatterV2',
      'TensorListSplit',
    ]);
  });
}

test('every declared op has a kernel, but those that the session runs itself', () => {
  const missing = [...registry.values()].filter(
    (op) => !op.control && !kernelOf(op.type) && !op.type.startsWith('Const'),
  );
  expect(missing.map((op) => op.type).filter((type) => type !== 'NoOp')).toEqual([]);
});
