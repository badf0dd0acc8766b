/**
 * NumPy's .npy files: a header that says type, order and shape as a Python dict, then the elements.
 * Formats 1 to 3 and both byte orders are read; what is written equals NumPy's own file, byte by
 * byte. Nothing a header claims is believed before the bytes are there.
 */

import {
  as_dtype,
  type Data,
  type DType,
  type DTypeName,
  elementWidth,
  newData,
  type Text,
} from '../core/dtype.ts';
import { ValueError, withHint } from '../core/errors.ts';
import type { Literal } from '../core/tensor.ts';
import { bytesOfText, textOfBytes } from '../core/text.ts';
import { fromBytes, toBytes } from './bytes.ts';
import { isText } from './casting.ts';
import { NdArray } from './ndarray.ts';
import { pythonRepr } from './python_text.ts';
import { sizeOf, tupleRepr } from './shapes.ts';

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** The magic string and the version behind it. */
const MAGIC_BYTES = 8;
/** What NumPy too refuses beyond; a header of a plain array has a hundred bytes. */
const LONGEST_HEADER = 10000;
const MAX_RANK = 64;
const ALIGNMENT = 64;
/** NumPy leaves room in the header for the first dimension to grow. */
const GROWTH_DIGITS = 21;

interface Header {
  readonly descr: string;
  readonly fortran_order: boolean;
  readonly shape: number[];
}

/** Reads a .npy file. ValueError with NumPy's words if it is none, or is cut off. */
export function readNpy(bytes: Uint8Array): NdArray {
  if (bytes.length === 0) throw new ValueError('No data left in file');
  if (MAGIC.some((byte, i) => bytes[i] !== byte)) {
    const start = pythonRepr(bytes.slice(0, MAGIC.length));
    throw new ValueError(
      `the magic string is not correct; expected b'\\x93NUMPY', got ${start}\n\nThis is no .npy file.`,
    );
  }
  const { header, end } = readHeader(bytes);
  const layout = layoutOf(header.descr);
  const size = checkedSize(header.shape);
  const wanted = size * layout.itemsize;
  const body = bytes.subarray(end);
  if (!(wanted <= body.length)) {
    throw new ValueError(`EOF: reading array data, expected ${wanted} bytes got ${body.length}`);
  }
  const data = layout.read(body.slice(0, wanted), size);
  const { shape } = header;
  const ordered = header.fortran_order ? fromFortran(data, shape, layout.dtype) : data;
  return new NdArray(layout.dtype, shape, ordered);
}

