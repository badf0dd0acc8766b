/** A node as TF1's errors print it: `x = Placeholder[dtype=DT_FLOAT, shape=[?,3]]()`. */

import { dimsText } from '../core/dims.ts';
import { DType, protoName } from '../core/dtype.ts';
import type { Dims } from '../core/tensor.ts';
import type { Operation } from '../graph/operation.ts';

/** The operation in one line: its attributes in order of name, its inputs. */
export function nodeText(operation: Operation): string {
  const { attrs, declaration } = operation;
  const types = new Map(declaration.attrs.map((attr) => [attr.name, attr.type]));
  const listed = Object.keys(attrs)
    .filter((key) => attrs[key] !== undefined)
    .sort()
    .map((key) => `${key}=${attrText(attrs[key], types.get(key) ?? '')}`);
  return textOf(operation, listed.length > 0 ? `[${listed.join(', ')}]` : '');
}

/** The operation as the timeline of a step labels it: without its attributes. */
export function labelText(operation: Operation): string {
  return textOf(operation, '');
}

function textOf({ name, type, inputs, control_inputs }: Operation, attrs: string): string {
  const names = [
    ...inputs.map((input) => input._inputName),
    ...control_inputs.map((input) => `^${input.name}`),
  ];
  return `${name} = ${type}${attrs}(${names.join(', ')})`;
}

function attrText(value: unknown, type: string): string {
  if (value instanceof DType) return protoName(value);
  if (type === 'shape') return value === null ? '<unknown>' : dimsText(value as Dims);
  if (type === 'tensor') return '<tensor>';
  if (typeof value === 'string') return `"${value}"`;
  if (Array.isArray(value))
    return `[${value.map((v) => attrText(v, type.replace(/^list\((.*)\)$/, '$1'))).join(', ')}]`;
  return String(value);
}
