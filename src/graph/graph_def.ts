/** A graph as plain data: the nodes, inputs and attributes that TensorFlow's GraphDef has. */

import { DType, protoName } from '../core/dtype.ts';
import type { AttrSpec } from '../core/op_language.ts';
import type { Dims, Literal } from '../core/tensor.ts';
import type { FunctionDefLibrary } from './function_def.ts';
import type { Operation } from './operation.ts';

/** An attribute's value, in the one member that its type has in AttrValue. */
export interface AttrValue {
  readonly i?: number;
  readonly f?: number;
  readonly b?: boolean;
  readonly s?: string;
  readonly type?: string;
  readonly shape?: TensorShapeProto;
  readonly tensor?: Literal;
  readonly func?: unknown;
  readonly list?: {
    readonly i?: readonly number[];
    readonly f?: readonly number[];
    readonly b?: readonly boolean[];
    readonly s?: readonly string[];
    readonly type?: readonly string[];
    readonly shape?: readonly TensorShapeProto[];
  };
}

/** A shape: -1 for an unknown size; `unknown_rank` in place of sizes. */
export interface TensorShapeProto {
  readonly dim?: readonly { readonly size: number }[];
  readonly unknown_rank?: boolean;
}

/** One operation. Inputs are `name`, `name:1`, and `^name` for control inputs. */
export interface NodeDef {
  readonly name: string;
  readonly op: string;
  readonly input: readonly string[];
  readonly device: string;
  readonly attr: Readonly<Record<string, AttrValue>>;
}

/** The whole graph. */
export interface GraphDef {
  readonly node: readonly NodeDef[];
  readonly versions: { readonly producer: number };
  /** The functions that nodes call; absent where there are none. */
  readonly library?: FunctionDefLibrary;
}

/** The GraphDef version that TF 1.8 writes. */
export const PRODUCER = 26;

/** Writes operations as a GraphDef. */
export class GraphDefBuilder {
  private readonly addShapes: boolean;

  constructor(addShapes: boolean) {
    this.addShapes = addShapes;
  }

  build(operations: readonly Operation[]): GraphDef {
    return {
      node: operations.map((operation) => this.node(operation)),
      versions: { producer: PRODUCER },
    };
  }

  private node(operation: Operation): NodeDef {
    const control = operation.control_inputs.map((input) => `^${input.name}`).sort();
    return {
      name: operation.name,
      op: operation.type,
      input: [...operation.inputs.map((input) => input._inputName), ...control],
      device: operation.device,
      attr: this.attrs(operation),
    };
  }

  private attrs(operation: Operation): Record<string, AttrValue> {
    const attrs: Record<string, AttrValue> = {};
    const { declaration } = operation;
    const specs = new Map(declaration.attrs.map((spec) => [spec.name, spec]));
    for (const [name, value] of Object.entries(operation.attrs)) {
      if (value === undefined) continue;
      attrs[name] = attrValue(value, specs.get(name));
    }
    if (operation.colocation.length > 0)
      attrs._class = { list: { s: operation.colocation_groups() } };
    if (this.addShapes && operation.outputs.length > 0) {
      attrs._output_shapes = {
        list: { shape: operation.outputs.map((t) => shapeProto(t.dims)) },
      };
    }
    return attrs;
  }
}

/** A shape as TensorShapeProto. */
export function shapeProto(dims: Dims): TensorShapeProto {
  if (dims === null) return { unknown_rank: true };
  return { dim: dims.map((size) => ({ size: size ?? -1 })) };
}

function attrValue(value: unknown, spec: AttrSpec | undefined): AttrValue {
  const type = spec?.type ?? guessType(value);
  switch (type) {
    case 'int':
      return { i: value as number };
    case 'float':
      return { f: value as number };
    case 'bool':
      return { b: value as boolean };
    case 'string':
      return { s: value as string };
    case 'type':
      return { type: protoName(value as DType) };
    case 'shape':
      return { shape: shapeProto(value as Dims) };
    case 'tensor':
      return { tensor: value as Literal };
    case 'func':
      return { func: value };
    default:
      return { list: listValue(value as readonly unknown[], type) };
  }
}

function listValue(values: readonly unknown[], type: string): NonNullable<AttrValue['list']> {
  if (values.length === 0) return {};
  switch (type) {
    case 'list(int)':
      return { i: values as number[] };
    case 'list(float)':
      return { f: values as number[] };
    case 'list(bool)':
      return { b: values as boolean[] };
    case 'list(type)':
      return { type: (values as DType[]).map(protoName) };
    case 'list(shape)':
      return { shape: (values as Dims[]).map(shapeProto) };
    default:
      return { s: values as string[] };
  }
}

/** The type of an attribute that the declaration does not have: those that start with `_`. */
function guessType(value: unknown): string {
  if (value instanceof DType) return 'type';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  if (Array.isArray(value)) return typeof value[0] === 'number' ? 'list(int)' : 'list(string)';
  return 'func';
}
