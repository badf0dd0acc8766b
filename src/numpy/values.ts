/** What callers' values hold: arrays in their many forms, and the leaves of nested lists. */

import {
  as_dtype,
  bool,
  type DType,
  dtypeOfTypedArray,
  int64,
  string,
  type TypedArray,
  uint64,
} from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import type { Literal } from '../core/tensor.ts';
import { fromBytes } from './bytes.ts';
import { outOfInt64 } from './casting.ts';
import { Complex } from './complex.ts';
import { itemAt, NdArray } from './ndarray.ts';
import { kindOf, type LeafKind } from './promotion.ts';

/** An array that a caller passed. `fresh` data belongs to nobody else. */
export interface Carrier {
  readonly literal: Literal;
  readonly fresh: boolean;
}

/** The elements of nested lists in row-major order, with the types that arrays among them carry. */
export interface Leaves {
  readonly shape: number[];
  flat: unknown[];
  readonly types: Set<DType>;
  /** What else there is, outside of arrays. */
  readonly kinds: Set<LeafKind>;
}

/** Where nested lists are not rectangular. */
export interface Ragged {
  readonly got: readonly number[];
  readonly wanted: readonly number[];
  /** A number stands beside a list, rather than lists of different lengths. */
  readonly mixed: boolean;
  readonly hint: string;
}

const MAX_RANK = 254;

/**
 * The array that a value is: an NdArray or another literal, a typed array, an object with `shape`,
 * `dtype` and `tobytes()`. Null for anything else; a Uint8Array where text is asked is text.
 */
export function carrierOf(value: unknown, dtype: DType | null): Carrier | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  if (value instanceof NdArray) return { literal: value, fresh: false };
  const type = dtypeOfTypedArray(value);
  if (type) {
    if (value instanceof Uint8Array && dtype?.row.kind === 'string') return null;
    return typedCarrier(value as TypedArray | BigInt64Array | BigUint64Array, type);
  }
  if (!('dtype' in value && 'shape' in value && Array.isArray(value.shape))) return null;
  if ('tobytes' in value && typeof value.tobytes === 'function') {
    return byteCarrier(as_dtype(value.dtype), value.shape, value.tobytes());
  }
  if (!('data' in value)) return null;
  const { shape, data } = value as Literal;
  return { literal: new NdArray(as_dtype(value.dtype), shape, data), fresh: false };
}

function typedCarrier(array: TypedArray | BigInt64Array | BigUint64Array, dtype: DType): Carrier {
  const shape = [array.length];
  if (dtype === int64 || dtype === uint64) {
    const data = Float64Array.from(array as BigInt64Array, (item) => smallEnough(item, dtype));
    return { literal: { dtype, shape, data }, fresh: true };
  }
  const { buffer, byteOffset, length } = array as TypedArray;
  const data = new dtype.row.array!(buffer, byteOffset, length);
  return { literal: { dtype, shape, data }, fresh: false };
}

function smallEnough(item: bigint, dtype: DType): number {
  const number = Number(item);
  if (!Number.isSafeInteger(number)) throw outOfInt64(item, dtype.name);
  return number;
}

function byteCarrier(dtype: DType, shape: number[], bytes: unknown): Carrier {
  const view =
    bytes instanceof ArrayBuffer
      ? new Uint8Array(bytes)
      : ArrayBuffer.isView(bytes)
        ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
        : null;
  if (!view) throw new TypeError('tobytes() of an array-like value must give bytes.');
  const data = fromBytes(view, dtype);
  return { literal: new NdArray(dtype, [...shape], data), fresh: true };
}

type RaggedError = (value: unknown, dtype: DType | null, ragged: Ragged) => Error;

