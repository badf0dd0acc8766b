/**
 * The graph of a tfjs model, which is a GraphDef in protobuf's JSON: bytes are base64, 64-bit integers
 * may be text, enums are names or numbers. The arrays of its constants are among the weights.
 */

import { as_dtype, type DType } from '../core/dtype.ts';
import { InvalidArgumentError } from '../core/errors.ts';
import type { Dims, Literal } from '../core/tensor.ts';
import { textOfBytes } from '../core/text.ts';
import type { ImportFunction } from '../graph/import_functions.ts';
import type { ImportNode } from '../graph/import_graph_def.ts';
import { NdArray } from '../numpy/index.ts';

type Json = Readonly<Record<string, unknown>>;

/** The arrays of constants by name. */
export type Weights = ReadonlyMap<string, Literal>;

/** The nodes and the functions that the JSON of a GraphDef says. InvalidArgumentError where it is none. */
export function readTopology(
  topology: unknown,
  weights: Weights,
): { readonly nodes: ImportNode[]; readonly functions: ImportFunction[] } {
  const graph = record(topology, 'modelTopology');
  if ('model_config' in graph) throw layersModel();
  const library = record(graph.library ?? {}, 'library');
  return {
    nodes: list(graph.node).map((node) => nodeOf(record(node, 'node'), weights)),
    functions: list(library.function).map((f) => functionOf(record(f, 'function'), weights)),
  };
}

/** The error for models that are layers, not graphs. */
export function layersModel(): InvalidArgumentError {
  return new InvalidArgumentError(
    null,
    null,
    'This is a layers model of tfjs, which holds a Keras configuration and no graph.\n\n' +
      'Convert it to a graph model: tensorflowjs_converter --input_format=tfjs_layers_model --output_format=tfjs_graph_model.',
  );
}

function nodeOf(node: Json, weights: Weights): ImportNode {
  const name = text(node.name, 'the name of a node');
  const op = text(node.op, `the op of '${name}'`);
  const attr = attrsOf(node.attr, name);
  const weight = op === 'Const' ? weights.get(name) : undefined;
  if (weight) attr.value = asType(weight, attr.dtype as DType | undefined);
  if (op === 'Const' && !attr.value)
    throw damaged(`the constant '${name}' is not among the weights`);
  return {
    name,
    op,
    input: list(node.input).map((input) => text(input, `an input of '${name}'`)),
    device: typeof node.device === 'string' ? node.device : '',
    attr,
  };
}

/** A weight in the type of its node: tfjs keeps what is int64 in the graph as int32. */
function asType(weight: Literal, dtype: DType | undefined): Literal {
  if (!dtype || dtype === weight.dtype) return weight;
  return new NdArray(weight.dtype, weight.shape, weight.data).astype(dtype);
}

function functionOf(f: Json, weights: Weights): ImportFunction {
  const signature = record(f.signature, 'the signature of a function');
  const name = text(signature.name, 'the name of a function');
  const args = (value: unknown) =>
    list(value).map((arg) => {
      const { name: own, type } = record(arg, `an argument of '${name}'`);
      return { name: text(own, `an argument of '${name}'`), dtype: dtypeOf(type) };
    });
  const outputs = args(signature.outputArg);
  const ret = Object.entries(record(f.ret ?? {}, 'ret')).map(
    ([key, value]) => [key, text(value, `a result of '${name}'`)] as const,
  );
  return {
    name,
    inputs: args(signature.inputArg),
    outputs: outputs.map((output) => output.name),
    outputTypes: outputs.map(({ dtype }) => dtype),
    nodes: list(f.nodeDef).map((node) => nodeOf(record(node, 'nodeDef'), weights)),
    ret: Object.assign(Object.create(null), Object.fromEntries(ret)),
    gradientName: null,
  };
}

// ---- attributes --------------------------------------------------------------------------------

