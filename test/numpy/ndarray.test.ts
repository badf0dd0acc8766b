/** NdArray against NumPy: indexing, casting, bytes, and what it refuses. */

import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  ALL_DTYPES,
  as_dtype,
  bool,
  complex64,
  float32,
  float64,
  int32,
  int64,
  newData,
  string,
} from '../../src/core/dtype.ts';
import {
  bfloat16ToBits,
  bitsToBfloat16,
  bitsToHalf,
  halfToBits,
  roundToBfloat16,
  roundToHalf,
} from '../../src/core/half.ts';
import type { IndexSpec } from '../../src/core/index_spec.ts';
import { asArray, Complex, NdArray } from '../../src/numpy/index.ts';

interface Indexing {
  readonly shape: number[];
  readonly specs: IndexSpec[];
  readonly values?: unknown;
  readonly result?: number[];
  readonly error?: string;
}

interface Casting {
  readonly from: string;
  readonly to: string;
  readonly values: (string | number | boolean)[];
  readonly result: (string | number | boolean)[];
}

const golden = JSON.parse(
  readFileSync(new URL('../golden/numpy_arrays.json', import.meta.url), 'utf8'),
) as {
  readonly indexing: Indexing[];
  readonly casting: Casting[];
  readonly sixteen: { values: string[]; float16: number[]; bfloat16: number[] };
};

const pythonFloat = (value: string | number | boolean): number | boolean =>
  typeof value === 'string' ? Number(value.replace('inf', 'Infinity')) : value;

const range = (...shape: number[]): NdArray => {
  const size = shape.reduce((a, b) => a * b, 1);
  return new NdArray(
    float32,
    shape,
    Float32Array.from({ length: size }, (_, i) => i),
  );
};

test('indexing is NumPy’s', () => {
  for (const { shape, specs, values, result, error } of golden.indexing) {
    const array = range(...shape);
    if (error !== undefined) {
      expect(() => array.at(...specs)).toThrow(error);
      continue;
    }
    const got: unknown = array.at(...specs);
    expect([specs, got instanceof NdArray ? got.tolist() : got]).toEqual([specs, values]);
    if (got instanceof NdArray) expect(got.shape).toEqual(result);
  }
});

test.each(golden.casting)('casting $from to $to is NumPy’s', ({ from, to, values, result }) => {
  const texts = from === 'string';
  const array = asArray(texts ? values : values.map(pythonFloat), as_dtype(from));
  const cast = array.astype(as_dtype(to));
  expect(cast.dtype).toBe(as_dtype(to));
  const items = cast.dtype.is_complex
    ? cast.tolist<Complex[]>().map(({ re }) => re)
    : cast.tolist<unknown[]>();
  expect(items).toEqual(to === 'string' ? result : result.map(pythonFloat));
});

test('16-bit floats round as NumPy’s and TensorFlow’s', () => {
  const { values, float16, bfloat16 } = golden.sixteen;
  const numbers = values.map(Number);
  expect(numbers.map(halfToBits)).toEqual(float16);
  expect(numbers.map((x) => halfToBits(roundToHalf(x)))).toEqual(float16);
  expect(numbers.map(bfloat16ToBits)).toEqual(bfloat16);
  expect(numbers.map((x) => bfloat16ToBits(roundToBfloat16(x)))).toEqual(bfloat16);
  const changed: number[] = [];
  for (let bits = 0; bits < 65536; bits++) {
    const [half, brain] = [bitsToHalf(bits), bitsToBfloat16(bits)];
    if (!Number.isNaN(half) && halfToBits(half) !== bits) changed.push(bits);
    if (!Number.isNaN(brain) && bfloat16ToBits(brain) !== bits) changed.push(bits);
  }
  expect(changed).toEqual([]);
});

test('the constructor wraps data without a copy and checks it', () => {
  const data = Float32Array.of(1, 2, 3, 4);
  const array = new NdArray(float32, [2, 2], data);
  expect(array.data).toBe(data);
  expect(array).toEqual(new NdArray('float32', [2, 2], Float32Array.of(1, 2, 3, 4)));
  expect(() => new NdArray(float32, [3], data)).toThrow(
    'cannot reshape array of size 4 into shape (3,)',
  );
  expect(() => new NdArray(int32, [2, 2], data)).toThrow(
    'An array of int32 keeps its data in Int32Array, got Float32Array.',
  );
  expect(() => new NdArray(float32, [-1], data)).toThrow('negative dimensions are not allowed');
  expect(() => new NdArray('resource', [], [''])).toThrow('has no array form');
});

test('elements and lists', () => {
  const array = range(2, 3);
  expect([array.size, array.ndim]).toEqual([6, 2]);
  expect(array.tolist()).toEqual([
    [0, 1, 2],
    [3, 4, 5],
  ]);
  expect([array.item(4), array.item(-1), array.item(1, 0), array.get(0, -1)]).toEqual([4, 5, 3, 2]);
  expect(range(1).item()).toBe(0);
  expect(() => array.item()).toThrow('can only convert an array of size 1 to a Python scalar');
  expect(() => array.item(6)).toThrow('index 6 is out of bounds for size 6');
  expect(() => array.item(1, 2, 3)).toThrow('incorrect number of indices for array');
  expect(() => array.get(1)).toThrow('array is 2-dimensional, but 1 were indexed');
  expect(asArray(true).item<boolean>()).toBe(true);
  expect(asArray('text').tolist()).toBe('text');
  expect([...array].map(String)).toEqual(['[0. 1. 2.]', '[3. 4. 5.]']);
  expect([...range(3)]).toEqual([0, 1, 2]);
  expect(() => [...asArray(1)]).toThrow('iteration over a 0-d array');
  expect(JSON.stringify({ array })).toBe('{"array":[[0,1,2],[3,4,5]]}');
  expect(inspect(array)).toBe('array([[0., 1., 2.],\n       [3., 4., 5.]], dtype=float32)');
});

