/**
 * The properties that hold for every op, run over a family's table of samples: TensorFlow's value,
 * type, static shape and gradient, in graph and in eager mode, also with sizes unknown, and nothing
 * left in the backend.
 */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { heap } from '../../src/backend/backend.ts';
import { as_dtype, type DType } from '../../src/core/dtype.ts';
import type { Dims, Tensor } from '../../src/core/tensor.ts';
import { eager_mode } from '../../src/eager/context.ts';
import { GradientTape } from '../../src/eager/gradient_tape.ts';
import { NdArray } from '../../src/numpy/index.ts';
import { keyOf, type Sample } from './sample.ts';
import { call, tensorsOf } from './sample_calls.ts';

interface Plain {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: readonly (number | string | { readonly $bytes: readonly number[] })[];
}
interface Golden {
  readonly error?: string;
  readonly outputs: readonly Plain[];
  readonly dtypes: readonly string[];
  readonly shapes: readonly (readonly (number | null)[] | null)[];
  readonly gradients?: readonly (Plain | null)[];
}

type Table = Readonly<Record<string, readonly Sample[]>>;

/** Runs all properties over `table`, whose goldens are `test/golden/ops/<family>.json`. */
export function testSamples(family: string, table: Table): void {
  const path = new URL(`../golden/ops/${family}.json`, import.meta.url);
  const goldens = JSON.parse(readFileSync(path, 'utf8')) as Record<string, Golden>;
  const sampled = Object.keys(table).filter((type) => table[type]!.length > 0);
  describe.each(sampled)(`${family}: %s`, (type) => {
    const samples = table[type]!;
    const rows = samples.map((sample) => [title(sample), sample] as const);
    test.each(rows)('%s', (_title, sample) => {
      const golden = goldens[keyOf(sample)];
      if (!golden)
        throw new Error('This sample has no golden: record it with test/golden/record_ops.py');
      if (golden.error) throw new Error(`TensorFlow refuses this sample: ${golden.error}`);
      checkSample(sample, golden);
    });
  });
}

function title({ fn, args, kwargs }: Sample): string {
  const shown = args.map((arg) =>
    arg instanceof NdArray ? `${arg.dtype.name}[${arg.shape}]` : JSON.stringify(arg),
  );
  const keywords = Object.entries(kwargs).map(
    ([k, v]) => `${k}=${v instanceof NdArray ? `${v.dtype.name}[${v.shape}]` : JSON.stringify(v)}`,
  );
  return `${fn}(${[...shown, ...keywords].join(', ')})`.slice(0, 110);
}

function checkSample(sample: Sample, golden: Golden): void {
  const before = heap?.blocks ?? 0;
  inGraph(sample, golden, false);
  inGraph(sample, golden, true);
  expect(heap?.blocks ?? 0).toBe(before);
  inEager(sample, golden);
}

// ---- graph mode --------------------------------------------------------------------------------

function inGraph(sample: Sample, golden: Golden, unknownSizes: boolean): void {
  const graph = new tf.Graph();
  tf.with(graph.as_default(), () => {
    const feeds: [Tensor, NdArray][] = [];
    const make = (array: NdArray): Tensor => {
      const tensor = tf.placeholder(
        array.dtype,
        unknownSizes ? array.shape.map(() => null) : [...array.shape],
      );
      feeds.push([tensor, array]);
      return tensor;
    };
    const outputs = tensorsOf(call(sample, make));
    outputs.forEach((output, i) => {
      expect(output.dtype.base_dtype.name).toBe(golden.dtypes[i]);
      if (!unknownSizes) expectShape(output.dims, golden.shapes[i] ?? null);
      expectContains(output.dims, golden.outputs[i]!.shape);
    });
    const session = new tf.Session();
    const values = session.run(outputs, { feed_dict: feeds }) as unknown[];
    values.forEach((value, i) => {
      expectClose(value, golden.outputs[i]!, sample);
    });
    if (golden.gradients && !unknownSizes)
      checkGraphGradients(sample, golden, outputs, feeds, session);
    session.close();
  });
}

function checkGraphGradients(
  sample: Sample,
  golden: Golden,
  outputs: readonly Tensor[],
  feeds: readonly [Tensor, NdArray][],
  session: tf.Session,
): void {
  const floats = outputs.filter((output) => output.dtype.is_floating);
  const weights = weightsFor(golden);
  const xs = feeds.map(([tensor]) => tensor).filter((tensor) => tensor.dtype.is_floating);
  const gradients = tf.gradients(
    floats,
    xs,
    weights.map((w, i) => tf.constant(w.astype(floats[i]!.dtype))),
  );
  gradients.forEach((gradient, i) => {
    const expected = golden.gradients![i];
    if (expected === null || gradient === null) {
      expect(gradient).toBe(expected);
      return;
    }
    const dense = tf.convert_to_tensor(gradient);
    expectClose(session.run(dense, { feed_dict: feeds }), expected!, sample);
  });
}

