/** The ops that conditionals are made of: one output of a switch has a value, and a merge takes what came. */

import { op } from '../core/op.ts';
import type { Dims, Static } from '../core/tensor.ts';

const both = (data: Static): [Dims, Dims] => [data.dims, data.dims];

/** Passes `data` to `output_true` or `output_false`, as `pred` says; the other output is dead. */
export const Switch = op('Switch', {
  inputs: ['data: T', 'pred: bool'],
  outputs: ['output_false: T', 'output_true: T'],
  attrs: ['T: type'],
  shape: ({ data }) => both(data),
  handle: ({ data }) => data.handleData,
  control: 'switch',
});

/** `Switch` for a reference. */
export const RefSwitch = op('RefSwitch', {
  inputs: ['data: Ref(T)', 'pred: bool'],
  outputs: ['output_false: Ref(T)', 'output_true: Ref(T)'],
  attrs: ['T: type'],
  shape: ({ data }) => both(data),
  control: 'switch',
});

/** The first of `inputs` that has a value, and which it was. */
export const Merge = op('Merge', {
  inputs: ['inputs: N * T'],
  outputs: ['output: T', 'value_index: int32'],
  attrs: ['T: type', 'N: int >= 1'],
  shape: ({ inputs }) => [common(inputs.map(({ dims }) => dims)), []],
  handle: ({ inputs }) => inputs[0]?.handleData,
  control: 'merge',
});

/** What all shapes agree on. */
function common(shapes: readonly Dims[]): Dims {
  const [first = null] = shapes;
  if (first === null || shapes.some((dims) => dims?.length !== first.length)) return null;
  return first.map((size, i) => (shapes.every((dims) => dims![i] === size) ? size : null));
}
