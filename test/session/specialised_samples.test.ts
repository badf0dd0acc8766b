/**
 * Every sample of every op, with its gradients: specialised runs give what general runs give, also
 * where shapes change between runs, and fail as they fail.
 */

import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { LookupError } from '../../src/core/errors.ts';
import type { Sample } from '../ops/sample.ts';
import { keyOf } from '../ops/sample.ts';
import { call, tensorsOf } from '../ops/sample_calls.ts';
import { arithmetic } from '../ops/samples/arithmetic.ts';
import { array } from '../ops/samples/array.ts';
import { blockCells } from '../ops/samples/block_cells.ts';
import { pictures } from '../ops/samples/image.ts';
import { linear } from '../ops/samples/linear.ts';
import { losses } from '../ops/samples/losses.ts';
import { math } from '../ops/samples/math.ts';
import { nn } from '../ops/samples/nn.ts';
import { quantized } from '../ops/samples/quantized.ts';
import { random } from '../ops/samples/random.ts';
import { reduce } from '../ops/samples/reduce.ts';
import { sparse } from '../ops/samples/sparse.ts';
import { strings } from '../ops/samples/strings.ts';
import { expectSame, inBoth, outcomeOf, RUNS } from '../properties/tiers.ts';

type Table = Readonly<Record<string, readonly Sample[]>>;
const FAMILIES: readonly (readonly [family: string, table: Table])[] = [
  ['arithmetic', arithmetic],
  ['array', array],
  ['block_cells', blockCells],
  ['image', pictures],
  ['linear', linear],
  ['losses', losses],
  ['math', math],
  ['nn', nn],
  ['quantized', quantized],
  ['random', random],
  ['reduce', reduce],
  ['sparse', sparse],
  ['strings', strings],
];

const RTOL = 1e-5;
/** A few of the smallest numbers that there are: sums of tiny products are rounded to those. */
const ATOL = 1e-43;
type Feed = readonly [x: tf.Tensor, value: tf.NdArray];

/** How often there was something to compare, and how often it was compared with a specialised run. */
const counts = { graphs: 0, works: 0, specialised: 0, steps: 0, translated: 0 };

/** How a sample becomes a graph. */
interface Form {
  readonly gradients: boolean;
  readonly unknownSizes: boolean;
  /** Whether only floats are fed; what they are computed with is constant. */
  readonly onlyFloats: boolean;
}

/** What a sample computes, in the default graph, and its feeds. */
function build(sample: Sample, { gradients, unknownSizes, onlyFloats }: Form) {
  const feeds: Feed[] = [];
  const make = (value: tf.NdArray): tf.Tensor => {
    if (onlyFloats && !value.dtype.is_floating) return tf.constant(value);
    const shape = unknownSizes ? value.shape.map(() => null) : [...value.shape];
    const x = tf.placeholder(value.dtype, shape);
    feeds.push([x, value]);
    return x;
  };
  const outputs = tensorsOf(call(sample, make));
  const fetches = [...outputs];
  if (gradients) {
    const xs = feeds.map(([x]) => x).filter(({ dtype }) => dtype.is_floating);
    const ys = outputs.filter(({ dtype }) => dtype.is_floating);
    for (const dx of gradientsOf(ys, xs)) if (dx) fetches.push(tf.convert_to_tensor(dx));
  }
  return { feeds, fetches };
}

/** The gradients; none where a function of unknown sizes calls another op, which has no gradient. */
function gradientsOf(ys: readonly tf.Tensor[], xs: readonly tf.Tensor[]) {
  try {
    return tf.gradients(ys, xs, ys.map(slopeOf));
  } catch (error) {
    if (error instanceof LookupError) return [];
    throw error;
  }
}

/** A slope for `y` that is not the same everywhere, so that nothing cancels. */
function slopeOf(y: tf.Tensor): tf.Tensor {
  const places = tf.cast(tf.range(tf.size(y)), tf.float32);
  return tf.cast(tf.reshape(tf.cos(tf.add(places, 1)), tf.shape(y)), y.dtype);
}

