/** Printing against NumPy itself: every recorded array and float, to the character. */

import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { as_dtype, type DType } from '../../src/core/dtype.ts';
import { textOfBytes } from '../../src/core/text.ts';
import { scalarText } from '../../src/numpy/float_format.ts';
import { NdArray } from '../../src/numpy/ndarray.ts';
import { array_repr, array_str, type PrintOptions } from '../../src/numpy/print.ts';

interface Row {
  readonly dtype: string;
  readonly shape: number[];
  readonly data: string | string[];
  readonly str: string;
  readonly repr: string;
  readonly options?: PrintOptions;
}

interface Golden {
  readonly scalars: Readonly<Record<string, { readonly data: string; readonly text: string[] }>>;
  readonly arrays: readonly Row[];
}

const golden = JSON.parse(
  readFileSync(new URL('../golden/numpy_print.json', import.meta.url), 'utf8'),
) as Golden;

function arrayOf({ dtype, shape, data }: Pick<Row, 'dtype' | 'shape' | 'data'>): NdArray {
  if (Array.isArray(data)) {
    const texts = data.map((hex) => textOfBytes(new Uint8Array(Buffer.from(hex, 'hex'))));
    return new NdArray('string', shape, texts);
  }
  return NdArray.frombuffer(as_dtype(dtype), shape, new Uint8Array(Buffer.from(data, 'base64')));
}

const dtypes = [...new Set(golden.arrays.map(({ dtype }) => dtype))];

test.each(dtypes)('arrays of %s print as in NumPy', (dtype) => {
  const wrong: object[] = [];
  for (const row of golden.arrays) {
    if (row.dtype !== dtype) continue;
    const array = arrayOf(row);
    const ours = { str: array_str(array, row.options), repr: array_repr(array, row.options) };
    if (ours.str !== row.str || ours.repr !== row.repr) {
      const { str, repr, shape, options } = row;
      wrong.push({ shape, options, ours, numpy: { str, repr } });
    }
  }
  expect(wrong.slice(0, 3)).toEqual([]);
});

test.each(Object.keys(golden.scalars))('the shortest digits of %s are NumPy’s', (name) => {
  const { data, text } = golden.scalars[name]!;
  const dtype: DType = as_dtype(name);
  const values = arrayOf({ dtype: name, shape: [text.length], data });
  const wrong: object[] = [];
  values.tolist<number[]>().forEach((value, i) => {
    const ours = scalarText(value, dtype);
    if (ours !== text[i]) wrong.push({ value, ours, numpy: text[i] });
  });
  expect(wrong.slice(0, 5)).toEqual([]);
});

test('an array shows itself', () => {
  const array = new NdArray('float32', [2, 2], new Float32Array([1, 2, 3, 4.5]));
  expect(String(array)).toBe('[[1.  2. ]\n [3.  4.5]]');
  expect(array.repr()).toBe('array([[1. , 2. ],\n       [3. , 4.5]], dtype=float32)');
});
