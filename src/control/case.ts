/** `tf.case`: the first of several branches whose condition holds. */

import { pythonText } from '../core/call.ts';
import { bool, int32 } from '../core/dtype.ts';
import { withHint } from '../core/errors.ts';
import { controlDependencies, executing_eagerly, nameScope } from '../core/mode.ts';
import { fn, isPlainObject } from '../core/signature.ts';
import { type Name, type Node, Tensor } from '../core/tensor.ts';
import { cast } from '../ops/cast.ts';
import { Assert } from '../ops/checks.ts';
import { less_equal } from '../ops/compare.ts';
import { constant } from '../ops/constant.ts';
import { stack } from '../ops/join.ts';
import { reduce_sum } from '../ops/reduce.ts';
import { cond } from './cond.ts';
import type { Case, CaseOf } from './results.ts';

/**
 * What the function of the first pair returns whose condition is true when the graph runs, else what
 * `default` returns: pairs in a list, or a Map. Without `default`, InvalidArgumentError where no
 * condition holds; with `exclusive`, also where several do. The functions must return the same
 * nesting of tensors, as for `tf.cond`.
 */
export const case_ = fn(
  ['pred_fn_pairs', 'default', 'exclusive', 'strict', 'name'],
  (
    pred_fn_pairs: readonly Case[] | ReadonlyMap<Tensor, () => unknown>,
    default_: (() => unknown) | null = null,
    exclusive: boolean = false,
    strict: boolean = false,
    name: Name = 'case',
  ): unknown => {
    const pairs = pairsOf(pred_fn_pairs);
    if (default_ !== null && typeof default_ !== 'function') {
      throw new TypeError('default must be callable.');
    }
    return nameScope(name, 'case', () => {
      const [cases, otherwise] =
        default_ === null ? withoutDefault(pairs) : [pairs, default_ as () => unknown];
      const build = cases.reduceRight<() => unknown>(
        (rest, [pred, action]) =>
          () =>
            cond(pred, action, rest, strict),
        otherwise,
      );
      if (!exclusive) return build();
      const preds = cases.map(([pred]) => pred);
      const check = atMost(preds, 1, 'Input error: exclusive=True');
      return controlDependencies([check], build);
    });
  },
  { name: 'case' },
) as CaseOf;

function pairsOf(given: unknown): readonly Case[] {
  if (!Array.isArray(given) && !(given instanceof Map)) {
    throw new TypeError(
      withHint(
        'fns must be a list, tuple, or dict',
        isPlainObject(given) ? 'The keys are tensors: use a Map, or a list of pairs.' : '',
      ),
    );
  }
  const pairs: unknown[] = given instanceof Map ? byName(given) : given;
  for (const pair of pairs) {
    if (!Array.isArray(pair) || pair.length !== 2) {
      throw new TypeError('Each entry in pred_fn_pairs must be a 2-tuple');
    }
    const [pred, action] = pair as unknown[];
    if (!(pred instanceof Tensor)) {
      throw new TypeError(`pred must be a Tensor, got: ${pythonText(pred)}`);
    }
    if (pred.dtype.base_dtype !== bool) {
      throw new TypeError(`pred must be Tensor of type bool: ${pred.name}`);
    }
    if (typeof action !== 'function') {
      throw new TypeError(`fn for pred ${pred.name} must be callable.`);
    }
  }
  return pairs as readonly Case[];
}

/** A dictionary has no order of its own: its cases go by name, or eagerly as they were added. */
function byName(map: ReadonlyMap<unknown, unknown>): unknown[] {
  if (executing_eagerly()) return [...map];
  const nameOf = (key: unknown): string => (key instanceof Tensor ? key.name : String(key));
  return [...map].sort(([a], [b]) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

/** The last case stands for the default, and checks that its condition holds. */
function withoutDefault(pairs: readonly Case[]): readonly [readonly Case[], () => unknown] {
  const others = pairs.slice(0, -1);
  const [pred, action] = pairs.at(-1)!;
  const otherwise = (): unknown => {
    const message = `Implementation error: selected default action #${others.length} was called, but some of other predicates are True: `;
    const none = stack(
      pairs.map(([each]) => each),
      0,
      'preds_c',
    );
    const checks = [
      atMost(
        others.map(([each]) => each),
        0,
        message,
      ),
      Assert(pred, ['Input error: None of conditions evaluated as True:', none]),
    ];
    return controlDependencies(checks, action);
  };
  return [others, otherwise];
}

/** Fails where more than `n` of the conditions hold. */
function atMost(preds: readonly Tensor[], n: number, message: string): Node {
  const all = stack(preds, 0, 'preds_c');
  const count = reduce_sum(cast(all, int32), { name: 'num_true_conds' });
  const isRight = less_equal(count, constant(n, int32, { name: 'n_true_conds' }));
  const names = preds.map((pred) => (executing_eagerly() ? '?' : pred.name)).join(', ');
  const text = `${message}: more than ${n} conditions (${names}) evaluated as True:`;
  return Assert(isRight, [text, all], preds.length);
}
