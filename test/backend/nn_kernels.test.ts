/** The host kernels of neural network ops compute what TensorFlow's do: golden/nn_kernels.json. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { EagerContext } from '../../src/backend/context.ts';
import { kernelOf } from '../../src/backend/registry.ts';
import '../../src/backend/host/activations.ts';
import '../../src/backend/host/bias.ts';
import '../../src/backend/host/conv.ts';
import '../../src/backend/host/depthwise.ts';
import '../../src/backend/host/dilation.ts';
import '../../src/backend/host/norm.ts';
import '../../src/backend/host/patches.ts';
import '../../src/backend/host/pool.ts';
import '../../src/backend/host/resize.ts';
import '../../src/backend/host/softmax.ts';
import { as_dtype, newData, type TypedArray } from '../../src/core/dtype.ts';
import type { Kernel, Value } from '../../src/core/kernels.ts';

interface Recorded {
  readonly dtype: string;
  readonly shape: number[];
  readonly data: (number | string)[];
}
interface Row {
  readonly op: string;
  readonly attrs: Record<string, unknown>;
  readonly inputs: Recorded[];
  readonly outputs?: Recorded[];
  readonly error?: string;
}
const SPECIAL: Record<string, number> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
};
const number = (x: number | string): number => (typeof x === 'number' ? x : SPECIAL[x]!);

const context = new EagerContext();

function recalled({ dtype, shape, data }: Recorded): Value {
  const type = as_dtype(dtype);
  const storage = newData(type, data.length) as TypedArray;
  storage.set(data.map(number));
  return context.wrap(type, shape, storage);
}

/** Relative error allowed per type: a few units in the last place, sums taken in another order. */
const TOLERANCE: Record<string, number> = { float32: 2e-6, float64: 1e-12, float16: 4e-3 };

function distance(actual: Value, expected: Recorded): number {
  const scale = Math.max(
    1,
    ...expected.data.map((x) => Math.abs(number(x)) || 0).filter(Number.isFinite),
  );
  return expected.data.reduce<number>((worst, text, i) => {
    const [a, e] = [Number(actual.data[i]), number(text)];
    if (Object.is(a, e) || a === e) return worst;
    return Math.max(worst, Math.abs(a - e) / scale || Number.POSITIVE_INFINITY);
  }, 0);
}

function run({ op, attrs, inputs }: Row): readonly Value[] {
  const kernel = kernelOf(op) as Kernel;
  const given = { data_format: 'NHWC', ...attrs };
  if (attrs.Targmax) Object.assign(given, { Targmax: as_dtype(attrs.Targmax) });
  const result = kernel(inputs.map(recalled), given, context) as Value | Value[];
  return Array.isArray(result) ? result : [result];
}

const rows = JSON.parse(
  readFileSync(new URL('../golden/nn_kernels.json', import.meta.url), 'utf8'),
) as Row[];

describe.each([...new Set(rows.map((row) => row.op))])('%s', (op) => {
  test.each(rows.filter((row) => row.op === op))('$attrs', (row) => {
    if (row.error !== undefined) {
      expect(() => run(row)).toThrow(row.error);
      return;
    }
    const outputs = run(row).slice(0, row.outputs!.length);
    expect(outputs.map((o) => [o.dtype.name, [...o.shape]])).toEqual(
      row.outputs!.map((o) => [o.dtype, o.shape]),
    );
    outputs.forEach((output, i) => {
      const expected = row.outputs![i]!;
      expect(distance(output, expected)).toBeLessThanOrEqual(TOLERANCE[expected.dtype] ?? 0);
    });
  });
});
