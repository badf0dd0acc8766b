/**
 * Nested structures, as TF1's `nest`: lists, namedtuples and dictionaries of anything, in any depth.
 * Dictionaries are read in order of their keys. What is made of several tensors (IndexedSlices,
 * SparseTensor, TensorArray) is taken apart and put together again.
 */

import { ValueError } from './errors.ts';
import { isPlainObject } from './signature.ts';
import type { Tensor } from './tensor.ts';

/** What is made of tensors and travels as them. */
export interface Composite {
  _components(): readonly Tensor[];
  _withComponents(components: readonly Tensor[]): unknown;
}

type Made = new (...members: unknown[]) => unknown[];

/** Whether `value` is made of tensors and travels as them. */
export function isComposite(value: unknown): value is Composite {
  return typeof value === 'object' && value !== null && '_components' in value;
}

/** Whether `value` is a list, a namedtuple or a dictionary. */
export function isNested(value: unknown): boolean {
  return Array.isArray(value) || isPlainObject(value);
}

/** The members of one level, dictionaries in order of their keys. */
function membersOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  const object = value as Record<string, unknown>;
  return keysOf(object).map((key) => object[key]);
}

function keysOf(value: object): string[] {
  return Object.keys(value).sort();
}

/** The fields of a namedtuple's class; `null` for a plain list. */
function fieldsOf(value: readonly unknown[]): readonly string[] | null {
  return (value.constructor as { _fields?: readonly string[] })._fields ?? null;
}

/** One level like `value`, of other members. */
function remade(value: unknown, members: readonly unknown[]): unknown {
  if (!Array.isArray(value)) {
    const object = value as Record<string, unknown>;
    const made = new Map(keysOf(object).map((key, i) => [key, members[i]]));
    return Object.fromEntries(Object.keys(object).map((key) => [key, made.get(key)]));
  }
  const type = value.constructor as Made;
  return fieldsOf(value) ? new type(...members) : [...members];
}

/** The leaves of `structure`, composites as their tensors. */
export function flatten(structure: unknown): unknown[] {
  if (isNested(structure)) return membersOf(structure).flatMap(flatten);
  return isComposite(structure) ? [...structure._components()] : [structure];
}

/** The leaves of `structure`, composites whole. */
export function leavesOf(structure: unknown): unknown[] {
  return isNested(structure) ? membersOf(structure).flatMap(leavesOf) : [structure];
}

/** A structure like `structure` with other leaves. ValueError where their number differs. */
export function packAs(structure: unknown, flat: readonly unknown[]): unknown {
  let at = 0;
  const pack = (part: unknown): unknown => {
    if (isNested(part)) return remade(part, membersOf(part).map(pack));
    if (!isComposite(part)) return flat[at++];
    const count = part._components().length;
    at += count;
    return part._withComponents(flat.slice(at - count, at) as Tensor[]);
  };
  const expected = flatten(structure).length;
  if (expected !== flat.length) {
    throw new ValueError(
      `Could not pack sequence. Structure had ${expected} elements, but flat_sequence had ${flat.length} elements.  Structure: ${show(structure)}`,
    );
  }
  return pack(structure);
}

/** A structure like `structure` with `f` of each leaf, composites whole. */
export function mapLeaves(f: (leaf: unknown) => unknown, structure: unknown): unknown {
  if (!isNested(structure)) return f(structure);
  const members = membersOf(structure).map((member) => mapLeaves(f, member));
  return remade(structure, members);
}

/** ValueError or TypeError where two structures are not nested alike. */
export function assertSameStructure(first: unknown, second: unknown): void {
  const [a, b] = [flatten(first).length, flatten(second).length];
  if (isNested(first) && isNested(second) && a !== b) {
    throw new ValueError(
      `The two structures don't have the same number of elements.\n\nFirst structure (${a} elements): ${show(first)}\n\nSecond structure (${b} elements): ${show(second)}`,
    );
  }
  compare(first, second, first, second);
}

function compare(a: unknown, b: unknown, first: unknown, second: unknown): void {
  const whole = `The two structures don't have the same nested structure.\n\nFirst structure: ${show(first)}\n\nSecond structure: ${show(second)}`;
  if (isNested(a) !== isNested(b)) {
    const [sequence, other] = isNested(a) ? [a, b] : [b, a];
    throw new ValueError(
      `${whole}\n\nMore specifically: Substructure "${show(sequence)}" is a sequence, while substructure "${show(other)}" is not`,
    );
  }
  if (!isNested(a)) {
    if (isComposite(a) !== isComposite(b)) throw new TypeError(whole);
    return;
  }
  const [left, right] = [membersOf(a), membersOf(b)];
  if (kindOf(a) !== kindOf(b)) {
    throw new TypeError(
      `The two structures don't have the same sequence type. First structure has type ${kindOf(a)}, while second structure has type ${kindOf(b)}.`,
    );
  }
  if (isPlainObject(a) && keysOf(a).join() !== keysOf(b as object).join()) {
    throw new ValueError(
      `The two dictionaries don't have the same set of keys. First structure has keys ${show(keysOf(a))}, while second structure has keys ${show(keysOf(b as object))}.`,
    );
  }
  if (left.length !== right.length) throw new ValueError(whole);
  left.forEach((member, i) => {
    compare(member, right[i], first, second);
  });
}

function kindOf(value: unknown): string {
  if (!Array.isArray(value)) return 'dict';
  return fieldsOf(value) ? value.constructor.name : 'list';
}

/** A structure as Python prints it. */
function show(value: unknown): string {
  if (Array.isArray(value)) {
    const fields = fieldsOf(value);
    if (!fields) return `[${value.map(show).join(', ')}]`;
    return `${value.constructor.name}(${fields.map((f, i) => `${f}=${show(value[i])}`).join(', ')})`;
  }
  if (isPlainObject(value)) {
    return `{${keysOf(value)
      .map((key) => `'${key}': ${show(value[key])}`)
      .join(', ')}}`;
  }
  if (typeof value === 'string') return `'${value}'`;
  return value === null || value === undefined ? 'None' : String(value);
}
