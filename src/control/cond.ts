/** `tf.cond`: one of two branches, by a value that is known when the graph runs. */

import { registerConditional } from '../core/conditional.ts';
import { toTensor } from '../core/convert.ts';
import { ValueError, withHint } from '../core/errors.ts';
import { executing_eagerly, nameScope } from '../core/mode.ts';
import {
  assertSameStructure,
  flatten,
  isComposite,
  isNested,
  mapLeaves,
  packAs,
} from '../core/nest.ts';
import { fn } from '../core/signature.ts';
import type { Name, TensorLike } from '../core/tensor.ts';
import { GraphKeys } from '../graph/collections.ts';
import { Operation } from '../graph/operation.ts';
import type { SymbolicTensor } from '../graph/symbolic_tensor.ts';
import { with_dependencies } from '../ops/control_flow.ts';
import { identity } from '../ops/shape.ts';
import { CondContext } from './cond_context.ts';
import { graphOf, merged, switchOf } from './nodes.ts';
import type { Cond } from './results.ts';

/** What a branch built. */
interface Built {
  /** What its function returned. */
  readonly structure: unknown;
  /** The tensors of it. */
  readonly tensors: readonly SymbolicTensor[];
}

/**
 * What `true_fn` returns if the scalar `pred` is true when the graph runs, else what `false_fn`
 * returns; both must return the same nesting of tensors of the same types. Only the operations that
 * are created in the branch that is taken run; those created outside run in any case. A list of one
 * is unpacked unless `strict`. In eager mode, calls one of the functions. TypeError for a
 * plain boolean, and ValueError where the branches do not fit together.
 */
export const cond = fn(
  ['pred', 'true_fn', 'false_fn', 'strict', 'name', 'fn1', 'fn2'],
  (
    pred: TensorLike,
    true_fn: (() => unknown) | null = null,
    false_fn: (() => unknown) | null = null,
    strict: boolean = false,
    name: Name = null,
    fn1: (() => unknown) | null = null,
    fn2: (() => unknown) | null = null,
  ): unknown => {
    const whenTrue = branchOf(true_fn, fn1, 'true_fn', 'fn1');
    const whenFalse = branchOf(false_fn, fn2, 'false_fn', 'fn2');
    return executing_eagerly()
      ? eagerly(pred, whenTrue, whenFalse, strict)
      : nameScope(name, 'cond', () => build(pred, whenTrue, whenFalse, strict));
  },
) as Cond;

function branchOf(
  given: (() => unknown) | null,
  deprecated: (() => unknown) | null,
  name: string,
  oldName: string,
): () => unknown {
  if (deprecated !== null && given !== null) {
    throw new TypeError(`cond(): ${name} and ${oldName} may not be set simultaneously.`);
  }
  const branch = given ?? deprecated;
  if (branch === null) throw new TypeError(`cond(): ${name} argument required`);
  if (typeof branch !== 'function') throw new TypeError(`${name} must be callable.`);
  return branch;
}

function eagerly(
  pred: TensorLike,
  whenTrue: () => unknown,
  whenFalse: () => unknown,
  strict: boolean,
): unknown {
  const result = isTrue(pred) ? whenTrue() : whenFalse();
  return strict ? result : unpacked(result);
}

/** The truth of an eager value. */
export function isTrue(value: TensorLike | boolean): boolean {
  if (typeof value === 'boolean') return value;
  return Boolean(toTensor(value).constant!.data[0]);
}

function unpacked(result: unknown): unknown {
  return Array.isArray(result) && result.length === 1 ? result[0] : result;
}

function build(
  given: TensorLike,
  whenTrue: () => unknown,
  whenFalse: () => unknown,
  strict: boolean,
): unknown {
  if (typeof given === 'boolean') {
    throw new TypeError(
      withHint(
        'pred must not be a Python bool',
        'With a plain boolean, choose in JavaScript: `flag ? f() : g()`. A condition that runs takes a tensor.',
      ),
    );
  }
  const value = toTensor(given, null, 'pred') as SymbolicTensor;
  const graph = graphOf(value);
  const [no, yes] = switchOf(value, value);
  const pivots = [identity(yes, 'switch_t'), identity(no, 'switch_f')] as SymbolicTensor[];
  const pred = identity(value, 'pred_id') as SymbolicTensor;
  for (const { op } of [no, ...pivots, pred]) graph.prevent_fetching(op as Operation);
  const taken = buildBranch(new CondContext(pred, pivots[0]!, 1), whenTrue, 'true_fn');
  const otherwise = buildBranch(new CondContext(pred, pivots[1]!, 0), whenFalse, 'false_fn');
  return join(taken, otherwise, strict);
}

function buildBranch(context: CondContext, body: () => unknown, name: string): Built {
  const built = context.within(() => {
    const structure = body();
    if (structure === null || structure === undefined) {
      throw new ValueError(
        withHint(
          `${name} must have a return value.`,
          'An arrow function with braces needs a `return`.',
        ),
      );
    }
    const tensors = flatten(mapLeaves((leaf) => resultOf(context, leaf), structure));
    context.exitResult(tensors as SymbolicTensor[]);
    return { structure, tensors: tensors as SymbolicTensor[] };
  });
  if (context.outer === null) context.graph.add_to_collection(GraphKeys.COND_CONTEXT, context);
  return built;
}

/** A leaf of what a branch returns, as it leaves the branch. */
function resultOf(context: CondContext, leaf: unknown): unknown {
  if (leaf instanceof Operation) return with_dependencies([leaf], context.pivot);
  if (isComposite(leaf)) {
    const parts = leaf._components().map((part) => context.resultOf(part as SymbolicTensor));
    return leaf._withComponents(parts);
  }
  return context.resultOf(toTensor(leaf as TensorLike) as SymbolicTensor);
}

function join(taken: Built, otherwise: Built, strict: boolean): unknown {
  const structures = [taken, otherwise].map(({ structure }) =>
    strict ? structure : unpacked(structure),
  );
  checkStructures(structures[0], structures[1]);
  if (taken.tensors.length === 0) {
    throw new ValueError('true_fn and false_fn must return at least one result.');
  }
  taken.tensors.forEach((tensor, i) => {
    const other = otherwise.tensors[i]!;
    if (tensor.dtype.base_dtype === other.dtype.base_dtype) return;
    throw new ValueError(
      withHint(
        `Outputs of true_fn and false_fn must have the same type: ${tensor.dtype.name}, ${other.dtype.name}`,
        'A plain number is float32 here; tf.cast or tf.constant(value, dtype) makes the types alike.',
      ),
    );
  });
  const merges = taken.tensors.map((tensor, i) => merged([otherwise.tensors[i]!, tensor]));
  return packAs(isNested(structures[0]) ? structures[0] : leafOf(structures[0]), merges);
}

/** What stands for the place of one tensor. */
function leafOf(structure: unknown): unknown {
  return isComposite(structure) ? structure : null;
}

function checkStructures(taken: unknown, otherwise: unknown): void {
  try {
    assertSameStructure(taken, otherwise);
  } catch (error) {
    if (error instanceof TypeError) {
      throw new TypeError(`Incompatible return types of true_fn and false_fn: ${error.message}`);
    }
    if (error instanceof ValueError) {
      throw new ValueError(`Incompatible return values of true_fn and false_fn: ${error.message}`);
    }
    throw error;
  }
}

registerConditional((pred, whenTrue, whenFalse, name = null) =>
  cond(pred, whenTrue, whenFalse, false, name),
);
