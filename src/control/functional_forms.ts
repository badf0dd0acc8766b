/** Conditions and loops over functions of the graph: one operation each. */

import { toTensor } from '../core/convert.ts';
import { int32 } from '../core/dtype.ts';
import { fn } from '../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../core/tensor.ts';
import * as nodes from '../ops/functional.ts';
import { integers } from '../ops/literals.ts';
import type { DefinedFunction } from './defun.ts';

const attrOf = (f: DefinedFunction): { readonly name: string } => ({ name: f._define().name });
const outputTypes = (f: DefinedFunction) =>
  f._define().outputs.map(({ dtype }) => dtype.base_dtype);

/** The results of `then_branch` or `else_branch` on `inputs`, whichever `cond` says: one operation. */
export const If = fn(
  ['cond', 'inputs', 'then_branch', 'else_branch', 'name'],
  (
    cond: TensorLike,
    inputs: readonly TensorLike[],
    then_branch: DefinedFunction,
    else_branch: DefinedFunction,
    name: Name = null,
  ): readonly Tensor[] =>
    nodes.If(
      { cond, input: inputs },
      {
        Tout: outputTypes(then_branch),
        then_branch: attrOf(then_branch),
        else_branch: attrOf(else_branch),
      },
      name,
    ),
);

/** Calls `body` on the values again and again, from `input_` on, while `cond` of them holds: one operation. */
export const While = fn(
  ['input_', 'cond', 'body', 'name', 'hostmem'],
  (
    input_: readonly TensorLike[],
    cond: DefinedFunction,
    body: DefinedFunction,
    name: Name = null,
    _hostmem: readonly number[] | null = null,
  ): readonly Tensor[] =>
    nodes.While({ input: input_ }, { cond: attrOf(cond), body: attrOf(body) }, name),
);

/** `for i in range(start, limit, delta)`: calls `body` on `i` and the values, from `inputs` on: one operation. */
export const For = fn(
  ['start', 'limit', 'delta', 'inputs', 'body', 'name', 'hostmem', 'rewrite_with_while'],
  (
    start: TensorLike,
    limit: TensorLike,
    delta: TensorLike,
    inputs: readonly TensorLike[],
    body: DefinedFunction,
    name: Name = null,
    _hostmem: readonly number[] | null = null,
    _rewrite_with_while: boolean | null = null,
  ): readonly Tensor[] => {
    const bounds = [start, limit, delta].map((bound) => toTensor(integers(bound), int32));
    const [from, to, by] = bounds as [Tensor, Tensor, Tensor];
    const args = { start: from, limit: to, delta: by, input: inputs };
    return nodes.For(args, { body: attrOf(body) }, name);
  },
);

/** The results of `f` on `args`: one operation. */
export const partitioned_call = fn(
  ['args', 'f', 'tout', 'executing_eagerly', 'config'],
  (
    args: readonly TensorLike[],
    f: DefinedFunction,
    tout: readonly ReturnType<typeof outputTypes>[number][] | null = null,
    _executing_eagerly: boolean | null = null,
    _config: string | null = null,
  ): readonly Tensor[] => {
    const { captured } = f._define();
    const inputs = [...args, ...captured];
    return nodes.PartitionedCall({ args: inputs }, { Tout: tout ?? outputTypes(f), f: attrOf(f) });
  },
);
