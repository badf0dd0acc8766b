/** What callers pass as literals: types, shapes and TF1's errors. */

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  as_dtype,
  bool,
  complex64,
  complex128,
  type DType,
  float32,
  float64,
  int32,
  int64,
  string,
  uint8,
} from '../../src/core/dtype.ts';
import { asArray, Complex, NdArray, toLiteral } from '../../src/numpy/index.ts';

/** A matrix as mathjs has it. */
class Matrix {
  readonly isMatrix = true;
  readonly rows: unknown;
  constructor(rows: unknown) {
    this.rows = rows;
  }
  valueOf(): unknown {
    return this.rows;
  }
}

/** An array of another library. */
const foreign = {
  shape: [2],
  dtype: 'int16',
  tobytes: () => Uint8Array.of(1, 0, 255, 255),
};

test.each<[string, unknown, DType, number[], unknown]>([
  ['a whole number', 3, float32, [], 3],
  ['a fraction', 1.5, float32, [], 1.5],
  [
    'numbers',
    [
      [1, 2],
      [3, 4],
    ],
    float32,
    [2, 2],
    [
      [1, 2],
      [3, 4],
    ],
  ],
  ['a boolean', true, bool, [], true],
  ['booleans', [true, false], bool, [2], [true, false]],
  ['booleans and numbers', [true, 2], float32, [2], [1, 2]],
  ['text', 'a', string, [], 'a'],
  ['texts', [['a'], ['b']], string, [2, 1], [['a'], ['b']]],
  ['text and bytes', ['a', Uint8Array.of(0x62)], string, [2], ['a', 'b']],
  ['a BigInt', 5n, int64, [], 5],
  ['BigInts and booleans', [5n, true], int64, [2], [5, 1]],
  ['a complex number', new Complex(1, 2), complex128, [], new Complex(1, 2)],
  ['mathjs complex', { re: 1, im: 2 }, complex128, [], new Complex(1, 2)],
  ['nothing', [], float32, [0], []],
  ['lists of nothing', [[], []], float32, [2, 0], [[], []]],
  ['Float64Array', Float64Array.of(1, 2), float64, [2], [1, 2]],
  ['Uint8Array', Uint8Array.of(1, 2), uint8, [2], [1, 2]],
  ['Uint8ClampedArray', Uint8ClampedArray.of(1, 2), uint8, [2], [1, 2]],
  ['Buffer', Buffer.from([1, 2]), uint8, [2], [1, 2]],
  ['BigInt64Array', BigInt64Array.of(1n, -2n), int64, [2], [1, -2]],
  ['rows of typed arrays', [Int32Array.of(1), Int32Array.of(2)], int32, [2, 1], [[1], [2]]],
  ['arrays in a list', [asArray(1, int32), asArray(2, int32)], int32, [2], [1, 2]],
  ['an array and a number', [asArray(1, float64), 2], float64, [2], [1, 2]],
  ['an int array and a number', [asArray(1, int32), 2], float32, [2], [1, 2]],
  [
    'arrays of two types',
    [Int8Array.of(1), Uint8Array.of(2)],
    as_dtype('int16'),
    [2, 1],
    [[1], [2]],
  ],
  ['boolean arrays', [asArray([true]), asArray([false])], bool, [2, 1], [[true], [false]]],
  ['an array', asArray([[1]], int32), int32, [1, 1], [[1]]],
  ['a matrix', new Matrix([[1, 2]]), float32, [1, 2], [[1, 2]]],
  [
    'a list of matrices',
    [new Matrix([1, 2]), [3, 4]],
    float32,
    [2, 2],
    [
      [1, 2],
      [3, 4],
    ],
  ],
  ['what has toNumber', { toNumber: () => 0.1 }, float32, [], Math.fround(0.1)],
  ['a boxed number', Object(2), float32, [], 2],
  ['an array of another library', foreign, as_dtype('int16'), [2], [1, -1]],
])('%s', (_what, value, dtype, shape, list) => {
  for (const literal of [toLiteral(value), asArray(value)]) {
    expect(literal.dtype).toBe(dtype);
    expect(literal.shape).toEqual(shape);
    expect(new NdArray(literal.dtype, literal.shape, literal.data).tolist()).toEqual(list);
  }
});

