/** Ops that call functions of the graph: once, by a condition, or again and again. */

import type { DType } from '../core/dtype.ts';
import { op } from '../core/op.ts';
import type { Dims } from '../core/tensor.ts';

/** The shapes that an attribute tells, else unknown ones. */
const told = (types: readonly DType[], shapes: readonly Dims[] = []): readonly Dims[] =>
  types.map((_, i) => shapes[i] ?? null);

export const If = op('If', {
  inputs: ['cond: Tcond', 'input: Tin'],
  outputs: ['output: Tout'],
  attrs: [
    'Tcond: type',
    'Tin: list(type) >= 1',
    'Tout: list(type) >= 1',
    'then_branch: func',
    'else_branch: func',
  ],
  shape: (_, { Tout }) => told(Tout),
});

export const StatelessIf = op('StatelessIf', {
  inputs: ['cond: Tcond', 'input: Tin'],
  outputs: ['output: Tout'],
  attrs: [
    'Tcond: type',
    'Tin: list(type) >= 0',
    'Tout: list(type) >= 0',
    'then_branch: func',
    'else_branch: func',
    'output_shapes: list(shape) = []',
  ],
  shape: (_, { Tout, output_shapes }) => told(Tout, output_shapes),
});

const branches = {
  inputs: ['branch_index: int32', 'input: Tin'],
  outputs: ['output: Tout'],
  attrs: [
    'Tin: list(type) >= 0',
    'Tout: list(type) >= 0',
    'branches: list(func) >= 1',
    'output_shapes: list(shape) = []',
  ],
} as const;

export const Case = op('Case', {
  ...branches,
  shape: (_, { Tout, output_shapes }) => told(Tout, output_shapes),
  stateful: true,
});
export const StatelessCase = op('StatelessCase', {
  ...branches,
  shape: (_, { Tout, output_shapes }) => told(Tout, output_shapes),
});

export const While = op('While', {
  inputs: ['input: T'],
  outputs: ['output: T'],
  attrs: ['T: list(type) >= 0', 'cond: func', 'body: func'],
  shape: (_, { T }) => told(T),
  stateful: true,
});

export const StatelessWhile = op('StatelessWhile', {
  inputs: ['input: T'],
  outputs: ['output: T'],
  attrs: [
    'T: list(type) >= 0',
    'cond: func',
    'body: func',
    'output_shapes: list(shape) = []',
    'parallel_iterations: int = 10',
  ],
  shape: (_, { T, output_shapes }) => told(T, output_shapes),
});

export const For = op('For', {
  inputs: ['start: int32', 'limit: int32', 'delta: int32', 'input: T'],
  outputs: ['output: T'],
  attrs: ['T: list(type) >= 0', 'body: func'],
  shape: (_, { T }) => told(T),
});

export const PartitionedCall = op('PartitionedCall', {
  inputs: ['args: Tin'],
  outputs: ['output: Tout'],
  attrs: ['Tin: list(type) >= 0', 'Tout: list(type) >= 0', 'f: func'],
  shape: (_, { Tout }) => told(Tout),
});

export const StatefulPartitionedCall = op('StatefulPartitionedCall', {
  inputs: ['args: Tin'],
  outputs: ['output: Tout'],
  attrs: [
    'Tin: list(type) >= 0',
    'Tout: list(type) >= 0',
    'f: func',
    "config: string = ''",
    "config_proto: string = ''",
    "executor_type: string = ''",
  ],
  shape: (_, { Tout }) => told(Tout),
  stateful: true,
});

/** The gradient of function `f`, from its arguments and dL/d(its results): dL/d(each argument). */
export const SymbolicGradient = op('SymbolicGradient', {
  inputs: ['input: Tin'],
  outputs: ['output: Tout'],
  attrs: ['Tin: list(type) >= 1', 'Tout: list(type) >= 1', 'f: func'],
  shape: ({ input }, { Tout }) => Tout.map((_, i) => input[i]?.dims ?? null),
});