function attrsOf(attr: unknown, name: string): Record<string, unknown> {
  const attrs: Record<string, unknown> = Object.create(null);
  for (const [key, value] of Object.entries(record(attr ?? {}, `the attributes of '${name}'`)))
    attrs[key] = attrOf(record(value, `attribute '${key}' of '${name}'`));
  return attrs;
}

function attrOf(value: Json): unknown {
  if ('s' in value) return textOfBytes(bytesOf(value.s));
  if ('i' in value) return integer(value.i);
  if ('f' in value) return Number(value.f);
  if ('b' in value) return value.b === true;
  if ('type' in value) return dtypeOf(value.type);
  if ('shape' in value) return dimsOf(value.shape);
  if ('tensor' in value) return literalOf(record(value.tensor, 'a tensor'));
  if ('func' in value) return functionName(value.func);
  if ('list' in value) return listOf(record(value.list ?? {}, 'a list'));
  return undefined;
}

function listOf(values: Json): readonly unknown[] {
  const kinds: readonly [string, (value: unknown) => unknown][] = [
    ['s', (s) => textOfBytes(bytesOf(s))],
    ['i', integer],
    ['f', Number],
    ['b', (b) => b === true],
    ['type', dtypeOf],
    ['shape', dimsOf],
    ['tensor', (tensor) => literalOf(record(tensor, 'a tensor'))],
    ['func', functionName],
  ];
  for (const [kind, read] of kinds) {
    const items = list(values[kind]);
    if (items.length > 0) return items.map(read);
  }
  return [];
}

function functionName(value: unknown): { name: string } {
  return { name: text(record(value, 'a function').name, 'the name of a function') };
}

/** A tensor whose bytes are in the JSON; `undefined` where they are among the weights. */
function literalOf(tensor: Json): Literal | undefined {
  const dtype = dtypeOf(tensor.dtype);
  const shape = (dimsOf(tensor.tensorShape ?? {}) ?? []).map((size) => size ?? 0);
  const content = bytesOf(tensor.tensorContent ?? '');
  if (content.length === 0 && !shape.includes(0)) return undefined;
  if (dtype.name === 'string') return { dtype, shape, data: [] };
  return NdArray.frombuffer(dtype, shape, content);
}

function dtypeOf(value: unknown): DType {
  const known = typeof value === 'string' || typeof value === 'number';
  if (!known) throw damaged(`a type is ${JSON.stringify(value)}`);
  return as_dtype(typeof value === 'string' ? value.replace(/^DT_/, '').toLowerCase() : value);
}

function dimsOf(value: unknown): Dims {
  const shape = record(value, 'a shape');
  if (shape.unknownRank === true) return null;
  return list(shape.dim).map((dim) => {
    const size = integer(record(dim, 'a dimension').size ?? 0);
    return size < 0 ? null : size;
  });
}

/** The bytes that base64 text stands for; a list of numbers is taken as it is. */
function bytesOf(value: unknown): Uint8Array {
  if (Array.isArray(value)) return Uint8Array.from(value as number[]);
  const plain = text(value, 'bytes').replace(/-/g, '+').replace(/_/g, '/');
  try {
    return Uint8Array.from(atob(plain), (char) => char.charCodeAt(0));
  } catch {
    throw damaged(`bytes are no base64: ${plain.slice(0, 40)}`);
  }
}

function integer(value: unknown): number {
  const number = typeof value === 'string' ? Number(value) : value;
  if (Number.isSafeInteger(number)) return number as number;
  throw damaged(`an integer is ${JSON.stringify(value)}`);
}

function record(value: unknown, what: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw damaged(`${what} is ${JSON.stringify(value) ?? 'missing'}`);
}

function list(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw damaged(`a list is ${JSON.stringify(value)}`);
}

function text(value: unknown, what: string): string {
  if (typeof value === 'string') return value;
  throw damaged(`${what} is ${JSON.stringify(value) ?? 'missing'}`);
}

function damaged(why: string): InvalidArgumentError {
  return new InvalidArgumentError(null, null, `The graph of the model is damaged: ${why}.`);
}