test.each<[unknown, DType, unknown]>([
  [3, int32, 3],
  [300, uint8, 44],
  [-1, uint8, 255],
  [-1, as_dtype('uint32'), 4294967295],
  [2 ** 40 + 1, int32, 1],
  [3e9, as_dtype('float16'), Number.POSITIVE_INFINITY],
  [1e40, float32, Number.POSITIVE_INFINITY],
  [0.1, as_dtype('float16'), 0.0999755859375],
  [0.1, as_dtype('bfloat16'), 0.10009765625],
  [true, float64, 1],
  [true, int32, 1],
  [1, complex64, new Complex(1, 0)],
  [5n, float32, 5],
  [Float32Array.of(1.7, -1.7), int32, [1, -1]],
  [Int32Array.of(0, 2), bool, [false, true]],
  [[Uint8Array.of(255), 'é'], string, [Uint8Array.of(255), 'é']],
  [Uint8Array.of(104, 105), string, 'hi'],
])('%p as %p', (value, dtype, list) => {
  const { shape, data } = toLiteral(value, dtype);
  expect(new NdArray(dtype, shape, data).tolist()).toEqual(list);
});

test.each<[unknown, DType | null, string, string]>([
  [null, null, 'ValueError', 'None values not supported.'],
  [undefined, float32, 'ValueError', 'None values not supported.'],
  [1.5, int32, 'TypeError', "Expected int32, got 1.5 of type 'float' instead."],
  [[1, 2.5], int32, 'TypeError', "Expected int32, got 2.5 of type 'float' instead."],
  [Number.NaN, int32, 'TypeError', "Expected int32, got nan of type 'float' instead."],
  [1, bool, 'TypeError', "Expected bool, got 1 of type 'int' instead."],
  [1, string, 'TypeError', "Expected string, got 1 of type 'int' instead."],
  ['a', float32, 'TypeError', "Expected float32, got 'a' of type 'str' instead."],
  [[1, 'a'], float32, 'TypeError', "Expected float32, got 'a' of type 'str' instead."],
  [[null], int32, 'TypeError', "Expected int32, got None of type 'NoneType' instead."],
  [{ a: 1 }, float32, 'TypeError', "Expected float32, got {'a': 1} of type 'dict' instead."],
  [
    new Complex(1, 2),
    float32,
    'TypeError',
    "Expected float32, got (1+2j) of type 'complex' instead.",
  ],
  [
    [1, 'a'],
    null,
    'TypeError',
    "Failed to convert object of type <class 'list'> to Tensor. Contents: [1, 'a']. Consider casting elements to a supported type.",
  ],
  [
    ['a', null],
    null,
    'TypeError',
    "Failed to convert object of type <class 'list'> to Tensor. Contents: ['a', None]. Consider casting elements to a supported type.",
  ],
  [
    [[1, 2], [3]],
    null,
    'ValueError',
    'Argument must be a dense tensor: [[1, 2], [3]] - got shape [2], but wanted [2, 2].\n\n[1] has length 1 where the others have length 2.',
  ],
  [[[1, 2], [3]], float32, 'ValueError', 'setting an array element with a sequence.'],
  [[1, [2]], null, 'ValueError', 'setting an array element with a sequence.'],
  [[[1], 2], float32, 'ValueError', 'setting an array element with a sequence.'],
  [2 ** 60, int64, 'OutOfRangeError', '1152921504606847000 cannot be held exactly as int64.'],
  [10n ** 30n, int64, 'OutOfRangeError', '1000000000000000000000000000000 cannot be held'],
  [1e30, int32, 'OverflowError', 'Python int too large to convert to C long'],
])('%p as %p is refused', (value, dtype, name, message) => {
  try {
    toLiteral(value, dtype);
  } catch (error) {
    expect((error as Error).name).toBe(name);
    expect((error as Error).message.slice(0, message.length)).toBe(message);
    return;
  }
  throw new Error('It was not refused.');
});

