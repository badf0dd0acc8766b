/**
 * The nodes that conditions and loops are made of, as TF1's graphs have them. A switch sends a value
 * to one of two outputs and leaves the other dead; a merge takes whichever input came. A loop is a
 * frame: values enter it, circulate by NextIteration, and exit. The planner runs them, no kernel does.
 */

import { type Dim, withRank } from '../core/dims.ts';
import { op } from '../core/op.ts';
import type { Dims, Static } from '../core/tensor.ts';

/** Both outputs of a switch have the shape of its data; the predicate is a scalar. */
function both(data: Static, pred: Static): [Dims, Dims] {
  withRank(pred.dims, 0);
  return [data.dims, data.dims];
}

/** Passes `data` to `output_true` or `output_false`, as `pred` says; the other output is dead. */
export const Switch = op('Switch', {
  inputs: ['data: T', 'pred: bool'],
  outputs: ['output_false: T', 'output_true: T'],
  attrs: ['T: type'],
  shape: ({ data, pred }) => both(data, pred),
  known: ({ data }) => data.known,
  constant: ({ data }) => data.constant,
  handle: ({ data }) => data.handleData,
  control: 'switch',
  passesSlices: true,
});

/** `Switch` for a reference. */
export const RefSwitch = op('RefSwitch', {
  inputs: ['data: Ref(T)', 'pred: bool'],
  outputs: ['output_false: Ref(T)', 'output_true: Ref(T)'],
  attrs: ['T: type'],
  shape: ({ data, pred }) => both(data, pred),
  control: 'switch',
  passesSlices: true,
});

/** The first of `inputs` that has a value, and which it was. */
export const Merge = op('Merge', {
  inputs: ['inputs: N * T'],
  outputs: ['output: T', 'value_index: int32'],
  attrs: ['T: type', 'N: int >= 1'],
  shape: ({ inputs }) => [common(inputs), []],
  handle: ({ inputs }) => inputs[0]?.handleData,
  control: 'merge',
  passesSlices: true,
});

/** `Merge` for references. */
export const RefMerge = op('RefMerge', {
  inputs: ['inputs: Ref(N * T)'],
  outputs: ['output: Ref(T)', 'value_index: int32'],
  attrs: ['T: type', 'N: int >= 1'],
  shape: ({ inputs }) => [common(inputs), []],
  control: 'merge',
  passesSlices: true,
});

/** What the shapes of all inputs agree on. */
function common(inputs: readonly Static[]): Dims {
  const [first = null, ...others] = inputs.map(({ dims }) => dims);
  let merged: Dim[] | null = first === null ? null : [...first];
  for (const dims of others) {
    if (merged === null || dims?.length !== merged.length) merged = null;
    else merged = merged.map((size, i) => (dims[i] === size ? size : null));
  }
  return merged;
}

const FRAME = [
  'T: type',
  'frame_name: string',
  'is_constant: bool = false',
  'parallel_iterations: int = 10',
] as const;

/** Makes `data` available in the frame `frame_name`: in its first iteration, or in all if `is_constant`. */
export const Enter = op('Enter', {
  inputs: ['data: T'],
  outputs: ['output: T'],
  attrs: FRAME,
  shape: ({ data }, { is_constant }) => (is_constant ? data.dims : null),
  known: ({ data }, { is_constant }) => (is_constant ? data.known : undefined),
  constant: ({ data }, { is_constant }) => (is_constant ? data.constant : undefined),
  handle: ({ data }) => data.handleData,
  control: 'enter',
  passesSlices: true,
});

/** `Enter` for a reference. */
export const RefEnter = op('RefEnter', {
  inputs: ['data: Ref(T)'],
  outputs: ['output: Ref(T)'],
  attrs: FRAME,
  shape: ({ data }) => data.dims,
  control: 'enter',
  passesSlices: true,
});

/** Makes `data` available in the frame around its own. */
export const Exit = op('Exit', {
  inputs: ['data: T'],
  outputs: ['output: T'],
  attrs: ['T: type'],
  shape: ({ data }) => data.dims,
  handle: ({ data }) => data.handleData,
  control: 'exit',
  passesSlices: true,
});

/** `Exit` for a reference. */
export const RefExit = op('RefExit', {
  inputs: ['data: Ref(T)'],
  outputs: ['output: Ref(T)'],
  attrs: ['T: type'],
  shape: ({ data }) => data.dims,
  control: 'exit',
  passesSlices: true,
});

/** Makes `data` available in the next iteration. */
export const NextIteration = op('NextIteration', {
  inputs: ['data: T'],
  outputs: ['output: T'],
  attrs: ['T: type'],
  shape: ({ data }) => data.dims,
  handle: ({ data }) => data.handleData,
  control: 'next',
  passesSlices: true,
});

/** `NextIteration` for a reference. */
export const RefNextIteration = op('RefNextIteration', {
  inputs: ['data: Ref(T)'],
  outputs: ['output: Ref(T)'],
  attrs: ['T: type'],
  shape: ({ data }) => data.dims,
  control: 'next',
  passesSlices: true,
});

/** Whether a loop goes on. */
export const LoopCond = op('LoopCond', {
  inputs: ['input: bool'],
  outputs: ['output: bool'],
  attrs: [],
  shape: ({ input }) => withRank(input.dims, 0),
  control: 'condition',
}).gradient(null);

/** Does nothing, once all its control inputs are done or dead. */
export const ControlTrigger = op('ControlTrigger', {
  inputs: [],
  outputs: [],
  attrs: [],
  control: 'trigger',
}).gradient(null);