function readHeader(bytes: Uint8Array): { header: Header; end: number } {
  if (bytes.length < MAGIC_BYTES) {
    throw new ValueError(
      `EOF: reading magic string, expected ${MAGIC_BYTES} bytes got ${bytes.length}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [major, minor] = [bytes[6], bytes[7]];
  if (!(major === 1 || major === 2 || major === 3) || minor !== 0) {
    throw new ValueError(
      `we only support format version (1,0), (2,0), and (3,0), not (${major}, ${minor})`,
    );
  }
  const start = major === 1 ? 10 : 12;
  if (bytes.length < start) {
    throw new ValueError(
      `EOF: reading array header length, expected ${start - 8} bytes got ${bytes.length - 8}`,
    );
  }
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > LONGEST_HEADER) {
    throw new ValueError(`Header info length (${length}) is large and may not be safe to load.`);
  }
  const end = start + length;
  if (bytes.length < end) {
    const got = bytes.length - start;
    throw new ValueError(`EOF: reading array header, expected ${length} bytes got ${got}`);
  }
  const text = new TextDecoder(major === 3 ? 'utf-8' : 'latin1').decode(bytes.subarray(start, end));
  return { header: parseHeader(text), end };
}

const ENTRY =
  /\s*(?:'(\w+)'|"(\w+)")\s*:\s*(?:'([^'\\]*)'|"([^"\\]*)"|(True|False)|\(([\s\dL,]*)\)|(\[).*\])\s*(,|(?=\}))/y;

/** Parses the dict of a header: three keys, in any order, and nothing else. */
function parseHeader(text: string): Header {
  const fail = (why: string): never => {
    throw new ValueError(withHint(`Cannot parse header: ${pythonRepr(text.trim())}`, why));
  };
  const found = new Map<string, string | boolean | number[]>();
  const trimmed = text.trim();
  if (!trimmed.startsWith('{') || !trimmed.endsWith('}')) fail('It is not a dict.');
  ENTRY.lastIndex = 1;
  while (!/^\s*\}$/.test(trimmed.slice(ENTRY.lastIndex))) {
    const entry = ENTRY.exec(trimmed);
    if (!entry) return fail('Expected the keys descr, fortran_order and shape with plain values.');
    const [, single, double, text1, text2, truth, tuple, list] = entry;
    if (list) return fail('Structured types are not supported; save each field as its own array.');
    const value = text1 ?? text2 ?? (tuple === undefined ? truth === 'True' : dimensions(tuple));
    found.set(single ?? double!, value);
  }
  const [descr, order, shape] = ['descr', 'fortran_order', 'shape'].map((key) => found.get(key));
  if (found.size !== 3 || descr === undefined || order === undefined || shape === undefined) {
    const keys = [...found.keys()].sort();
    throw new ValueError(`Header does not contain the correct keys: ${pythonRepr(keys)}`);
  }
  if (typeof descr !== 'string') throw badDescr(String(descr));
  if (typeof order !== 'boolean') return fail(`fortran_order is not a valid bool: ${order}`);
  if (!Array.isArray(shape)) return fail(`shape is not valid: ${shape}`);
  return { descr, fortran_order: order, shape };
}

function dimensions(text: string): number[] {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.at(-1) === '') parts.pop();
  // Python 2 wrote long integers with an L.
  return parts.map((part) => (/^\d+L?$/.test(part) ? Number.parseInt(part, 10) : Number.NaN));
}

function checkedSize(shape: readonly number[]): number {
  const size = sizeOf(shape);
  if (
    shape.length > MAX_RANK ||
    !shape.every(Number.isSafeInteger) ||
    !Number.isSafeInteger(size)
  ) {
    throw new ValueError(`shape is not valid: ${tupleRepr(shape)}`);
  }
  return size;
}

function badDescr(descr: string): ValueError {
  return new ValueError(`descr is not a valid dtype descriptor: ${pythonRepr(descr)}`);
}

/** How elements lie in a file. */
interface Layout {
  readonly dtype: DType;
  readonly itemsize: number;
  readonly read: (bytes: Uint8Array, size: number) => Data;
}

const NAMES: Readonly<Record<string, DTypeName>> = {
  b1: 'bool',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  u1: 'uint8',
  u2: 'uint16',
  u4: 'uint32',
  u8: 'uint64',
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
  c8: 'complex64',
  c16: 'complex128',
  // NumPy knows bfloat16 only as two bytes of something.
  V2: 'bfloat16',
};

function layoutOf(descr: string): Layout {
  const match = /^([<>|=]?)([a-zA-Z])(\d*)$/.exec(descr);
  if (!match) throw badDescr(descr);
  const [, order, kind, digits] = match;
  if (kind === 'O') {
    throw new ValueError('Object arrays cannot be loaded when allow_pickle=False');
  }
  if (kind === 'S' || kind === 'U') return textLayout(kind, Number(digits), order === '>');
  const name = Object.hasOwn(NAMES, `${kind}${digits}`) ? NAMES[`${kind}${digits}`] : undefined;
  if (!name) throw badDescr(descr);
  const dtype = as_dtype(name);
  const part = dtype.size / elementWidth(dtype);
  const read = (bytes: Uint8Array): Data =>
    fromBytes(order === '>' ? swapped(bytes, part) : bytes, dtype);
  return { dtype, itemsize: dtype.size, read };
}

/** Reverses each group of `width` bytes, in place. */
function swapped(bytes: Uint8Array, width: number): Uint8Array {
  if (width > 1) {
    for (let i = 0; i < bytes.length; i += width) bytes.subarray(i, i + width).reverse();
  }
  return bytes;
}

function textLayout(kind: 'S' | 'U', length: number, big: boolean): Layout {
  const itemsize = kind === 'S' ? length : 4 * length;
  // Texts of no bytes at all would let a header claim any number of them.
  if (!(length > 0 && Number.isSafeInteger(itemsize))) throw badDescr(`${kind}${length}`);
  const read = (bytes: Uint8Array, size: number): Text[] => {
    const items = Array.from({ length: size }, (_, i) =>
      bytes.subarray(i * itemsize, (i + 1) * itemsize),
    );
    return items.map((item) => (kind === 'S' ? bytesText(item) : unicodeText(item, big)));
  };
  return { dtype: as_dtype('string'), itemsize, read };
}

function bytesText(item: Uint8Array): Text {
  let end = item.length;
  while (end > 0 && item[end - 1] === 0) end--;
  return textOfBytes(item.slice(0, end));
}

function unicodeText(item: Uint8Array, big: boolean): string {
  const view = new DataView(item.buffer, item.byteOffset, item.byteLength);
  let [text, pending] = ['', ''];
  for (let at = 0; at < item.length; at += 4) {
    const code = view.getUint32(at, !big);
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
      throw new ValueError(`codepoint 0x${code.toString(16)} is not in range [U+0000; U+10ffff]`);
    }
    pending += String.fromCodePoint(code);
    if (code === 0) continue;
    text += pending;
    pending = '';
  }
  return text;
}

/** Column-major elements in row-major order. */
function fromFortran(data: Data, shape: readonly number[], dtype: DType): Data {
  const size = sizeOf(shape);
  const width = elementWidth(dtype);
  const out = newData(dtype, size);
  const strides = shape.map((_, axis) => sizeOf(shape.slice(0, axis)));
  const index = shape.map(() => 0);
  for (let to = 0, from = 0; to < size; to++) {
    for (let part = 0; part < width; part++) out[width * to + part] = data[width * from + part]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]!++;
      from += strides[axis]!;
      if (index[axis]! < shape[axis]!) break;
      from -= index[axis]! * strides[axis]!;
      index[axis] = 0;
    }
  }
  return out;
}

const DESCRS = new Map<string, string>(
  Object.entries(NAMES).map(([code, name]) => [name, `${/1$/.test(code) ? '|' : '<'}${code}`]),
);

/**
 * The .npy file of an array, as `np.save` writes it. Text becomes unicode (`<U`), or bytes (`|S`)
 * if some of it is not UTF-8. ValueError for text that ends in NUL, which the format cannot keep.
 */
export function writeNpy(array: Literal): Uint8Array {
  const { descr, body } = isText(array.data) ? textBody(array.data) : numberBody(array);
  const header = headerBytes(descr, array.shape);
  const file = new Uint8Array(header.length + body.length);
  file.set(header);
  file.set(body, header.length);
  return file;
}

function numberBody({ dtype, data }: Literal): { descr: string; body: Uint8Array } {
  const descr = DESCRS.get(dtype.name.replace(/^q/, ''));
  if (!descr) throw new TypeError(`${dtype} has no array form.`);
  return { descr, body: toBytes(data, dtype) };
}

function textBody(texts: readonly Text[]): { descr: string; body: Uint8Array } {
  const unicode = texts.every((text) => typeof text === 'string');
  const items = texts.map((text) => (unicode ? codePoints(text as string) : bytesOfText(text)));
  if (items.some((item) => item.at(-1) === 0)) {
    throw new ValueError('A .npy file cannot keep text that ends in NUL characters.');
  }
  const length = Math.max(1, ...items.map((item) => item.length));
  if (!unicode) {
    const body = new Uint8Array(items.length * length);
    items.forEach((item, i) => {
      body.set(item, i * length);
    });
    return { descr: `|S${length}`, body };
  }
  const codes = new Uint32Array(items.length * length);
  items.forEach((item, i) => {
    codes.set(item, i * length);
  });
  return { descr: `<U${length}`, body: new Uint8Array(codes.buffer) };
}

function codePoints(text: string): Uint32Array {
  return Uint32Array.from(text, (char) => char.codePointAt(0)!);
}

function headerBytes(descr: string, shape: readonly number[]): Uint8Array {
  const entries = `'descr': '${descr}', 'fortran_order': False, 'shape': ${tupleRepr(shape)}, `;
  const room = shape.length > 0 ? GROWTH_DIGITS - String(shape[0]).length : 0;
  const text = `{${entries}}${' '.repeat(room)}`;
  const used = MAGIC.length + 4 + text.length + 1;
  const padded = `${text}${' '.repeat(ALIGNMENT - (used % ALIGNMENT))}\n`;
  const length = [padded.length & 0xff, padded.length >> 8];
  return Uint8Array.from([...MAGIC, 1, 0, ...length, ...new TextEncoder().encode(padded)]);
}
