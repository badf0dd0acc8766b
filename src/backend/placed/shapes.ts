/** Ops whose result is an input's numbers, once over or again and again, under another shape. */

import { sizeOf } from '../value.ts';
import {
  broadcast,
  concatenated,
  packed,
  padded,
  reordered,
  reversed,
  sliced,
  split,
  stridedSlice,
  stridedSliceGradient,
  tiled,
  unpacked,
} from './copies.ts';
import {
  type Described,
  type PlacedNode,
  placed,
  type Translation,
  takesEmpty,
} from './registry.ts';

const alias: Translation = { role: 'alias', input: 0 };

for (const type of [
  'ExpandDims',
  'Identity',
  'PlaceholderWithDefault',
  'PreventGradient',
  'Reshape',
  'Snapshot',
  'Squeeze',
  'StopGradient',
]) {
  placed(type, (node) => (isSame(node) ? alias : null));
}
// The shape of one number is empty.
takesEmpty('Reshape');

const isOne = (x: Described) => sizeOf(x.shape) === 1;
/** Whether output 0 has as many elements as input 0. What is not known of the other inputs might be an error. */
const isSame = ({ inputs, outputs }: PlacedNode) =>
  sizeOf(inputs[0]!.shape) === sizeOf(outputs[0]!.shape) &&
  inputs.slice(1).every(({ constant }) => constant !== undefined);

/** One number, everywhere: a loop that only writes. */
function filled(node: PlacedNode, input: number): Translation | null {
  if (!isOne(node.inputs[input]!)) return null;
  if (isOne(node.outputs[0]!)) return { role: 'alias', input };
  return { role: 'elementwise', node: { op: 'Identity' }, args: [input] };
}

placed('Fill', (node) => filled(node, 1));
for (const [type, repeated] of [
  ['Tile', tiled],
  ['BroadcastTo', broadcast],
] as const) {
  placed(type, (node) => (isSame(node) ? alias : (filled(node, 0) ?? repeated(node))));
}

/** Registers an op that copies its input, unless the result is just that. */
const copied = (type: string, copy: (node: PlacedNode) => Translation | null) =>
  placed(type, (node) => (isSame(node) ? alias : copy(node)));

copied('ConcatV2', concatenated);
copied('Pack', packed);
copied('Slice', sliced);
copied('Pad', padded);
placed('Concat', concatenated);
placed('Unpack', unpacked);
placed('Split', split);
placed('SplitV', split);
placed('StridedSlice', stridedSlice);
placed('StridedSliceGrad', stridedSliceGradient);
placed('ReverseV2', reversed);
placed('Transpose', (node) => (keepsOrder(node) ? alias : reordered(node)));

/** Whether the dimensions of more than one element keep their order. */
function keepsOrder({ inputs, outputs }: PlacedNode): boolean {
  const long = (x: Described) => x.shape.filter((size) => size > 1);
  const order = inputs[1]!.constant?.data as ArrayLike<number> | undefined;
  if (!order || long(inputs[0]!).length !== long(outputs[0]!).length) return false;
  const moved = Array.from(order).filter((axis) => inputs[0]!.shape[axis]! > 1);
  return moved.every((axis, i) => i === 0 || moved[i - 1]! < axis);
}
