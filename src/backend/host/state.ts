/**
 * Variables: making them, reading them, and changing all of their value. A reference and a resource
 * handle are the same here, a value that points to the variable's cell; they differ in what an
 * uninitialized variable says, and in whether the op gives the reference back.
 */

import { isFullyDefined } from '../../core/dims.ts';
import type { DType } from '../../core/dtype.ts';
import { bool, float32, kernelName, resource } from '../../core/dtype.ts';
import { OutOfRangeError } from '../../core/errors.ts';
import type { Cell, Kernel, KernelContext, Value } from '../../core/kernels.ts';
import type { Dims } from '../../core/tensor.ts';
import { kernel, kernelOf } from '../registry.ts';
import { uninitialized } from '../state.ts';
import { invalid, numbers, shapeText } from './box.ts';
import { sameShape } from './numeric.ts';

// ---- making ------------------------------------------------------------------------------------

const variable: Kernel = (_, attrs, context) => {
  const dtype = attrs.dtype as DType;
  const name = (attrs.shared_name as string) || context.nodeName;
  const cell = context.variable(attrs.container as string, name, dtype, attrs.shape as Dims);
  return context.handle(dtype._as_ref, cell);
};
kernel('VariableV2', variable);
kernel('Variable', (inputs, attrs, context) =>
  variable(
    inputs,
    (attrs.shape as Dims)?.length === 0 ? { ...attrs, shape: null } : attrs,
    context,
  ),
);

kernel('VarHandleOp', (_, attrs, context) => {
  const name = (attrs.shared_name as string) || context.nodeName;
  const dims = attrs.shape as Dims;
  const cell = context.variable(attrs.container as string, name, attrs.dtype as DType, dims);
  return context.handle(resource, cell);
});

kernel('TemporaryVariable', (_, attrs, context) => {
  const dtype = attrs.dtype as DType;
  const name = (attrs.var_name as string) || context.nodeName;
  const dims = attrs.shape as Dims;
  const cell = context.variable('temporary', name, dtype, dims);
  cell.adopt(context.zeros(dtype, isFullyDefined(dims) ? dims : []));
  return context.handle(dtype._as_ref, cell);
});

kernel('DestroyTemporaryVariable', ([ref], _attrs, context) => {
  const cell = context.cell(ref!);
  const value = refValueOf(cell);
  const result = context.view(value, value.shape);
  cell.clear();
  return result;
});

kernel('DestroyResourceOp', ([handle], _attrs, context) => {
  context.cell(handle!).clear();
  return null;
});

// ---- reading -----------------------------------------------------------------------------------

/** The value of a variable. FailedPreconditionError where it has none yet. */
export function refValueOf(cell: Cell): Value {
  if (cell.value) return cell.value;
  throw uninitialized(`Attempting to use uninitialized value ${cell.name}`);
}

/** The value behind a resource handle. FailedPreconditionError where it has none yet. */
export function resourceValueOf(cell: Cell): Value {
  if (cell.value) return cell.value;
  const why = `Not found: Container localhost does not exist. (Could not find resource: localhost/${cell.name})`;
  throw uninitialized(
    `Error while reading resource variable ${cell.name} from Container: localhost. This could mean that the variable was uninitialized. ${why}`,
  );
}

const isInitialized: Kernel = ([handle], _attrs, context) =>
  numbers(context, bool, [context.cell(handle!).value === null ? 0 : 1], []);
kernel('IsVariableInitialized', isInitialized);
kernel('VarIsInitializedOp', isInitialized);

kernel('RefIdentity', ([ref], _attrs, context) => context.handle(ref!.dtype, context.cell(ref!)));

kernel('ReadVariableOp', ([handle], attrs, context) => {
  const cell = context.cell(handle!);
  const value = resourceValueOf(cell);
  const dtype = attrs.dtype as DType;
  if (value.dtype !== dtype) {
    invalid(
      `Trying to read variable with wrong dtype. Expected ${kernelName(dtype)} got ${kernelName(value.dtype)}`,
    );
  }
  return context.view(value, value.shape);
});