test('complex elements', () => {
  const array = new NdArray(complex64, [2], Float32Array.of(1, -2, 0, 0.5));
  expect(array.tolist()).toEqual([new Complex(1, -2), new Complex(0, 0.5)]);
  expect([...array].map(String)).toEqual(['(1-2j)', '0.5j']);
  expect(array.at('::-1').data).toEqual(Float32Array.of(0, 0.5, 1, -2));
  expect(String(new Complex(Number.NaN, -0))).toBe('(nan-0j)');
  expect(String(new Complex(1e16, 1e-5))).toBe('(1e+16+1e-05j)');
});

test('what is no index', () => {
  const words = 'only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`)';
  for (const spec of ['x', '1', 1.5, Number.NaN, {}, { begin: 1 }, [0], true, '1:2:3:4']) {
    expect(() => range(3).at(spec as IndexSpec)).toThrow(words);
  }
  expect(() => range(3).at('::0')).toThrow('slice step cannot be zero');
  expect(() => range(2, 2).at('...', '...')).toThrow('an index can only have a single ellipsis');
  expect(() => range(3).at(3)).toThrow('index 3 is out of bounds for axis 0 with size 3');
  expect(() => range(3).at(0, 0)).toThrow(
    'too many indices for array: array is 1-dimensional, but 2 were indexed',
  );
});

test('at copies, reshape shares', () => {
  const array = range(2, 3);
  expect(array.reshape(3, 2).data).toBe(array.data);
  expect(array.reshape([-1]).shape).toEqual([6]);
  expect(array.reshape(3, -1).shape).toEqual([3, 2]);
  expect(array.at(0).data).toEqual(Float32Array.of(0, 1, 2));
  expect(() => array.reshape(4)).toThrow('cannot reshape array of size 6 into shape (4,)');
  expect(() => array.reshape(4, -1)).toThrow('cannot reshape array of size 6 into shape (4,-1)');
  expect(() => array.reshape(-1, -1)).toThrow('can only specify one unknown dimension');
  expect(() => array.reshape(-1, 0)).toThrow('cannot reshape array of size 6');
});

test('a 64-bit integer is exact or an error', () => {
  const large = 2 ** 53 - 1;
  expect(asArray([large, -large], int64).astype(string).tolist()).toEqual([
    '9007199254740991',
    '-9007199254740991',
  ]);
  expect(() => asArray(2 ** 53, int64)).toThrow(
    '9007199254740992 cannot be held exactly as int64.',
  );
  expect(() => asArray(2n ** 60n)).toThrow('1152921504606846976 cannot be held exactly');
  expect(() => asArray([1e300], float64).astype(int64)).toThrow('cannot be held exactly as int64');
  expect(() => asArray([Number.NaN], float64).astype(int64)).toThrow('cannot be held exactly');
  const bytes = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0x80);
  expect(() => NdArray.frombuffer(int64, [], bytes)).toThrow('-9223372036854775808 cannot be held');
  expect(() => NdArray.frombuffer('uint64', [], bytes)).toThrow('9223372036854775808 cannot be');
});

test('bytes are TensorFlow’s and come back', () => {
  const hex = (array: NdArray): string => Buffer.from(array.tobytes()).toString('hex');
  expect(hex(asArray([-2, 2 ** 40], int64))).toBe('feffffffffffffff0000000000010000');
  expect(hex(asArray([1.5], as_dtype('float16')))).toBe('003e');
  expect(hex(asArray([1.5], as_dtype('bfloat16')))).toBe('c03f');
  expect(hex(asArray([true, false], bool))).toBe('0100');
  for (const dtype of ALL_DTYPES.filter((type) => type.row.array !== null)) {
    const array = asArray([[0, 1, 2]], dtype);
    const bytes = array.tobytes();
    expect(bytes.length).toBe(3 * dtype.size);
    expect(NdArray.frombuffer(dtype, [1, 3], bytes)).toEqual(array);
  }
  expect(() => NdArray.frombuffer(int32, [1], new Uint8Array(3))).toThrow(
    'buffer size must be a multiple of element size',
  );
  expect(() => asArray('x').tobytes()).toThrow('has no fixed-size bytes');
});

test('int64 bytes are exact for every safe integer', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      const bytes = new NdArray(int64, [], Float64Array.of(value)).tobytes();
      const back = new DataView(bytes.buffer).getBigInt64(0, true);
      return back === BigInt(value) && NdArray.frombuffer(int64, [], bytes).item() === value;
    }),
  );
});

test('storage of every type', () => {
  for (const dtype of ALL_DTYPES.filter((type) => type.is_numpy_compatible)) {
    expect(new NdArray(dtype, [2, 3], newData(dtype, 6)).size).toBe(6);
  }
});
