/** What is said where a checkpoint has no tensor of a name: which names it has that are like it. */

import { NotFoundError, withHint } from '../../core/errors.ts';
import { nearest } from '../../core/nearest.ts';

const SHOWN = 3;

/** The error of a key that a bundle does not have. */
export function keyNotFound(key: string, names: readonly string[]): NotFoundError {
  return new NotFoundError(
    null,
    null,
    withHint(`Key ${key} not found in checkpoint`, nearestNames(key, names)),
  );
}

/** A sentence that names the tensors of a checkpoint that are most like `key`. */
export function nearestNames(key: string, names: readonly string[]): string {
  if (names.length === 0) return 'The checkpoint is empty.';
  const found = [...new Set([...closest(key, names), ...sameEnding(key, names)])].slice(0, SHOWN);
  const quoted = (list: readonly string[]) => list.map((name) => `'${name}'`).join(', ');
  if (found.length > 0) return `The nearest keys in the checkpoint are ${quoted(found)}.`;
  const more = names.length > SHOWN ? `, and ${names.length - SHOWN} more` : '';
  return `The checkpoint has ${quoted(names.slice(0, SHOWN))}${more}.`;
}

function closest(key: string, names: readonly string[]): string[] {
  const found: string[] = [];
  const rest = new Set(names);
  for (let i = 0; i < SHOWN; i++) {
    const next = nearest(key, rest);
    if (next === undefined) break;
    found.push(next);
    rest.delete(next);
  }
  return found;
}

/** Names with the same last parts: `w` in another scope. */
function sameEnding(key: string, names: readonly string[]): string[] {
  const last = key.split('/').at(-1)!;
  return names.filter((name) => name.split('/').at(-1) === last);
}