kernel('VariableShape', ([handle], attrs, context) => {
  const { shape } = resourceValueOf(context.cell(handle!));
  return numbers(context, attrs.out_type as DType, shape);
});

// ---- replacing the value -----------------------------------------------------------------------

/** The reference that an op on a reference gives back. */
function sameReference(context: KernelContext, ref: Value, cell: Cell): Value {
  return context.handle(ref.dtype, cell);
}

kernel('Assign', ([ref, value], attrs, context) => {
  const cell = context.cell(ref!);
  if (attrs.validate_shape) {
    const declared = isFullyDefined(cell.dims) ? cell.dims : null;
    const old = cell.value?.shape ?? declared;
    if (old !== null && !sameShape(old, value!.shape)) {
      invalid(
        `Assign requires shapes of both tensors to match. lhs shape= ${shapeText(old)} rhs shape= ${shapeText(value!.shape)}`,
      );
    }
  }
  cell.set(value!);
  return sameReference(context, ref!, cell);
});

kernel('AssignVariableOp', ([handle, value], _attrs, context) => {
  const cell = context.cell(handle!);
  if (cell.dtype !== value!.dtype) {
    invalid(
      `Trying to assign variable with wrong dtype. Expected ${kernelName(cell.dtype)} got ${kernelName(value!.dtype)}`,
    );
  }
  cell.set(value!);
  return null;
});

type Sign = 1 | -1;

/** Adds `sign * delta` to a variable: in place for float32, else by the kernel of the operator. */
function update(context: KernelContext, cell: Cell, delta: Value, sign: Sign, label: string): void {
  const old = cell.value!;
  if (!sameShape(old.shape, delta.shape)) {
    invalid(label.replace('%', shapeText(old.shape)).replace('%', shapeText(delta.shape)));
  }
  if (old.dtype !== float32) {
    const combine = kernelOf(sign > 0 ? 'Add' : 'Sub')!;
    cell.adopt(combine([old, delta], { T: old.dtype }, context) as Value);
    return;
  }
  const target = cell.writable().data as Float32Array;
  const source = delta.data as Float32Array;
  if (sign > 0) for (let i = 0; i < target.length; i++) target[i]! += source[i]!;
  else for (let i = 0; i < target.length; i++) target[i]! -= source[i]!;
}

const REF_SHAPES = 'Assign requires shapes of both tensors to match. lhs shape= % rhs shape= %';
const RESOURCE_SHAPES =
  'Cannot update variable with shape % using a Tensor with shape %, shapes must be equal.';

for (const [type, sign] of [
  ['AssignAdd', 1],
  ['AssignSub', -1],
] as const) {
  kernel(type, ([ref, delta], _attrs, context) => {
    const cell = context.cell(ref!);
    refValueOf(cell);
    update(context, cell, delta!, sign, REF_SHAPES);
    return sameReference(context, ref!, cell);
  });
  kernel(`${type}VariableOp`, ([handle, delta], _attrs, context) => {
    const cell = context.cell(handle!);
    resourceValueOf(cell);
    update(context, cell, delta!, sign, RESOURCE_SHAPES);
    return null;
  });
}

const countUpTo =
  (read: (cell: Cell) => Value): Kernel =>
  ([handle], attrs, context) => {
    const cell = context.cell(handle!);
    const value = read(cell);
    const count = value.data[0] as number;
    const limit = attrs.limit as number;
    if (value.shape.length > 0)
      invalid(`CountUpTo: Input tensor must be a scalar, not ${shapeText(value.shape)}`);
    if (count >= limit) throw new OutOfRangeError(null, null, `Reached limit of ${limit}`);
    (cell.writable().data as Int32Array)[0] = count + 1;
    return numbers(context, value.dtype, [count], []);
  };
kernel('CountUpTo', countUpTo(refValueOf));
kernel('ResourceCountUpTo', countUpTo(resourceValueOf));

// ---- rows --------------------------------------------------------------------------------------

kernel('ResourceGather', ([handle, indices], attrs, context) => {
  const value = resourceValueOf(context.cell(handle!));
  return kernelOf('Gather')!([value, indices!], attrs, context);
});