test('a shape repeats the last element', () => {
  expect(toLiteral(7, int32, [2, 2])).toEqual({
    dtype: int32,
    shape: [2, 2],
    data: Int32Array.of(7, 7, 7, 7),
  });
  expect(toLiteral([1, 2], null, [2, 2]).data).toEqual(Float32Array.of(1, 2, 2, 2));
  expect(toLiteral([], null, [2]).data).toEqual(Float32Array.of(0, 0));
  expect(toLiteral(5, null, [0, 3])).toEqual({
    dtype: float32,
    shape: [0, 3],
    data: new Float32Array(),
  });
  expect(toLiteral(new Complex(1, 2), complex64, [2]).data).toEqual(Float32Array.of(1, 2, 1, 2));
  expect(toLiteral('a', null, [2]).data).toEqual(['a', 'a']);
  expect(() => toLiteral([1, 2, 3], null, [2])).toThrow(
    'Too many elements provided. Needed at most 2, but received 3',
  );
});

test('a literal has its own data, an array need not', () => {
  const data = Float32Array.of(1, 2);
  const array = new NdArray(float32, [2], data);
  for (const value of [data, array]) {
    const literal = toLiteral(value);
    expect(literal.data).toEqual(data);
    expect(literal.data).not.toBe(data);
  }
  expect(asArray(array)).toBe(array);
  expect((asArray(data).data as Float32Array).buffer).toBe(data.buffer);
  expect(float32(array)).toEqual(array);
  expect(float32(array).data).not.toBe(data);
});

test.each<[unknown, DType, unknown]>([
  [[1.7, -1.7], int32, [1, -1]],
  [[null, 1], float32, [Number.NaN, 1]],
  [null, float32, Number.NaN],
  [[null, 1], bool, [false, true]],
  [['1', ' 2 '], int32, [1, 2]],
  ['1.5', float32, 1.5],
  ['', bool, false],
  [300, bool, true],
  [null, complex64, new Complex(Number.NaN, Number.NaN)],
  ['1.5', complex64, new Complex(1.5, 0)],
])('asArray %p as %p', (value, dtype, list) => {
  expect(asArray(value, dtype).tolist()).toEqual(list);
});

test.each<[unknown, DType, string]>([
  ['abc', float32, "ValueError: could not convert string to float: 'abc'"],
  ['1.5', int32, "ValueError: invalid literal for int() with base 10: '1.5'"],
  [[null], int32, 'TypeError: int() argument must be a string'],
  [Number.NaN, int32, 'ValueError: cannot convert float NaN to integer'],
  [Number.POSITIVE_INFINITY, int32, 'OverflowError: cannot convert float infinity to integer'],
  ['x', complex64, 'ValueError: complex() arg is a malformed string'],
  [[[1], [2, 3]], float32, 'ValueError: setting an array element with a sequence.'],
  [{}, float32, "TypeError: float() argument must be a string or a number, not 'dict'"],
  [1, string, 'InternalError: Unsupported object type int'],
])('asArray %p as %p is refused', (value, dtype, message) => {
  expect(() => asArray(value, dtype)).toThrow(message.slice(message.indexOf(' ') + 1));
  try {
    asArray(value, dtype);
  } catch (error) {
    expect(String(error).slice(0, message.length)).toBe(message);
  }
});

test('a dtype called as a function makes an array', () => {
  expect(int32([0, 1])).toEqual(new NdArray(int32, [2], Int32Array.of(0, 1)));
  expect(String(int64(3))).toBe('3');
  expect(String(float64([[1, 0.5]]))).toBe('[[1.  0.5]]');
  expect(string('a').tolist()).toBe('a');
});

test('lists that contain themselves end', () => {
  const list: unknown[] = [];
  list.push(list);
  expect(() => toLiteral(list)).toThrow('setting an array element with a sequence.');
});

test('nested lists come back', () => {
  const rows = fc.integer({ min: 0, max: 4 }).chain((width) =>
    fc.array(fc.array(fc.float({ noNaN: true }), { minLength: width, maxLength: width }), {
      minLength: 1,
      maxLength: 4,
    }),
  );
  fc.assert(fc.property(rows, (lists) => void expect(asArray(lists).tolist()).toEqual(lists)));
});
