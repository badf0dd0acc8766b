/** Updates of large variables: one pass over the heap, in place. */

import type { UpdateRegion } from '../../compiler/updates.ts';
import { updateNames, updateRegion } from '../../compiler/updates.ts';
import { float32 } from '../../core/dtype.ts';
import type { Attrs, KernelContext, Value } from '../../core/kernels.ts';
import { HEAP_MINIMUM } from '../heap.ts';
import { sameShape } from '../host/numeric.ts';
import { rules } from '../host/optimizer_rules.ts';
import { type HeapKernel, heapKernel } from '../registry.ts';
import { VariableCell } from '../state.ts';
import type { BackendValue } from '../value.ts';
import { compileElementwise, placeScalars } from './elementwise.ts';

const isOnHeap = (value: Value | null): value is BackendValue =>
  value !== null && value.dtype === float32 && (value as BackendValue).buffer.heap !== null;
const address = (value: Value): number => (value.data as Float32Array).byteOffset;

/** Updates are made once for each optimizer and its options. */
const made = new Map<string, UpdateRegion>();

function updateOf(name: string, attrs: Attrs): UpdateRegion {
  const key = `${name} ${attrs.use_nesterov === true} ${attrs.update_slots !== false}`;
  const found = made.get(key) ?? updateRegion(name, attrs);
  made.set(key, found);
  return found;
}

/** The kernel for heap values; where it is for handles, it has no output. */
function heapUpdate(name: string, isResource: boolean): HeapKernel {
  const { slots, args } = rules[name]!;
  const gradientAt = slots.length + args.indexOf('grad');
  const scalars = args.flatMap((arg, i) => (arg === 'grad' ? [] : [slots.length + i]));
  const cellOf = (value: Value) => (value.handle instanceof VariableCell ? value.handle : null);
  return {
    when(inputs) {
      const gradient = inputs[gradientAt]!;
      if (!isOnHeap(gradient)) return false;
      return slots.every((_, i) => {
        const current = cellOf(inputs[i]!)?.value ?? null;
        return isOnHeap(current) && sameShape(current.shape, gradient.shape);
      });
    },
    run(_, inputs, attrs, context) {
      const { region, scalars: scalarsOf } = updateOf(name, attrs);
      const numbers = new Float64Array(region.inputs.length - slots.length - 1);
      scalarsOf(
        Float64Array.from(scalars, (i) => Number(inputs[i]!.data[0])),
        numbers,
      );
      update(region, numbers, inputs, context);
      return isResource ? [] : [context.view(inputs[0]!, inputs[0]!.shape)];
    },
  };

  function update(
    region: UpdateRegion['region'],
    numbers: Float64Array,
    inputs: readonly Value[],
    context: KernelContext,
  ): void {
    // Making them writable may allocate, so addresses are taken after that.
    const cells = slots.map((_, i) => context.cell(inputs[i]!).writable());
    const places = cells.map(address);
    const first = placeScalars(numbers);
    compileElementwise(region)!.run(
      ...places,
      address(inputs[gradientAt]!),
      ...Array.from(numbers, (_, i) => first + 4 * i),
      ...places,
      cells[0]!.size,
    );
  }
}

for (const name of updateNames) {
  heapKernel(`Apply${name}`, heapUpdate(name, false));
  heapKernel(`ResourceApply${name}`, heapUpdate(name, true));
}

/** Adds to a variable, or subtracts, in place. */
function heapChange(op: 'Add' | 'Sub', isResource: boolean): HeapKernel {
  const number = { type: 'float32', walks: '1' } as const;
  const region = {
    rank: 1,
    inputs: [number, number],
    nodes: [{ op, inputs: [0, 1] }],
    outputs: [2],
  };
  return {
    when([handle, delta]) {
      const { handle: cell } = handle!;
      const value = cell instanceof VariableCell ? cell.value : null;
      if (!isOnHeap(value) || !isOnHeap(delta!) || delta.size < HEAP_MINIMUM) return false;
      return sameShape(value.shape, delta.shape);
    },
    run(_, [handle, delta], _attrs, context) {
      const cell = context.cell(handle!);
      const variable = cell.writable();
      const at = address(variable);
      compileElementwise(region)!.run(at, address(delta!), at, variable.size);
      return isResource ? [] : [context.handle(handle!.dtype, cell)];
    },
  };
}
for (const [name, op] of [
  ['AssignAdd', 'Add'],
  ['AssignSub', 'Sub'],
] as const) {
  heapKernel(name, heapChange(op, false));
  heapKernel(`${name}VariableOp`, heapChange(op, true));
}
