/** The host kernels of array, string and check ops compute what TensorFlow's do: golden/array_kernels.json. */

import { readFileSync } from 'node:fs';
import { describe, expect, jest, test } from '@jest/globals';
import { EagerContext } from '../../src/backend/context.ts';
import { kernelOf } from '../../src/backend/registry.ts';
import '../../src/backend/host/checks.ts';
import '../../src/backend/host/diag.ts';
import '../../src/backend/host/gather.ts';
import '../../src/backend/host/join.ts';
import '../../src/backend/host/move.ts';
import '../../src/backend/host/pad.ts';
import '../../src/backend/host/search.ts';
import '../../src/backend/host/shape.ts';
import '../../src/backend/host/slice.ts';
import '../../src/backend/host/string_bytes.ts';
import '../../src/backend/host/strings.ts';
import { type BackendValue, hostValue, zeroValue } from '../../src/backend/value.ts';
import { as_dtype, type DType, float32, type Text } from '../../src/core/dtype.ts';
import { OpError } from '../../src/core/errors.ts';
import type { Value } from '../../src/core/kernels.ts';

type Element = number | boolean | string | { readonly bytes: number[] };
interface Recorded {
  readonly dtype: string;
  readonly shape: number[];
  readonly data: Element[];
}
interface Row {
  readonly op: string;
  readonly attrs: Record<string, unknown>;
  readonly inputs: Recorded[];
  readonly outputs?: Recorded[];
  readonly error?: string;
}

/** What a kernel leaves unset in its outputs shows. */
class DirtyContext extends EagerContext {
  override alloc(dtype: DType, shape: readonly number[]): BackendValue {
    const value = super.alloc(dtype, shape);
    (value.data as Text[]).fill((dtype.row.kind === 'string' ? 'unset' : 77) as Text);
    return value;
  }
  override zeros(dtype: DType, shape: readonly number[]): BackendValue {
    return super.alloc(dtype, shape);
  }
}
const context = new DirtyContext();

const SPECIAL: Record<string, number> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
};

/** The recorded elements, as our storage holds them. */
function stored({ dtype, data }: Recorded): (number | Text)[] {
  const text = dtype === 'string';
  return data.map((element) => {
    if (typeof element === 'object') return Uint8Array.from(element.bytes);
    if (typeof element === 'string' && !text) return SPECIAL[element]!;
    return typeof element === 'boolean' ? Number(element) : element;
  });
}

function recalled(recorded: Recorded): Value {
  const value = zeroValue(as_dtype(recorded.dtype), recorded.shape);
  const elements = stored(recorded);
  for (let i = 0; i < elements.length; i++) (value.data as Text[])[i] = elements[i] as Text;
  return value;
}

const TYPE_ATTRS = new Set(['out_type', 'out_idx']);

function run({ op, attrs, inputs }: Row): readonly Value[] {
  const given = Object.fromEntries(
    Object.entries(attrs).map(([key, value]) => [
      key,
      TYPE_ATTRS.has(key) ? as_dtype(value) : value,
    ]),
  );
  if (op === 'Squeeze') given.squeeze_dims = given.axis;
  const kernel = kernelOf(op);
  if (!kernel) throw new Error(`No kernel for ${op}.`);
  const result = kernel(inputs.map(recalled), given, context);
  if (result === null) return [];
  return Array.isArray(result) ? result : [result as Value];
}

const golden = new URL('../golden/array_kernels.json', import.meta.url);
const rows: Row[] = JSON.parse(readFileSync(golden, 'utf8'));

describe('array kernels', () => {
  for (const op of new Set(rows.map((row) => row.op))) {
    test(op, () => {
      for (const row of rows.filter((candidate) => candidate.op === op)) {
        if (row.error === undefined) expectOutputs(row);
        else expectError(row);
      }
    });
  }
});

function expectOutputs(row: Row): void {
  const actual = run(row).map(({ dtype, shape, data }) => ({
    dtype: dtype.name,
    shape,
    data: Array.from(data as ArrayLike<unknown>),
  }));
  const expected = row.outputs!.map((output) => ({ ...output, data: stored(output) }));
  expect({ ...row, outputs: actual }).toEqual({ ...row, outputs: expected });
}

function expectError(row: Row): void {
  let message = 'no error';
  try {
    run(row);
  } catch (error) {
    if (!(error instanceof OpError)) throw error;
    message = error.message;
  }
  expect({ ...row, error: message.trim() }).toEqual({ ...row, error: row.error!.trim() });
}

describe('Print', () => {
  test('shows values on stderr, as often as first_n says', () => {
    const shown = jest.spyOn(console, 'error').mockImplementation(() => {});
    const memory = { count: 0 };
    class Keeping extends EagerContext {
      override state<T>(): T {
        return memory as T;
      }
    }
    const keeping = new Keeping();
    const x = hostValue(float32, [2, 2], Float32Array.of(1, 2.5, 3, 4));
    const attrs = { message: 'msg: ', first_n: 2, summarize: 3 };
    for (let i = 0; i < 3; i++) {
      const y = kernelOf('Print')!([x, x, zeroValue(float32, [])], attrs, keeping) as Value;
      expect(y.data).toBe(x.data);
    }
    const lines = shown.mock.calls;
    shown.mockRestore();
    expect(lines).toEqual([['msg: [[1 2.5][3...]...][0]'], ['msg: [[1 2.5][3...]...][0]']]);
  });
});
