/** GraphDef files: from bytes to nodes that a graph can import. */

import {
  as_dtype,
  type Data,
  elementWidth,
  newData,
  type Text,
  type TypedArray,
} from '../core/dtype.ts';
import { OutOfRangeError, ValueError } from '../core/errors.ts';
import { bitsToBfloat16, bitsToHalf } from '../core/half.ts';
import type { Dims, Literal } from '../core/tensor.ts';
import { textOfBytes } from '../core/text.ts';
import {
  type AttrMessage,
  type FunctionDefMessage,
  type ListMessage,
  type NodeMessage,
  readGraphDef,
  type ShapeMessage,
  type TensorMessage,
} from '../formats/graph_def.ts';
import type { ImportFunction } from '../graph/import_functions.ts';
import type { ImportNode } from '../graph/import_graph_def.ts';
import { NdArray } from '../numpy/index.ts';

/** Constants of more elements than this are refused where their values are not all in the file. */
const MAX_REPEATED = 2 ** 26;

/** What a GraphDef file holds: the nodes, and the functions that they call. */
export interface GraphParts {
  readonly nodes: readonly ImportNode[];
  readonly functions: readonly ImportFunction[];
}

/** The parts of the GraphDef that `file` holds: bytes, or the text format. */
export function partsOf(file: Uint8Array | string): GraphParts {
  const { node, library } = readGraphDef(file);
  const gradients = new Map(library?.gradient.map((g) => [g.functionName, g.gradientFunc]));
  const functions = (library?.function ?? []).map((f) => functionOf(f, gradients));
  const called = new Map(
    functions.map((f, i) => [
      f.name,
      { ...f, stateful: library!.function[i]!.signature!.isStateful },
    ]),
  );
  const nodes = node.map(nodeOf).map((plain) => asCall(plain, called.get(plain.op)));
  return {
    nodes,
    functions: functions.map((f) => ({
      ...f,
      nodes: f.nodes.map((plain) => asCall(plain, called.get(plain.op))),
    })),
  };
}

/** The nodes of the GraphDef that `file` holds. */
export function nodesOf(file: Uint8Array | string): readonly ImportNode[] {
  return partsOf(file).nodes;
}

function nodeOf({ name, op, input, device, attr }: NodeMessage): ImportNode {
  const values = Object.entries(attr).map(([key, value]) => [key, attrOf(value)] as const);
  return { name, op, input, device, attr: Object.fromEntries(values) };
}

function functionOf(
  { signature, nodeDef, ret }: FunctionDefMessage,
  gradients: ReadonlyMap<string, string>,
): ImportFunction {
  if (!signature) throw new ValueError('A function of the file has no signature.');
  return {
    name: signature.name,
    inputs: signature.inputArg.map(({ name, type }) => ({ name, dtype: as_dtype(type) })),
    outputs: signature.outputArg.map(({ name }) => name),
    outputTypes: signature.outputArg.map(({ type }) => as_dtype(type)),
    nodes: nodeDef.map(nodeOf),
    ret,
    gradientName: gradients.get(signature.name) ?? null,
  };
}

/** A node whose op is a function of the file, as the call that it means. */
function asCall(
  node: ImportNode,
  f: (ImportFunction & { stateful: boolean }) | undefined,
): ImportNode {
  if (!f) return node;
  const attr = {
    ...node.attr,
    f: { name: f.name },
    Tin: f.inputs.map(({ dtype }) => dtype),
    Tout: f.outputTypes,
  };
  return { ...node, op: f.stateful ? 'StatefulPartitionedCall' : 'PartitionedCall', attr };
}

function attrOf({ value: member }: AttrMessage): unknown {
  switch (member.case) {
    case 'list':
      return listOf(member.value);
    case 's':
      return textOfBytes(member.value);
    case 'i':
      return exact(member.value);
    case 'type':
      return as_dtype(member.value);
    case 'shape':
      return dimsOf(member.value);
    case 'tensor':
      return literalOf(member.value);
    default:
      return member.value;
  }
}

function listOf({ s, i, f, b, type, shape, tensor, func }: ListMessage): readonly unknown[] {
  if (s.length > 0) return s.map(textOfBytes);
  if (i.length > 0) return i.map(exact);
  if (type.length > 0) return type.map((number) => as_dtype(number));
  if (shape.length > 0) return shape.map(dimsOf);
  if (tensor.length > 0) return tensor.map(literalOf);
  if (func.length > 0) return func;
  return f.length > 0 ? f : b;
}

/** A JS number for an int64. OutOfRangeError beyond 2^53. */
function exact(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) {
    throw new OutOfRangeError(
      null,
      null,
      `${value} is beyond the integers that a number holds exactly (2^53).`,
    );
  }
  return number;
}

function dimsOf({ dim, unknownRank }: ShapeMessage): Dims {
  return unknownRank ? null : dim.map(({ size }) => (size < 0n ? null : exact(size)));
}

/** The values of a tensor in a file. ValueError where shape and values do not agree. */
export function literalOf(message: TensorMessage): Literal {
  const dtype = as_dtype(message.dtype);
  const shape = (dimsOf(message.tensorShape ?? { dim: [], unknownRank: false }) ?? []).map(
    (n) => n ?? 0,
  );
  const size = shape.reduce((a, b) => a * b, 1);
  if (message.tensorContent.length > 0) {
    if (message.tensorContent.length !== size * dtype.size) {
      throw new ValueError(
        `A tensor of shape [${shape}] and type ${dtype.name} has ${message.tensorContent.length} bytes.`,
      );
    }
    return NdArray.frombuffer(dtype, shape, message.tensorContent);
  }
  const values = valuesOf(message, dtype.name);
  if (values.length > size * elementWidth(dtype) || size > Math.max(MAX_REPEATED, values.length)) {
    throw new ValueError(`A tensor of shape [${shape}] has ${values.length} values.`);
  }
  return { dtype, shape, data: repeated(values, newData(dtype, size), elementWidth(dtype)) };
}

function valuesOf(message: TensorMessage, type: string): readonly (number | Text)[] {
  switch (type) {
    case 'float32':
      return message.floatVal;
    case 'float64':
      return message.doubleVal;
    case 'string':
      return message.stringVal.map(textOfBytes);
    case 'bool':
      return message.boolVal.map(Number);
    case 'int64':
      return message.int64Val.map(exact);
    case 'uint64':
      return message.uint64Val.map(exact);
    case 'uint32':
      return message.uint32Val;
    case 'float16':
      return message.halfVal.map(bitsToHalf);
    case 'bfloat16':
      return message.halfVal.map(bitsToBfloat16);
    case 'complex64':
      return message.scomplexVal;
    case 'complex128':
      return message.dcomplexVal;
    default:
      return message.intVal;
  }
}

/** Fills `data` with `values`; the last one (of `width` numbers) repeats to the end. */
function repeated(values: readonly (number | Text)[], data: Data, width: number): Data {
  if (values.length === 0) return data;
  const target = data as TypedArray;
  for (let i = 0; i < data.length; i++) {
    const at = i < values.length ? i : values.length - width + (i % width);
    target[i] = values[at] as number;
  }
  return data;
}
