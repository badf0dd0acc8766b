/** Ops that order others: doing nothing after something, grouping, gating. */

import { pythonText, pythonType } from '../core/call.ts';
import { toTensor } from '../core/convert.ts';
import { ValueError } from '../core/errors.ts';
import { IndexedSlices } from '../core/indexed_slices.ts';
import {
  colocateWith,
  controlDependencies,
  executing_eagerly,
  nameScope,
  onDevice,
} from '../core/mode.ts';
import { op } from '../core/op.ts';
import { Operand } from '../core/operand.ts';
import { fn, isPlainObject, variadic } from '../core/signature.ts';
import type { Name, Node, Tensor } from '../core/tensor.ts';
import { identity } from './shape.ts';
import { RefIdentity } from './state.ts';

export const NoOp = op('NoOp', { inputs: [], outputs: [], attrs: [] });

/** An operation that does nothing; it is useful as a place for control dependencies. */
export const no_op = fn(['name'], (name: Name = null): Node => NoOp({}, {}, name));

/** An operation, or something that stands for one. */
interface Placed {
  readonly device: string;
}

/** What `group` and `tuple` order: operations, tensors, variables. */
export type Dependency = Node | Operand;
/** Dependencies in any nesting. */
export type Dependencies = Dependency | readonly Dependencies[] | { [key: string]: Dependencies };

/**
 * An operation that is done when all `inputs` are: operations, tensors and variables, in any
 * nesting. In eager mode everything is done already, and the result is `null`.
 */
export const group = variadic(['name'], (inputs: Dependencies[], name: Name = null): Node => {
  if (executing_eagerly()) return null as never;
  return nameScope(name, 'group_deps', (scope) => {
    const byDevice = new Map<string, unknown[]>();
    for (const input of flatten(inputs)) {
      const { device } = placed(input);
      byDevice.set(device, [...(byDevice.get(device) ?? []), input]);
    }
    if (byDevice.size === 0) return no_op(scope);
    if (byDevice.size === 1) {
      const [[device, members]] = [...byDevice] as [[string, unknown[]]];
      return groupOn(device, members, scope);
    }
    const perDevice = [...byDevice.keys()]
      .sort()
      .map((device) => groupOn(device, byDevice.get(device)!, null));
    return after(perDevice, () => no_op(scope));
  });
});

function groupOn(device: string, members: readonly unknown[], name: Name): Node {
  return after(members, () => (device === '' ? no_op(name) : onDevice(device, () => no_op(name))));
}

/** Runs `body` so that what it creates runs after `members`, whatever stands for an operation. */
function after<R>(members: readonly unknown[], body: () => R): R {
  return controlDependencies(members, body);
}

function flatten(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(flatten);
  if (isPlainObject(value))
    return Object.keys(value)
      .sort()
      .flatMap((key) => flatten(value[key]));
  return [value];
}

function placed(value: unknown): Placed {
  if (typeof value === 'object' && value !== null && 'device' in value) return value as Placed;
  throw new TypeError(
    `'inputs' should be zero or more (nested) Tensors. Received '${pythonText(value)}' with type '<class '${pythonType(value)}'>'.`,
  );
}

/**
 * The same tensors, each of which is computed only when all of them, and `control_inputs`, are.
 * Members that are `null` stay `null`; an operation becomes one that waits for the others.
 * ValueError where there is nothing to wait for.
 */
export const tuple = fn(
  ['tensors', 'name', 'control_inputs'],
  <T extends Dependency | null>(
    tensors: readonly T[],
    name: Name = null,
    control_inputs: readonly (Node | Tensor)[] | null = null,
  ): (Tensor | IndexedSlices | Node | null)[] => {
    if (executing_eagerly()) return tensors as never;
    return nameScope(name, 'tuple', () => {
      const gates = tensors.flatMap((t) => (t === null ? [] : [operationOf(t)]));
      for (const input of control_inputs ?? []) gates.push(operationOf(input));
      const unique = [...new Set(gates)].sort((a, b) => idOf(a) - idOf(b));
      if (unique.length === 0) {
        throw new ValueError(`Must have at least one Tensor: ${pythonText(tensors)}`);
      }
      const gate = group(...unique);
      return tensors.map((t) => gated(t, gate));
    });
  },
);

function gated(value: Dependency | null, gate: Node): Tensor | IndexedSlices | Node | null {
  if (value === null) return null;
  if (value instanceof Operand) return with_dependencies([gate], value);
  return after([gate], () => group(value));
}

function operationOf(value: Dependency): Node {
  if (!(value instanceof Operand)) return value;
  return (value instanceof IndexedSlices ? value.values : value._toTensor(null, null, true)).op;
}

/** Where a graph's operation stands in the order of creation. */
function idOf(node: Node): number {
  return (node as Node & { readonly _id: number })._id;
}

/** `output_tensor`, computed only when `dependencies` are. */
export function with_dependencies(
  dependencies: readonly Dependency[],
  output_tensor: Operand,
  name: Name = null,
): Tensor | IndexedSlices {
  if (executing_eagerly()) return output_tensor as Tensor;
  return nameScope(name, 'control_dependency', (scope) =>
    colocateWith(output_tensor, () =>
      after(dependencies, () => {
        if (!(output_tensor instanceof IndexedSlices)) return pass(output_tensor, scope);
        const { values, indices, dense_shape } = output_tensor;
        return new IndexedSlices(pass(values, scope), indices, dense_shape);
      }),
    ),
  );
}

/** The same tensor from another operation; a reference stays one. */
function pass(value: Operand, name: Name): Tensor {
  const tensor = toTensor(value);
  return tensor.dtype._is_ref_dtype
    ? RefIdentity({ input: tensor }, {}, name)
    : identity(tensor, name);
}
