/** Attributes of nodes as plain data, which tests compare: types by name, text decoded, arrays flat. */

import type * as tf from 'tf1';
import { valueOfAttr } from '../../src/graph/attr_values.ts';

type AttrValue = ReturnType<tf.Graph['as_graph_def']>['node'][number]['attr'][string];

/** The texts of a list of texts; none where there is no attribute. */
export function textsOf(attr: AttrValue | undefined): string[] {
  return (attr?.list.s ?? []).map((bytes) => new TextDecoder().decode(bytes));
}

/** `{ type: 'DT_FLOAT' }`, `{ shape: [-1, 2] }`, `{ list: [1, 2] }`, `{ tensor: { dtype, shape, data } }`. */
export function plainAttr(attr: AttrValue): unknown {
  const member = attr.WhichOneof('value');
  const value = valueOfAttr(attr);
  if (member === 'type') return { type: typeText(value) };
  if (member === 'list')
    return { list: attr.list.type.length > 0 ? (value as []).map(typeText) : value };
  if (member === 'shape') {
    return { shape: (value as (number | null)[] | null)?.map((size) => size ?? -1) ?? null };
  }
  if (member !== 'tensor') return { [member!]: value };
  const { dtype, shape, data } = value as { dtype: tf.DType; shape: number[]; data: unknown };
  const numbers = Array.from(data as ArrayLike<unknown>, (x) =>
    dtype.name === 'bool' ? Boolean(x) : x,
  );
  return { tensor: { dtype: dtype.name, shape: [...shape], data: numbers } };
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  float32: 'FLOAT',
  float64: 'DOUBLE',
  float16: 'HALF',
};

function typeText(value: unknown): string {
  const { name } = value as tf.DType;
  return `DT_${(TYPE_NAMES[name] ?? name).toUpperCase()}`;
}
