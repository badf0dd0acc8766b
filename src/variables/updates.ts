/**
 * The functions that change variables: `tf.assign`, `tf.scatter_add` and the rest. Each takes a
 * variable of either kind, or the reference to one.
 */

import { toTensor } from '../core/convert.ts';
import { ValueError } from '../core/errors.ts';
import type { Operand } from '../core/operand.ts';
import { fn } from '../core/signature.ts';
import type { Name, Node, Tensor, TensorLike } from '../core/tensor.ts';
import { integers } from '../ops/literals.ts';
import * as resources from '../ops/resource_variables.ts';
import * as state from '../ops/state.ts';
import { ResourceVariable } from './resource_variable.ts';
import { type Assigned, type SlicedVariable, Variable } from './variable.ts';

/** Replaces the value of `ref`. With `validate_shape` false the new value may have another shape. */
export const assign = fn(
  ['ref', 'value', 'validate_shape', 'use_locking', 'name'],
  (
    ref: Operand,
    value: TensorLike,
    validate_shape: boolean | null = null,
    use_locking: boolean | null = null,
    name: Name = null,
  ): Assigned => {
    if (ref instanceof ResourceVariable) return ref.assign(value, { name });
    if (isSlice(ref)) return ref.assign(value, { name });
    const attrs = { validate_shape: validate_shape ?? true, use_locking: use_locking ?? true };
    return state.Assign({ ref, value }, attrs, name);
  },
);

/** Whether `ref` is a slice of a variable, which knows how to be replaced. */
function isSlice(ref: Operand): ref is SlicedVariable {
  return 'assign' in ref && !(ref instanceof Variable);
}

/** Adds `value` to the value of `ref`. */
export const assign_add = fn(
  ['ref', 'value', 'use_locking', 'name'],
  (
    ref: Operand,
    value: TensorLike,
    use_locking: boolean | null = null,
    name: Name = null,
  ): Assigned =>
    ref instanceof ResourceVariable
      ? ref.assign_add(value, { name })
      : state.AssignAdd({ ref, value }, { use_locking: use_locking ?? false }, name),
);

/** Subtracts `value` from the value of `ref`. */
export const assign_sub = fn(
  ['ref', 'value', 'use_locking', 'name'],
  (
    ref: Operand,
    value: TensorLike,
    use_locking: boolean | null = null,
    name: Name = null,
  ): Assigned =>
    ref instanceof ResourceVariable
      ? ref.assign_sub(value, { name })
      : state.AssignSub({ ref, value }, { use_locking: use_locking ?? false }, name),
);

/** The value of `ref` before counting it one up; running it at `limit` is an OutOfRangeError. */
export const count_up_to = fn(
  ['ref', 'limit', 'name'],
  (ref: Operand, limit: number, name: Name = null): Tensor => {
    if (!(ref instanceof ResourceVariable)) return state.CountUpTo({ ref }, { limit }, name);
    return resources.ResourceCountUpTo({ resource: ref.handle }, { limit, T: ref.dtype }, name);
  },
);

type RefScatter = (
  inputs: { ref: Operand; indices: TensorLike; updates: TensorLike },
  attrs: { use_locking?: boolean },
  name: Name,
) => Tensor;
type ResourceScatter = (
  inputs: { resource: Tensor; indices: TensorLike; updates: TensorLike },
  attrs: object,
  name: Name,
) => Node;

/** A public function over the two ops that change rows. */
function scatter(onRef: RefScatter, onResource: ResourceScatter, locking: boolean) {
  return fn(
    ['ref', 'indices', 'updates', 'use_locking', 'name'],
    (
      ref: Operand,
      indices: TensorLike,
      updates: TensorLike,
      use_locking: boolean = locking,
      name: Name = null,
    ): Assigned => {
      const at = integers(indices);
      if (!(ref instanceof ResourceVariable)) {
        return onRef({ ref, indices: at, updates }, { use_locking }, name);
      }
      const rows = toTensor(updates, ref.dtype);
      return ref._readAfter(
        onResource({ resource: ref.handle, indices: at, updates: rows }, {}, name),
      );
    },
  );
}

/** Replaces rows of `ref` by `updates`: `ref[indices] = updates`. */
export const scatter_update = scatter(state.ScatterUpdate, resources.ResourceScatterUpdate, true);
/** Adds `updates` to rows of `ref`: `ref[indices] += updates`. Indices that repeat add up. */
export const scatter_add = scatter(state.ScatterAdd, resources.ResourceScatterAdd, false);
/** Subtracts `updates` from rows of `ref`: `ref[indices] -= updates`. */
export const scatter_sub = scatter(state.ScatterSub, resources.ResourceScatterSub, false);
/** Multiplies rows of `ref` by `updates`: `ref[indices] *= updates`. */
export const scatter_mul = scatter(state.ScatterMul, resources.ResourceScatterMul, false);
/** Divides rows of `ref` by `updates`: `ref[indices] /= updates`. */
export const scatter_div = scatter(state.ScatterDiv, resources.ResourceScatterDiv, false);
/** The smaller of each row and its update: `ref[indices] = min(ref[indices], updates)`. */
export const scatter_min = scatter(state.ScatterMin, resources.ResourceScatterMin, false);
/** The larger of each row and its update: `ref[indices] = max(ref[indices], updates)`. */
export const scatter_max = scatter(state.ScatterMax, resources.ResourceScatterMax, false);

/** A public function over an op that changes what index vectors point at. */
function scatterNd(onRef: RefScatter, onResource: ResourceScatterNd | null, locking: boolean) {
  return fn(
    ['ref', 'indices', 'updates', 'use_locking', 'name'],
    (
      ref: Operand,
      indices: TensorLike,
      updates: TensorLike,
      use_locking: boolean = locking,
      name: Name = null,
    ): Assigned => {
      const at = integers(indices);
      if (!(ref instanceof ResourceVariable)) {
        return onRef({ ref, indices: at, updates }, { use_locking }, name);
      }
      if (!onResource) {
        throw new ValueError(`${ref} is a resource variable, and this op takes only references.`);
      }
      const points = toTensor(updates, ref.dtype);
      return ref._readAfter(
        onResource({ ref: ref.handle, indices: at, updates: points }, { use_locking }, name),
      );
    },
  );
}

type ResourceScatterNd = (
  inputs: { ref: Tensor; indices: TensorLike; updates: TensorLike },
  attrs: { use_locking?: boolean },
  name: Name,
) => Node;

/** Replaces the elements or slices of `ref` that the vectors of `indices` point at. */
export const scatter_nd_update = scatterNd(
  state.ScatterNdUpdate,
  resources.ResourceScatterNdUpdate,
  true,
);
/** Adds to the elements or slices of `ref` that the vectors of `indices` point at. */
export const scatter_nd_add = scatterNd(state.ScatterNdAdd, null, false);
/** Subtracts from the elements or slices of `ref` that the vectors of `indices` point at. */
export const scatter_nd_sub = scatterNd(state.ScatterNdSub, null, false);