/** cos(1), cos(2), ... over all float outputs, as the recorder weighs them. */
function weightsFor({ outputs, dtypes }: Golden): NdArray[] {
  let at = 1;
  return outputs
    .filter((_, i) => as_dtype(dtypes[i]).is_floating)
    .map(({ shape, data }) => {
      const weights = Float32Array.from(data, () => Math.cos(at++));
      return new NdArray(tf.float32, [...shape], weights);
    });
}

// ---- eager mode --------------------------------------------------------------------------------

function inEager(sample: Sample, golden: Golden): void {
  tf.with(eager_mode(), () => {
    const inputs: Tensor[] = [];
    const tape = new GradientTape({ persistent: true });
    tf.with(tape, () => {
      const make = (array: NdArray): Tensor => {
        const tensor = tf.constant(array);
        inputs.push(tensor);
        if (tensor.dtype.is_floating) tape.watch(tensor);
        return tensor;
      };
      const outputs = tensorsOf(call(sample, make));
      outputs.forEach((output, i) => {
        expectClose(output.numpy(), golden.outputs[i]!, sample);
      });
      if (golden.gradients) checkTapeGradients(sample, golden, outputs, inputs, tape);
    });
  });
}

function checkTapeGradients(
  sample: Sample,
  golden: Golden,
  outputs: readonly Tensor[],
  inputs: readonly Tensor[],
  tape: GradientTape,
): void {
  const floats = outputs.filter((output) => output.dtype.is_floating);
  const xs = inputs.filter((tensor) => tensor.dtype.is_floating);
  const weights = weightsFor(golden).map((w, i) => tf.constant(w.astype(floats[i]!.dtype)));
  const gradients = tape._gradients(floats, xs, weights);
  gradients.forEach((gradient, i) => {
    const expected = golden.gradients![i];
    if (expected === null || gradient === null) {
      expect(gradient).toBe(expected);
      return;
    }
    expectClose(tf.convert_to_tensor(gradient).numpy(), expected!, sample);
  });
}

// ---- calls and comparisons ---------------------------------------------------------------------

function expectShape(dims: Dims, expected: readonly (number | null)[] | null): void {
  expect(dims === null ? null : [...dims]).toEqual(expected);
}

/** The static shape `dims` allows the real shape. */
function expectContains(dims: Dims, shape: readonly number[]): void {
  if (dims === null) return;
  expect(dims.map((n, i) => n ?? shape[i])).toEqual([...shape]);
}

const RTOL: Readonly<Record<string, number>> = {
  float64: 1e-9,
  complex128: 1e-9,
  float16: 2e-3,
  bfloat16: 2e-2,
};

function expectClose(value: unknown, golden: Plain, sample: Sample): void {
  const dtype: DType = as_dtype(golden.dtype);
  const array = value instanceof NdArray ? value : { shape: [], data: scalarData(value, dtype) };
  expect([...array.shape]).toEqual([...golden.shape]);
  const rtol = sample.options.rtol ?? RTOL[golden.dtype] ?? 1e-5;
  const atol = sample.options.atol ?? rtol * 0.1;
  golden.data.forEach((expected, i) => {
    const actual = array.data[i]!;
    if (typeof expected === 'object')
      expect(Array.from(actual as Uint8Array)).toEqual([...expected.$bytes]);
    else if (dtype === tf.string) expect(actual).toBe(expected);
    else expectNumber(Number(actual), Number(expected), rtol, atol, i);
  });
}

function scalarData(value: unknown, dtype: DType): NdArray['data'] {
  if (dtype === tf.string) return [value as string];
  if (dtype.is_complex) {
    const { real = 0, re = real, imag = 0, im = imag } = value as Record<string, number>;
    return Float64Array.of(re, im);
  }
  return Float64Array.of(Number(value));
}

function expectNumber(
  actual: number,
  expected: number,
  rtol: number,
  atol: number,
  index: number,
): void {
  if (Object.is(actual, expected) || actual === expected) return;
  if (Math.abs(actual - expected) <= atol + rtol * Math.abs(expected)) return;
  throw new Error(`Element ${index} is ${actual}, TensorFlow has ${expected}.`);
}
