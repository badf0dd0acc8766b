/** .npy and .npz files that NumPy wrote, ours against NumPy's bytes, and files that lie. */

import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { float32, float64, int32, string } from '../../src/core/dtype.ts';
import { Complex, NdArray, readNpy, readNpz, writeNpy, writeNpz } from '../../src/numpy/index.ts';

const folder = new URL('../golden/npy/', import.meta.url);
const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, folder)));

interface Expected {
  readonly dtype: string;
  readonly shape: number[];
  readonly values: unknown;
}

const expected = JSON.parse(readFileSync(new URL('expected.json', folder), 'utf8')) as Readonly<
  Record<string, Expected>
>;

function found(name: string): NdArray {
  const [file, member] = name.split(':');
  return member ? readNpz(bytesOf(file!))[member]! : readNpy(bytesOf(file!));
}

test.each(Object.keys(expected))('%s is read as NumPy reads it', (name) => {
  const array = found(name);
  const { dtype, shape, values } = expected[name]!;
  expect(array.dtype.name).toBe(dtype);
  expect(array.shape).toEqual(shape);
  const ours: unknown = array.dtype.is_complex
    ? JSON.parse(JSON.stringify(array))
    : array.dtype.name === 'bfloat16'
      ? array.astype(float32).tolist()
      : array.tolist();
  expect(ours).toEqual(values);
});

const files = readdirSync(folder).filter((name) => name.endsWith('.npy'));
const canonical = files.filter((name) => !/refused|fortran|version|big|bytes/.test(name));

test.each(canonical)('%s is written byte by byte as NumPy writes it', (name) => {
  expect(Buffer.from(writeNpy(readNpy(bytesOf(name))))).toEqual(Buffer.from(bytesOf(name)));
});

test.each([
  ['object', 'Object arrays cannot be loaded when allow_pickle=False'],
  ['structured', 'Structured types are not supported'],
  ['dates', "Cannot parse header|descr is not a valid dtype descriptor: '<M8\\[D\\]'"],
  ['large', '4611686018427387904 cannot be held exactly as int64.'],
])('a file of %s is refused', (kind, message) => {
  expect(() => readNpy(bytesOf(`refused_${kind}.npy`))).toThrow(new RegExp(message));
});

test('text and bytes', () => {
  const bytes = Uint8Array.from([255, 1]);
  const array = new NdArray(string, [2], ['word', bytes]);
  expect(readNpy(writeNpy(array))).toEqual(array);
  expect(Buffer.from(writeNpy(array)).toString('latin1')).toContain("'descr': '|S4'");
  expect(() => writeNpy(new NdArray(string, [1], ['a\0']))).toThrow('ends in NUL');
});

test.each([false, true])('npz round trip, compressed: %s', (compress) => {
  const w = new NdArray(float64, [2, 2], Float64Array.of(1, 2, 3, Number.NaN));
  const file = writeNpz(
    { w, 'layer/b': [1, 2], n: new NdArray(int32, [], Int32Array.of(7)) },
    { compress },
  );
  const back = readNpz(file);
  expect(Object.keys(back)).toEqual(['w', 'layer/b', 'n']);
  expect(back.w).toEqual(w);
  expect(back['layer/b']!.dtype).toBe(float32);
  expect(back.n!.item()).toBe(7);
  expect(writeNpz({ w }, { compress })).toEqual(writeNpz({ w }, { compress }));
});

test('complex elements', () => {
  expect(found('little.npz:complex64').at(0, 1)).toEqual(new Complex(1, 1));
});

function withHeader(header: string, body = new Uint8Array(8)): Uint8Array {
  const text = Buffer.from(`${header}\n`, 'latin1');
  const length = [text.length & 255, text.length >> 8];
  return Uint8Array.from([0x93, ...Buffer.from('NUMPY'), 1, 0, ...length, ...text, ...body]);
}

test.each([
  [
    "{'descr': '<f4', 'fortran_order': False, 'shape': (999999999,), }",
    /expected 3999999996 bytes got 8/,
  ],
  [
    "{'descr': '<f4', 'fortran_order': False, 'shape': (9007199254740993, 4), }",
    /shape is not valid/,
  ],
  [
    "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 99999999999999999999), }",
    /shape is not valid/,
  ],
  ["{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", /Cannot parse header/],
  ["{'descr': '|S0', 'fortran_order': False, 'shape': (1000000000000,), }", /not a valid dtype/],
  ["{'descr': '<q9', 'fortran_order': False, 'shape': (1,), }", /not a valid dtype/],
  ["{'descr': '<f4', 'fortran_order': False, }", /does not contain the correct keys/],
  ["{'descr': '<f4', 'fortran_order': 'x', 'shape': (1,), }", /fortran_order is not a valid bool/],
  ["{'descr': __import__('os'), 'fortran_order': False, 'shape': (1,), }", /Cannot parse header/],
  ["{'descr': '<U1', 'fortran_order': False, 'shape': (2,), }", null],
  ["{'shape': (2L,), 'fortran_order': False, 'descr': '<f4'}", null],
])('the header %s', (header, message) => {
  const read = (): NdArray => readNpy(withHeader(header));
  if (message) expect(read).toThrow(message);
  else expect(read().shape).toEqual([2]);
});

test('what is no file at all', () => {
  expect(() => readNpy(new Uint8Array())).toThrow('No data left in file');
  expect(() => readNpy(Uint8Array.of(1, 2, 3))).toThrow('the magic string is not correct');
  expect(() => readNpy(Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1))).toThrow(
    'EOF: reading magic string, expected 8 bytes got 7',
  );
  expect(() => readNpz(Uint8Array.of(1, 2, 3))).toThrow('File is not a zip file');
});

/** Every mutation of a good file gives arrays or one of our errors, and nothing else. */
function survives(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch (error) {
    return ['ValueError', 'OutOfRangeError'].includes((error as Error).name);
  }
}

const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 });

test.each(['fortran.npy', 'unicode.npy', 'little.npz', 'big.npz'])('mutations of %s', (name) => {
  const good = bytesOf(name);
  const read = name.endsWith('z') ? readNpz : readNpy;
  fc.assert(
    fc.property(edits, fc.nat(good.length), (changes, cut) => {
      const bad = good.slice(0, cut % 3 === 0 ? cut : good.length);
      for (const [at, byte] of changes) if (bad.length > 0) bad[at % bad.length] = byte;
      return survives(() => read(bad));
    }),
    { numRuns: 300 },
  );
});

test('random bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const npy = Uint8Array.from([0x93, ...Buffer.from('NUMPY'), 1, 0, ...bytes]);
      return survives(() => readNpy(npy)) && survives(() => readNpz(bytes));
    }),
  );
});