/** Reads nested lists into leaves; `raggedError` makes the error where they are not rectangular. */
export function flatten(value: unknown, dtype: DType | null, raggedError: RaggedError): Leaves {
  const root = unwrap(value);
  // Bytes beside text are text, not arrays of uint8.
  const type = dtype ?? (typeof firstLeaf(root) === 'string' ? string : null);
  const shape = shapeOf(root, type);
  const leaves: Leaves = { shape, flat: [], types: new Set(), kinds: new Set() };
  const fail = (path: readonly number[], length: number | null): never => {
    throw raggedError(value, dtype, raggedAt(path, length, shape));
  };
  const visit = (node: unknown, path: readonly number[]): void => {
    const axis = path.length;
    const list = listOf(node, type, leaves.types);
    if (!list) {
      if (axis < shape.length) fail(path, null);
      pushLeaf(node, leaves);
    } else if (axis >= shape.length || list.items.length !== shape[axis]) {
      fail(path, list.items.length);
    } else if (axis < shape.length - 1) {
      for (let i = 0; i < list.items.length; i++) visit(unwrap(list.items[i]), [...path, i]);
    } else if (list.own) {
      for (let i = 0; i < list.items.length; i++) {
        const item = list.items[i];
        if (typeof item === 'number') {
          leaves.flat.push(item);
          leaves.kinds.add('number');
        } else visit(unwrap(item), [...path, i]);
      }
    } else for (let i = 0; i < list.items.length; i++) leaves.flat.push(list.items[i]);
  };
  visit(root, []);
  return leaves;
}

function raggedAt(path: readonly number[], length: number | null, shape: number[]): Ragged {
  const axis = path.length;
  const place = path.map((at) => `[${at}]`).join('') || 'The value';
  const found = length === null ? 'is a single element' : `has length ${length}`;
  const wanted = axis < shape.length ? `have length ${shape[axis]}` : 'are single elements';
  return {
    got: shape.slice(0, axis),
    wanted: shape,
    mixed: length === null || axis >= shape.length,
    hint: `${place} ${found} where the others ${wanted}.`,
  };
}

function pushLeaf(node: unknown, { flat, kinds }: Leaves): void {
  if (node instanceof NdArray) flat.push(itemAt(node, 0));
  else {
    flat.push(node);
    kinds.add(kindOf(node));
  }
}

function firstLeaf(root: unknown): unknown {
  let node = root;
  for (let depth = 0; Array.isArray(node) && depth < MAX_RANK; depth++) node = node[0];
  return node;
}

function shapeOf(root: unknown, dtype: DType | null): number[] {
  const shape: number[] = [];
  let node = root;
  for (;;) {
    if (Array.isArray(node)) {
      shape.push(node.length);
      if (shape.length > MAX_RANK)
        throw new ValueError('setting an array element with a sequence.');
      if (node.length === 0) return shape;
      node = unwrap(node[0]);
    } else {
      const carrier = carrierOf(node, dtype);
      return carrier ? [...shape, ...carrier.literal.shape] : shape;
    }
  }
}

/** The members of a list, `own` ones, or of an array. */
interface Members {
  readonly items: ArrayLike<unknown>;
  readonly own: boolean;
}

/** What a node holds; null for a leaf. Notes the type an array carries. */
function listOf(node: unknown, dtype: DType | null, types: Set<DType>): Members | null {
  if (Array.isArray(node)) return { items: node, own: true };
  const carrier = carrierOf(node, dtype);
  if (!carrier) return null;
  const { literal } = carrier;
  types.add(literal.dtype);
  if (literal.shape.length === 0) return null;
  const plain = !literal.dtype.is_complex && literal.dtype !== bool;
  if (literal.shape.length === 1 && plain) return { items: literal.data, own: false };
  const array = new NdArray(literal.dtype, literal.shape, literal.data);
  return { items: [...array], own: false };
}

/**
 * Objects that stand for a value give it up: matrices their nested lists, boxed numbers, big
 * numbers and fractions their number, complex numbers of other libraries ours.
 */
export function unwrap(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return value;
  if (value instanceof NdArray || value instanceof Complex || 'dtype' in value) return value;
  const { re, im, isMatrix, toArray, toNumber } = value as Readonly<Record<string, unknown>>;
  if (typeof re === 'number' && typeof im === 'number') return new Complex(re, im);
  if (typeof toNumber === 'function') return toNumber.call(value);
  const inner: unknown = value.valueOf();
  if (inner !== value && (isMatrix === true || typeof inner !== 'object')) return inner;
  if (inner !== value && Array.isArray(inner)) return inner;
  return typeof toArray === 'function' ? toArray.call(value) : value;
}
