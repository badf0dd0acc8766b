/** Variables, rewritten where they are: assignments and the optimizers' updates. */

import { type UpdateRegion, updateNames, updateRegion } from '../../compiler/updates.ts';
import { float32, type TypedArray } from '../../core/dtype.ts';
import type { Attrs } from '../../core/kernels.ts';
import type { Heap } from '../heap.ts';
import { type Rule, rules } from '../host/optimizer_rules.ts';
import { compileElementwise, placeScalars } from '../wasm/elementwise.ts';
import { argumentRoom, invoke } from '../wasm/invoke.ts';
import { type Command, type Place, type PlacedNode, placed, type Translation } from './registry.ts';

for (const type of ['VariableV2', 'Variable', 'VarHandleOp']) {
  placed(type, () => ({ role: 'variable' }));
}
placed('ReadVariableOp', ({ attrs, inputs }) =>
  inputs[0]!.dtype === attrs.dtype ? { role: 'read' } : null,
);

const areFloats = ({ inputs }: PlacedNode) => inputs.every(({ dtype }) => dtype === float32);
const haveShape = ({ inputs }: PlacedNode, indices: readonly number[]) =>
  indices.every((i) => inputs[i]!.shape.join() === inputs[0]!.shape.join());

/** A new value for the variable at input 0: a loop of `op` over it and input 1. */
function assignment(node: PlacedNode, op: 'Identity' | 'Add' | 'Sub'): Translation | null {
  if (!areFloats(node) || !haveShape(node, [1])) return null;
  return {
    role: 'call',
    reads: [1],
    writes: [0],
    emit: ([variable, value]) => assign(op, variable!, value!),
  };
}

function assign(op: 'Identity' | 'Add' | 'Sub', variable: Place, value: Place): Command {
  const number = { type: 'float32', walks: '1' } as const;
  const inputs = op === 'Identity' ? [1] : [0, 1];
  const { run } = compileElementwise({
    rank: 1,
    inputs: [number, number],
    nodes: [{ op, inputs }],
    outputs: [2],
  })!;
  const { size, home } = variable;
  const from = value.home;
  return () => run(home.at, from.at, home.at, size);
}

for (const [type, op] of [
  ['Assign', 'Identity'],
  ['AssignVariableOp', 'Identity'],
  ['AssignAdd', 'Add'],
  ['AssignAddVariableOp', 'Add'],
  ['AssignSub', 'Sub'],
  ['AssignSubVariableOp', 'Sub'],
] as const) {
  placed(type, (node) => assignment(node, op));
}

/** The update of a variable and its slots by the rule that the op's kernel has. */
function update(name: string, rule: Rule, node: PlacedNode): Translation | null {
  const names = [...rule.slots, ...rule.args];
  const slots = rule.slots.map((_, i) => i);
  const gradient = names.indexOf('grad');
  if (!areFloats(node) || !haveShape(node, [...slots, gradient])) return null;
  const scalars = names.map((_, i) => i).filter((i) => i >= slots.length && i !== gradient);
  return {
    role: 'call',
    reads: [...scalars, gradient],
    writes: slots,
    emit(inputs, _outputs, heap) {
      const numbers = scalars.map((i) => inputs[i]!);
      const arrays = [...slots, gradient].map((i) => inputs[i]!);
      return updateNames.includes(name)
        ? updateByRegion(updateRegion(name, node.attrs), arrays, numbers, heap)
        : updateByRule(rule, arrays, numbers, node.attrs, heap);
    },
  };
}

/** One generated pass over the variable, its slots and the gradient, which comes last. */
function updateByRegion(
  { region, scalars: scalarsOf }: UpdateRegion,
  arrays: readonly Place[],
  scalars: readonly Place[],
  heap: Heap,
): Command {
  const { run } = compileElementwise(region)!;
  const given = new Float64Array(scalars.length);
  const homes = arrays.map(({ home }) => home);
  const slots = homes.length - 1;
  const { size } = arrays[0]!;
  const count = region.inputs.length - homes.length;
  const prepared = new Float64Array(count);
  const call = argumentRoom(homes.length + count + slots + 1);
  call[homes.length + count + slots] = size;
  return () => {
    const { numbers } = heap;
    for (let i = 0; i < given.length; i++) given[i] = numbers[scalars[i]!.home.at / 4]!;
    scalarsOf(given, prepared);
    const first = placeScalars(prepared);
    for (let i = 0; i < homes.length; i++) call[i] = homes[i]!.at;
    for (let i = 0; i < count; i++) call[homes.length + i] = first + 4 * i;
    for (let i = 0; i < slots; i++) call[homes.length + count + i] = homes[i]!.at;
    invoke(run, call);
  };
}

/** The update by the loop that the op's kernel runs. */
function updateByRule(
  rule: Rule,
  places: readonly Place[],
  scalars: readonly Place[],
  attrs: Attrs,
  heap: Heap,
): Command {
  const slots = places.slice(0, -1);
  const gradient = places.at(-1)!;
  const { size } = gradient;
  const numbers = scalars.map(() => 0);
  const arrays: TypedArray[] = slots.map(() => heap.numbers);
  return () => {
    const all = heap.numbers;
    for (let i = 0; i < scalars.length; i++) numbers[i] = all[scalars[i]!.home.at / 4]!;
    for (let i = 0; i < slots.length; i++) {
      const at = slots[i]!.home.at;
      if (arrays[i]!.byteOffset !== at || arrays[i]!.buffer !== all.buffer) {
        arrays[i] = new Float32Array(all.buffer, at, size);
      }
    }
    rule.update(arrays, 0, all, gradient.home.at / 4, size, numbers, attrs);
  };
}

for (const [name, rule] of Object.entries(rules)) {
  placed(`Apply${name}`, (node) => update(name, rule, node));
  placed(`ResourceApply${name}`, (node) => update(name, rule, node));
}
