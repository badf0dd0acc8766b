/** `Graph.create_op`: an operation from its type and a flat list of inputs, as importers write it. */

import type { DType } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import type { Attrs } from '../core/kernels.ts';
import { type AnyOp, byName, registry } from '../core/op.ts';
import { signature } from '../core/signature.ts';
import type { Tensor } from '../core/tensor.ts';
import { AttrValue } from '../formats/graph_messages.ts';
import { valueOfAttr } from './attr_values.ts';

/** The parameters of `create_op`. */
export const createOpArguments = signature(
  [
    'op_type',
    'inputs',
    'dtypes',
    'input_types',
    'name',
    'attrs',
    'op_def',
    'compute_shapes',
    'compute_device',
  ],
  (
    op_type: string,
    inputs: readonly Tensor[],
    dtypes: readonly DType[],
    _input_types: readonly DType[] | null = null,
    name: string | null = null,
    attrs: Attrs | null = null,
    _op_def: unknown = null,
    _compute_shapes: boolean = true,
    _compute_device: boolean = true,
  ) => ({ op_type, inputs, dtypes, name, attrs: plainAttrs(attrs ?? {}) }),
  { name: 'create_op', objects: ['attrs'] },
);

/** Attributes whose values may be messages, as their values. */
function plainAttrs(attrs: Attrs): Attrs {
  return Object.fromEntries(
    Object.entries(attrs).map(([name, value]) => [
      name,
      isAttrValue(value) ? valueOfAttr(value) : value,
    ]),
  );
}

const isAttrValue = (value: unknown): value is AttrValue => value instanceof AttrValue;

/** The declaration of op `type`. ValueError where there is none. */
export function declarationOf(type: string): AnyOp {
  const declaration = registry.get(type);
  if (!declaration) throw new ValueError(`No op named ${type} in defined operations.`);
  return declaration;
}

/** The attributes with the lengths of lists that the inputs tell. */
export function completedAttrs(op: AnyOp, inputs: readonly Tensor[], attrs: Attrs): Attrs {
  const list = op.inputs.find((arg) => arg.numberAttr ?? arg.typeListAttr);
  if (!list) return attrs;
  const rest = op.inputs.length - 1;
  const start = op.inputs.indexOf(list);
  const members = inputs.slice(start, start + inputs.length - rest);
  const told = list.numberAttr
    ? { [list.numberAttr]: members.length }
    : { [list.typeListAttr!]: members.map((tensor) => tensor.dtype.base_dtype) };
  return { ...told, ...attrs };
}

/** Flat `inputs` by the names of the op's arguments. ValueError where their number is wrong. */
export function namedInputs(
  op: AnyOp,
  inputs: readonly Tensor[],
  attrs: Attrs,
): Record<string, Tensor | Tensor[]> {
  const hasList = op.inputs.some((arg) => arg.numberAttr ?? arg.typeListAttr);
  if (!hasList && inputs.length !== op.inputs.length) {
    throw new ValueError(
      `Op '${op.type}' takes ${op.inputs.length} inputs, but ${inputs.length} were given.`,
    );
  }
  return byName(op.inputs, attrs, inputs);
}
