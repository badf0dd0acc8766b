/** Stacks that live as long as a run: a loop pushes what its gradient will pop. */

import { op } from '../core/op.ts';

const attrs = ['elem_type: type', "stack_name: string = ''"] as const;

export const Stack = op('Stack', {
  inputs: [],
  outputs: ['handle: Ref(string)'],
  attrs,
  shape: () => [2],
  stateful: true,
}).gradient(null);

export const StackV2 = op('StackV2', {
  inputs: ['max_size: int32'],
  outputs: ['handle: resource'],
  attrs,
  shape: () => [2],
  stateful: true,
}).gradient(null);

export const StackPush = op('StackPush', {
  inputs: ['handle: Ref(string)', 'elem: T'],
  outputs: ['output: T'],
  attrs: ['T: type', 'swap_memory: bool = false'],
  shape: ({ elem }) => elem.dims,
  keeps: 'push',
}).gradient(null);

export const StackPushV2 = op('StackPushV2', {
  inputs: ['handle: resource', 'elem: T'],
  outputs: ['output: T'],
  attrs: ['T: type', 'swap_memory: bool = false'],
  shape: ({ elem }) => elem.dims,
  stateful: true,
  keeps: 'push',
}).gradient(null);

export const StackPop = op('StackPop', {
  inputs: ['handle: Ref(string)'],
  outputs: ['elem: elem_type'],
  attrs: ['elem_type: type'],
  keeps: 'pop',
}).gradient(null);

export const StackPopV2 = op('StackPopV2', {
  inputs: ['handle: resource'],
  outputs: ['elem: elem_type'],
  attrs: ['elem_type: type'],
  stateful: true,
  keeps: 'pop',
}).gradient(null);

export const StackClose = op('StackClose', {
  inputs: ['handle: Ref(string)'],
  outputs: [],
  attrs: [],
}).gradient(null);

export const StackCloseV2 = op('StackCloseV2', {
  inputs: ['handle: resource'],
  outputs: [],
  attrs: [],
  stateful: true,
}).gradient(null);
