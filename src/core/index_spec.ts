/**
 * What stands between the brackets of Python's `a[1:3, ..., None]`, as callers spell it here: read
 * into a list of items that arrays and tensors share. Members may be foreign objects (tensors),
 * which pass through untouched.
 */

import { IndexError, ValueError } from './errors.ts';

/** A slice by its members, each of them optional, as Python's `slice(start, stop, step)`. */
export interface SliceSpec<T = never> {
  readonly start?: number | bigint | null | T;
  readonly stop?: number | bigint | null | T;
  readonly step?: number | bigint | null | T;
}

/** One index: an integer, `null` for a new axis, `'...'`, a slice as `'1:3'`, a SliceSpec, a `T`. */
export type IndexSpec<T = never> = number | bigint | null | string | SliceSpec<T> | T;

/** One index, understood. Absent members of a slice are null. */
export type IndexItem<T = never> =
  | { readonly kind: 'index'; readonly index: number | T }
  | { readonly kind: 'newaxis' }
  | { readonly kind: 'ellipsis' }
  | SliceItem<T>;

/** A slice, understood. */
export interface SliceItem<T = never> {
  readonly kind: 'slice';
  readonly start: number | T | null;
  readonly stop: number | T | null;
  readonly step: number | T | null;
}

const SLICE_TEXT = /^\s*([+-]?\d+)?\s*:\s*([+-]?\d+)?\s*(?::\s*([+-]?\d+)?\s*)?$/;
const SLICE_KEYS = new Set(['start', 'stop', 'step']);

/**
 * Reads index specs. `foreign` says which objects may stand for an integer (tensors); whatever else
 * is no index is NumPy's IndexError, and so is a second ellipsis.
 */
export function parseIndexSpecs<T = never>(
  specs: readonly IndexSpec<T>[],
  foreign: (value: unknown) => value is T = isNever,
): IndexItem<T>[] {
  const items = specs.map((spec) => parseSpec(spec, foreign));
  if (items.filter((item) => item.kind === 'ellipsis').length > 1) {
    throw new IndexError("an index can only have a single ellipsis ('...')");
  }
  return items;
}

function isNever(_value: unknown): _value is never {
  return false;
}

function parseSpec<T>(spec: IndexSpec<T>, foreign: (value: unknown) => value is T): IndexItem<T> {
  if (spec === null) return { kind: 'newaxis' };
  if (foreign(spec)) return { kind: 'index', index: spec };
  if (typeof spec === 'number' || typeof spec === 'bigint') {
    return { kind: 'index', index: wholeNumber(spec) };
  }
  if (typeof spec === 'string') return parseText(spec);
  if (isSliceSpec<T>(spec)) {
    const member = (value: number | bigint | T | null | undefined): number | T | null => {
      if (value === null || value === undefined) return null;
      return foreign(value) ? value : wholeNumber(value);
    };
    const { start, stop, step } = spec;
    return { kind: 'slice', start: member(start), stop: member(stop), step: member(step) };
  }
  throw notAnIndex(spec);
}

function parseText(text: string): IndexItem<never> {
  if (text.trim() === '...') return { kind: 'ellipsis' };
  const match = SLICE_TEXT.exec(text);
  if (!match) throw notAnIndex(text);
  const [start, stop, step] = match
    .slice(1)
    .map((part) => (part === undefined ? null : wholeNumber(Number(part))));
  return { kind: 'slice', start: start ?? null, stop: stop ?? null, step: step ?? null };
}

function isSliceSpec<T>(value: unknown): value is SliceSpec<T> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return false;
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every((key) => SLICE_KEYS.has(key));
}

function wholeNumber(value: unknown): number {
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number)) throw notAnIndex(value);
  return number;
}

function notAnIndex(value: unknown): IndexError {
  const shown = typeof value === 'string' ? `'${value}'` : String(value);
  return new IndexError(
    'only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or boolean ' +
      `arrays are valid indices\n\nGot ${shown}. Write an integer, null for a new axis, '...', a ` +
      "slice as '1:3' or '::-1', or { start, stop, step }.",
  );
}

/** The places a slice takes of an axis: `count` of them, from `start` on, `step` apart. */
export interface SliceRange {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** Python's `slice(start, stop, step).indices(size)`: never out of bounds. ValueError if step is 0. */
export function sliceRange(
  { start, stop, step: stepOrNull }: Omit<SliceItem, 'kind'>,
  size: number,
): SliceRange {
  const step = stepOrNull ?? 1;
  if (step === 0) throw new ValueError('slice step cannot be zero');
  const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
  const clamp = (at: number | null, otherwise: number): number => {
    if (at === null) return otherwise;
    return Math.min(Math.max(at < 0 ? at + size : at, low), high);
  };
  const first = clamp(start, step > 0 ? low : high);
  const last = clamp(stop, step > 0 ? high : low);
  return { start: first, step, count: Math.max(0, Math.ceil((last - first) / step)) };
}
