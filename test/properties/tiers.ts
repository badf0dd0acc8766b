/**
 * The general run as the judge of the specialised one: two sessions on one graph, one of which stays
 * general, run the same things, and what they give, or how they fail, is the same.
 */

import * as tf from 'tf1';
import { heap } from '../../src/backend/backend.ts';

/** Runs with the same feeds after which a plan has run twice in specialised form. */
export const RUNS = 4;

/** A configuration that keeps runs on the general plan. */
export const general = (): tf.ConfigProto =>
  new tf.ConfigProto({
    graph_options: new tf.GraphOptions({
      optimizer_options: new tf.OptimizerOptions({ global_jit_level: tf.OptimizerOptions.OFF }),
    }),
  });

/** Runs `body` with two sessions on the default graph: one that stays general, and one that specialises. */
export function inBoth(body: (general: tf.Session, specialised: tf.Session) => void): void {
  const before = heap?.blocks;
  tf.with(new tf.Session('', tf.get_default_graph(), general()), (plain) => {
    tf.with(new tf.Session(), (special) => body(plain, special));
  });
  if (heap?.blocks !== before) {
    throw new Error(`Sessions left ${heap!.blocks - before!} blocks on the heap.`);
  }
}

/** What a run came to. */
export type Outcome = { readonly values: readonly unknown[] } | { readonly error: Error };

/** The values that `run` fetches, or what it throws. */
export function outcomeOf(run: () => readonly unknown[]): Outcome {
  try {
    return { values: run() };
  } catch (error) {
    return { error: error as Error };
  }
}

/**
 * Throws where two runs of `fetches` came to something different. Floats may differ by `rtol` of the
 * largest in their array, and by `atol`.
 */
export function expectSame(
  actual: Outcome,
  expected: Outcome,
  fetches: readonly tf.Tensor[],
  rtol: number,
  atol = 0,
): void {
  if ('error' in actual || 'error' in expected) {
    const [a, b] = [actual, expected].map(textOf);
    if (a !== b)
      throw new Error(`The specialised run came to: ${a}\nThe general run came to: ${b}`);
    return;
  }
  fetches.forEach(({ name, dtype }, i) => {
    const isRounded = dtype.is_floating || dtype.is_complex;
    const tolerance = isRounded ? { rtol, atol } : EXACT;
    const off = difference(actual.values[i], expected.values[i], tolerance);
    if (off !== null) throw new Error(`Fetch ${i}, ${name}: ${off}`);
  });
}

interface Tolerance {
  readonly rtol: number;
  readonly atol: number;
}
const EXACT: Tolerance = { rtol: 0, atol: 0 };

const textOf = (outcome: Outcome): string =>
  'error' in outcome ? `${outcome.error.name}: ${outcome.error.message}` : 'values';

/** What tells two fetched values apart; `null` if nothing does. */
function difference(actual: unknown, expected: unknown, tolerance: Tolerance): string | null {
  if (!(expected instanceof tf.NdArray && actual instanceof tf.NdArray)) {
    return elementDifference([actual], [expected], tolerance);
  }
  const [a, b] = [actual, expected];
  if (a.dtype !== b.dtype) return `the type is ${a.dtype.name}, expected ${b.dtype.name}`;
  if (a.shape.join() !== b.shape.join()) return `the shape is [${a.shape}], expected [${b.shape}]`;
  return elementDifference(a.data, b.data, tolerance);
}

function elementDifference(
  actual: ArrayLike<unknown>,
  expected: ArrayLike<unknown>,
  { rtol, atol }: Tolerance,
): string | null {
  const tolerance = rtol * largest(expected) + atol;
  for (let i = 0; i < expected.length; i++) {
    if (isSame(actual[i], expected[i], tolerance)) continue;
    return `element ${i} is ${text(actual[i])}, expected ${text(expected[i])}`;
  }
  return actual.length === expected.length ? null : `there are ${actual.length} elements`;
}

const text = (value: unknown): string =>
  typeof value === 'number' ? String(value) : JSON.stringify(value);

function isSame(x: unknown, y: unknown, tolerance: number): boolean {
  if (x === y || Object.is(x, y)) return true;
  if (typeof x === 'number' && typeof y === 'number') return Math.abs(x - y) <= tolerance;
  return typeof y === 'object' && JSON.stringify(x) === JSON.stringify(y);
}

function largest(data: ArrayLike<unknown>): number {
  let most = 0;
  for (let i = 0; i < data.length; i++) {
    const x = Math.abs(data[i] as number);
    if (x > most && x < Number.POSITIVE_INFINITY) most = x;
  }
  return most;
}
