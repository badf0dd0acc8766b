/** What TensorFlow recorded of static shapes in test/golden/shapes.json. */

import { readFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import { Dimension, TensorShape } from '../../src/core/shape.ts';

export type Sizes = (number | null)[] | null;
export interface Outcome {
  readonly value?: unknown;
  readonly error?: string;
  readonly text?: string;
}
type Row<T> = Outcome & Readonly<T>;
interface Golden {
  readonly dimensions: {
    readonly pairs: Row<{ op: string; a: number | null; b: number | null }>[];
    readonly made: Row<{ of: number | null }>[];
    readonly prints: { of: number | null; str: string; repr: string }[];
  };
  readonly shapes: {
    readonly pairs: Row<{ op: string; a: Sizes; b: Sizes }>[];
    readonly ranks: Row<{ op: string; a: Sizes; rank: number }>[];
    readonly single: Row<{ op: string; a: Sizes }>[];
    readonly slices: Row<{ a: Sizes; key: string }>[];
    readonly prints: { a: Sizes; str: string; repr: string }[];
  };
  readonly inference: {
    readonly both: { a: Sizes; b: Sizes; broadcast: Outcome; merge: Outcome }[];
    readonly reduced: Row<{ a: Sizes; axes: 'unknown' | number[]; keep: boolean }>[];
    readonly windows: Row<{
      size: number | null;
      window: number;
      stride: number;
      padding: 'SAME' | 'VALID';
      dilation: number;
    }>[];
    readonly rank2: Row<{ a: Sizes }>[];
    readonly at_least2: Row<{ a: Sizes }>[];
    readonly texts: { a: Sizes; text: string }[];
  };
}

export const golden: Golden = JSON.parse(
  readFileSync(new URL('../golden/shapes.json', import.meta.url), 'utf8'),
);

/** What a call gives, in the form of the record; of an error the text without its hint. */
export function outcome(call: () => unknown): Outcome {
  try {
    return { value: plain(call()) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { error: error.name, text: error.message.split('\n')[0] };
  }
}

function plain(value: unknown): unknown {
  if (value === undefined) return null;
  if (value instanceof TensorShape) return value.toDims();
  return value instanceof Dimension ? value.value : value;
}

/** Asks ours for each row, and compares. */
export function replay<R extends Outcome>(rows: readonly R[], call: (row: R) => unknown): void {
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows) {
    const { value, error, text, ...question } = row;
    const expected = error === undefined ? { value } : { error, text };
    expect({ question, ...outcome(() => call(row)) }).toEqual({ question, ...expected });
  }
}