/** `value` without its last row, if it has more than one. */
function shorter([x, value]: Feed): Feed {
  const [rows = 1, ...rest] = value.shape;
  if (rows < 2) return [x, value];
  const data = value.data.slice(0, (value.data.length / rows) * (rows - 1)) as Float32Array;
  return [x, new tf.NdArray(value.dtype, [rows - 1, ...rest], data)];
}

/** Other numbers of the same shapes: indices that may be none, floats that are odd. */
const CHANGES: readonly ((n: number, dtype: tf.DType) => number)[] = [
  (n, { is_integer }) => (is_integer ? n + 1 : n),
  (n, { is_integer }) => (is_integer ? n - 3 : n),
  (n, { is_floating }) => (is_floating ? -1.5 * n : n),
  (n, { is_floating }) => (is_floating ? Number.NaN : n),
  (n, { is_floating }) => (is_floating ? Number.POSITIVE_INFINITY : n),
  (n, { is_floating }) => (is_floating ? n * 1e-41 : n),
];

/** A feed with other numbers. */
function changed([x, value]: Feed, change: (typeof CHANGES)[number]): Feed {
  const { dtype, shape, data } = value;
  if (!dtype.is_integer && !dtype.is_floating) return [x, value];
  const numbers = (data as Float32Array).map((n, i) => (i % 3 === 1 ? n : change(n, dtype)));
  return [x, new tf.NdArray(dtype, shape, numbers)];
}

/** The feeds of one run after the other: often enough for each shape to be specialised. */
function roundsOf(feeds: readonly Feed[], { unknownSizes, onlyFloats }: Form): (readonly Feed[])[] {
  const again = (given: readonly Feed[]) => Array.from({ length: RUNS - 1 }, () => given);
  if (!unknownSizes) {
    const others = CHANGES.map((change) => feeds.map((feed) => changed(feed, change)));
    return [...again(feeds), ...others, feeds];
  }
  const all = feeds.map(shorter);
  if (!onlyFloats || feeds.length < 2) return [...again(feeds), ...again(all), feeds, all];
  // Shapes that do not fit each other, mostly.
  const first = feeds.map((feed, i) => (i === 0 ? shorter(feed) : feed));
  return [...again(feeds), ...again(first), ...again(all), feeds];
}

/** Runs the sample in both tiers. */
function compare(sample: Sample, form: Form): void {
  tf.with(new tf.Graph().as_default(), () => {
    tf.set_random_seed(7);
    const { feeds, fetches } = build(sample, form);
    inBoth((plain, special) => {
      let works = false;
      for (const feed_dict of roundsOf(feeds, form)) {
        const expected = outcomeOf(() => plain.run(fetches, { feed_dict }));
        const actual = outcomeOf(() => special.run(fetches, { feed_dict }));
        expectSame(actual, expected, fetches, RTOL, ATOL);
        if ('values' in expected) works = true;
      }
      counts.graphs++;
      if (works) counts.works++;
      const { specialised, steps } = special.explain(fetches, { feed_dict: feeds });
      if (!specialised) return;
      counts.specialised++;
      counts.steps += steps.length;
      counts.translated += steps.filter(({ how }) => how !== 'kernel').length;
    });
  });
}

describe.each(FAMILIES)('%s', (family, table) => {
  const path = new URL(`../golden/ops/${family}.json`, import.meta.url);
  const goldens: Record<string, { gradients?: unknown }> = JSON.parse(readFileSync(path, 'utf8'));
  const types = Object.keys(table).filter((type) => table[type]!.length > 0);
  test.each(types)('%s', (type) => {
    table[type]!.forEach((sample, i) => {
      const gradients = Boolean(goldens[keyOf(sample)]?.gradients);
      for (const form of [
        { gradients, unknownSizes: false, onlyFloats: false },
        { gradients: false, unknownSizes: true, onlyFloats: false },
        { gradients, unknownSizes: true, onlyFloats: true },
      ]) {
        try {
          compare(sample, form);
        } catch (error) {
          const { message } = error as Error;
          throw new Error(`Sample ${i} as ${JSON.stringify(form)}: ${message}`);
        }
      }
    });
  });
});

afterAll(() => {
  // What the kernels alone compute would tell nothing.
  expect(counts.specialised).toBe(counts.works);
  expect(counts.works).toBe(counts.graphs);
  expect(counts.translated).toBeGreaterThan(0.6 * counts.steps);
});
