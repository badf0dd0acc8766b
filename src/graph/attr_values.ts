/** Attributes of operations as messages, and back. */

import { as_dtype, DType, type Text } from '../core/dtype.ts';
import type { AttrSpec } from '../core/op_language.ts';
import type { Dims, Literal } from '../core/tensor.ts';
import { bytesOfText, textOfBytes } from '../core/text.ts';
import { AttrValue, type ListValue, NameAttrList } from '../formats/graph_messages.ts';
import {
  dimsOfProto,
  exactNumber,
  literalOf,
  shapeProto,
  tensorProto,
} from '../formats/tensor_proto.ts';

/** An attribute's value as a message; without a declaration its type is guessed from the value. */
export function attrValue(value: unknown, spec: AttrSpec | undefined): AttrValue {
  const type = spec?.type ?? guessType(value);
  switch (type) {
    case 'int':
      return new AttrValue({ i: value as number });
    case 'float':
      return new AttrValue({ f: value as number });
    case 'bool':
      return new AttrValue({ b: value as boolean });
    case 'string':
      return new AttrValue({ s: bytesOfText(value as Text) });
    case 'type':
      return new AttrValue({ type: (value as DType).as_datatype_enum });
    case 'shape':
      return new AttrValue({ shape: shapeProto(value as Dims) });
    case 'tensor':
      return new AttrValue({ tensor: tensorProto(value as Literal) });
    case 'func':
      return new AttrValue({ func: functionValue(value) });
    default:
      return new AttrValue({ list: listValue(value as readonly unknown[], type) });
  }
}

type ListFields = ConstructorParameters<typeof AttrValue.ListValue>[0];

function listValue(values: readonly unknown[], type: string): ListFields {
  if (values.length === 0) return {};
  switch (type) {
    case 'list(int)':
      return { i: values as number[] };
    case 'list(float)':
      return { f: values as number[] };
    case 'list(bool)':
      return { b: values as boolean[] };
    case 'list(type)':
      return { type: (values as DType[]).map((dtype) => dtype.as_datatype_enum) };
    case 'list(shape)':
      return { shape: (values as Dims[]).map(shapeProto) };
    case 'list(tensor)':
      return { tensor: (values as Literal[]).map(tensorProto) };
    case 'list(func)':
      return { func: values.map(functionValue) };
    default:
      return { s: (values as Text[]).map(bytesOfText) };
  }
}

/** A function as attributes have it: a message as it was read, or only a name. */
function functionValue(value: unknown): NameAttrList {
  if (value instanceof NameAttrList) return value as NameAttrList;
  return new NameAttrList({ name: (value as { readonly name: string }).name });
}

/** The type of an attribute that the declaration does not have: those that start with `_`. */
function guessType(value: unknown): string {
  if (value instanceof DType) return 'type';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string' || value instanceof Uint8Array) return 'string';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  if (Array.isArray(value)) return typeof value[0] === 'number' ? 'list(int)' : 'list(string)';
  return 'func';
}

/** The value of an attribute as operations have it; undefined where the message has none. */
export function valueOfAttr(attr: AttrValue): unknown {
  switch (attr.WhichOneof('value')) {
    case 'list':
      return valuesOfList(attr.list);
    case 's':
      return textOfBytes(attr.s);
    case 'i':
      return exactNumber(attr.i);
    case 'f':
      return attr.f;
    case 'b':
      return attr.b;
    case 'type':
      return as_dtype(attr.type);
    case 'shape':
      return dimsOfProto(attr.shape);
    case 'tensor':
      return literalOf(attr.tensor);
    case 'func':
      return attr.func;
    case 'placeholder':
      return attr.placeholder;
    default:
      return undefined;
  }
}

function valuesOfList(list: ListValue): readonly unknown[] {
  const { s, i, f, b, type, shape, tensor, func } = list;
  if (s.length > 0) return s.map(textOfBytes);
  if (i.length > 0) return i.map(exactNumber);
  if (type.length > 0) return type.map((number) => as_dtype(number));
  if (shape.length > 0) return shape.map(dimsOfProto);
  if (tensor.length > 0) return tensor.map(literalOf);
  if (func.length > 0) return [...func];
  return f.length > 0 ? f : b;
}
