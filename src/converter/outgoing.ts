/** The nodes of a tfjs model on their way out: names, inputs and attributes in protobuf's JSON. */

import { DType, protoName } from '../core/dtype.ts';
import type { AttrSpec } from '../core/op_language.ts';
import type { Dims } from '../core/tensor.ts';
import { bytesOfText } from '../core/text.ts';
import type { Operation } from '../graph/operation.ts';
import type { SymbolicTensor } from '../graph/symbolic_tensor.ts';

/** An attribute as protobuf's JSON has it. */
export type JsonAttr = Readonly<Record<string, unknown>>;

/** One node of a model. */
export interface JsonNode {
  readonly name: string;
  readonly op: string;
  readonly input: readonly string[];
  readonly attr: Readonly<Record<string, JsonAttr>>;
}

/** How an input names a tensor. */
export function inputText(tensor: SymbolicTensor): string {
  const { op, value_index } = tensor;
  return value_index === 0 ? op.name : `${op.name}:${value_index}`;
}

/** A constant, whose array goes to the weights. */
export function constantNode(
  name: string,
  dtype: DType,
  shape: readonly number[],
  input: readonly string[],
): JsonNode {
  const tensor = { dtype: protoName(dtype), tensorShape: shapeJson(shape) };
  return {
    name,
    op: 'Const',
    input,
    attr: { value: { tensor }, dtype: { type: protoName(dtype) } },
  };
}

/** A place to feed `tensor`. */
export function placeholderNode(name: string, { dtype, dims }: SymbolicTensor): JsonNode {
  const attr = { dtype: { type: protoName(dtype.base_dtype) }, shape: { shape: shapeJson(dims) } };
  return { name, op: 'Placeholder', input: [], attr };
}

/** The attributes that the declaration of an operation has. */
export function attrsJson({ declaration, attrs }: Operation): Record<string, JsonAttr> {
  const json: Record<string, JsonAttr> = {};
  for (const spec of declaration.attrs) {
    const value = attrs[spec.name];
    if (value !== undefined) json[spec.name] = attrJson(value, spec);
  }
  return json;
}

/** A type as an attribute. */
export function typeJson(dtype: DType): JsonAttr {
  return { type: protoName(dtype.base_dtype) };
}

/** A shape as protobuf's JSON has it: sizes are text, as all 64-bit integers. */
export function shapeJson(dims: Dims): JsonAttr {
  if (dims === null) return { unknownRank: true };
  return dims.length === 0 ? {} : { dim: dims.map((size) => ({ size: String(size ?? -1) })) };
}

function attrJson(value: unknown, { type }: AttrSpec): JsonAttr {
  const item = /^list\((\w+)\)/.exec(type)?.[1];
  if (item === undefined) return { [MEMBERS[type] ?? type]: valueJson(value, type) };
  const values = value as readonly unknown[];
  if (values.length === 0) return { list: {} };
  return { list: { [MEMBERS[item] ?? item]: values.map((one) => valueJson(one, item)) } };
}

/** The member of AttrValue that a type of attribute has, where it is not called the same. */
const MEMBERS: Readonly<Record<string, string>> = { int: 'i', float: 'f', bool: 'b', string: 's' };

function valueJson(value: unknown, type: string): unknown {
  if (value instanceof DType) return protoName(value.base_dtype);
  switch (type) {
    case 'int':
      return String(value);
    case 'float':
      return Number.isFinite(value) ? value : String(value);
    case 'string':
      return base64(bytesOfText(value as string | Uint8Array));
    case 'shape':
      return shapeJson(value as Dims);
    case 'func':
      return { name: (value as { name: string }).name };
    default:
      return value;
  }
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
