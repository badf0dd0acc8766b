/** Names and collections of summaries. */

import { executing_eagerly, nameScope } from '../core/mode.ts';
import type { Tensor } from '../core/tensor.ts';
import { add_to_collection } from '../graph/scopes.ts';
import { info } from '../platform/logging.ts';

const INVALID = /[^-/\p{L}\p{N}_.]/gu;

/** Summaries' names by TensorBoard's rules: other characters become `_`, which is logged. */
export function cleanTag<N extends string | null>(name: N): N | string {
  if (name === null) return name;
  const cleaned = name.replace(INVALID, '_').replace(/^\/+/, '');
  if (cleaned !== name) info('Summary name %s is illegal; using %s instead.', name, cleaned);
  return cleaned;
}

/** Runs `body` with the tag of a summary and the scope that is the name of its operation. */
export function summaryScope<R>(
  name: string,
  family: string | null,
  defaultName: string,
  body: (tag: string, scope: string) => R,
): R {
  const label = cleanTag(name);
  const group = cleanTag(family);
  const base = group === null ? label : `${group}/${label}`;
  return nameScope(base, defaultName, (scope) => {
    const path = scope.replace(/\/$/, '');
    // The family comes first again, for TensorBoard sorts tags by what is ahead of the first slash.
    return body(group === null ? path : `${group}/${path}`, scope);
  });
}

/** Adds a summary to `collections`, or to those it usually goes to. */
export function collect(
  summary: Tensor,
  collections: readonly string[] | null,
  usual: readonly string[],
): void {
  if (executing_eagerly()) return;
  for (const key of collections ?? usual) add_to_collection(key, summary);
}
