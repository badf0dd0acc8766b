/** Replays a program that TensorFlow ran (test/golden/record_programs.py) and compares what it computed. */

import { readFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import * as tf from 'tf1';
import { type Batch, type Digits, loadDigits } from '../../examples/data/digits.ts';
import { heap } from '../../src/backend/backend.ts';

type Numbers = number | readonly Numbers[];

export interface Recorded {
  readonly series: Readonly<Record<string, readonly Numbers[]>>;
  readonly variables: readonly string[];
  readonly trainable: readonly string[];
  readonly start?: Readonly<Record<string, Description>>;
  readonly end: Readonly<Record<string, Description>>;
  readonly slots?: Readonly<Record<string, readonly string[]>>;
  readonly restore?: readonly (readonly [string, string])[];
}

interface Description {
  readonly shape: readonly number[];
  readonly sum: number;
  readonly first: readonly number[];
}

/** What TensorFlow recorded for the program `name`. */
export function recorded(name: string): Recorded {
  const file = new URL(`../golden/programs/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as Recorded;
}

/** Numbers in [-0.5, 0.5), the same in every language. */
export function formula(shape: readonly number[], salt = 0) {
  const size = shape.reduce((a, b) => a * b, 1);
  const numbers = Array.from(
    { length: size },
    (_, i) => ((i * 7919 + salt * 104729) % 1009) / 1009 - 0.5,
  );
  return tf.float32(numbers).reshape(shape);
}

/** The rows of `formula`, each number changed by `change`. */
export function changed(shape: readonly number[], salt: number, change: (x: number) => number) {
  const numbers = Array.from(formula(shape, salt).data as Float32Array, change);
  return tf.float32(numbers).reshape(shape);
}

let digits: { train: Digits; test: Digits } | undefined;
/** Training batch number `step` of the digits. */
export function digitsBatch(step: number, size: number): Batch {
  digits ??= loadDigits();
  return digits.train.batch(step, size);
}

/** Two numbers agree to 5 significant digits, or both vanish beside `scale`. */
function agree(actual: number, expected: number, scale: number): boolean {
  return Math.abs(actual - expected) <= 1e-5 * Math.max(Math.abs(expected), 1e-2 * scale, 1e-6);
}

/** Expects `actual` to be the recorded series to 5 significant digits, and says where it leaves it. */
export function expectSeries(
  name: string,
  actual: readonly unknown[],
  expected: readonly Numbers[],
): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((want, step) => {
    const wanted = flat(want);
    const got = flat(plain(actual[step]));
    const scale = Math.max(...wanted.map(Math.abs));
    const fits = got.length === wanted.length && got.every((x, i) => agree(x, wanted[i]!, scale));
    if (!fits) throw new Error(`${name}, step ${step}: expected ${wanted}, got ${got}`);
  });
}

/** A fetched value as nested plain numbers. */
export function plain(value: unknown): Numbers {
  return value instanceof tf.NdArray ? (value.tolist() as Numbers) : (value as Numbers);
}

function flat(value: Numbers): number[] {
  return typeof value === 'object' ? value.flatMap(flat) : [value];
}

interface Runs {
  /** The name of the recorded program. */
  readonly program: string;
  /** What each step fetches; operations have no series. */
  readonly fetches: Readonly<Record<string, tf.Tensor | tf.Operation>>;
  readonly feeds?: (step: number) => readonly (readonly [tf.Tensor, unknown])[];
}

/** Runs the program of the default graph as TensorFlow ran it: the same series, names and end state, and nothing left on the heap. */
export function expectReplay({ program, fetches, feeds }: Runs): void {
  const record = recorded(program);
  const names = Object.keys(record.series);
  const length = record.series[names[0]!]!.length;
  const series: Record<string, unknown[]> = Object.fromEntries(names.map((name) => [name, []]));
  expectNames(record);
  const blocks = heap?.blocks;
  tf.with(new tf.Session(), (sess) => {
    sess.run(tf.global_variables_initializer());
    if (record.start) expectState(`${program} at the start`, sess, record.start);
    for (let step = 0; step < length; step++) {
      const out = sess.run(fetches, feeds ? { feed_dict: feeds(step) } : {}) as Record<
        string,
        unknown
      >;
      for (const name of names) series[name]!.push(out[name]);
    }
    for (const name of names)
      expectSeries(`${program} ${name}`, series[name]!, record.series[name]!);
    expectState(`${program} at the end`, sess, record.end);
  });
  expect(heap?.blocks).toBe(blocks);
}

/** The default graph has the recorded variables, in order. */
export function expectNames(record: Recorded): void {
  expect(tf.global_variables().map((v) => v.name)).toEqual(record.variables);
  expect(tf.trainable_variables().map((v) => v.name)).toEqual(record.trainable);
}

/** The session's variables have the recorded shapes and numbers. */
export function expectState(
  when: string,
  sess: tf.Session,
  state: Readonly<Record<string, Description>>,
): void {
  for (const variable of tf.global_variables()) {
    const want = state[variable.name]!;
    const value = sess.run(variable) as unknown;
    const numbers = flat(plain(value));
    const shape = value instanceof tf.NdArray ? [...value.shape] : [];
    expect({ name: variable.name, shape }).toEqual({ name: variable.name, shape: want.shape });
    const scale = Math.max(...numbers.map(Math.abs), 1e-6);
    const near = want.first.every((x, i) => Math.abs(x - numbers[i]!) <= 5e-4 * scale);
    const sum = numbers.reduce((a, b) => a + b, 0);
    const total = numbers.reduce((a, b) => a + Math.abs(b), 0);
    if (!near || Math.abs(sum - want.sum) > 2e-4 * Math.max(total, 1e-6)) {
      throw new Error(
        `${variable.name} ${when}: expected ${want.first} (sum ${want.sum}), got ${numbers.slice(0, 6)} (sum ${sum})`,
      );
    }
  }
}
