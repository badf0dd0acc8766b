/** CSV, tensors, compression, JSON and whole files, against TensorFlow's answers (record_parsing.py). */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { as_dtype } from '../../src/core/dtype.ts';
import '../leaks.ts';

interface Plain {
  readonly dtype: string;
  readonly shape: number[];
  readonly data: unknown[];
}
interface Answer {
  readonly value?: Plain | Plain[] | null;
  readonly error?: string;
  readonly text?: string;
  readonly records?: tf.TensorLike;
  readonly defaults?: (string | [string, unknown?])[];
  readonly kwargs?: Record<string, unknown>;
  readonly bytes?: number[];
  readonly dtype?: string;
  readonly kind?: string;
  readonly strings?: Strings;
  readonly little?: boolean;
}
/** The bytes of strings, nested as the tensor is. */
type Strings = readonly (number | Strings)[];
const golden = JSON.parse(
  readFileSync(new URL('../golden/parsing.json', import.meta.url), 'utf8'),
) as Record<string, Answer>;

const home = process.cwd();
let work = '';
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'tf1-parsing-'));
  process.chdir(work);
  writeFileSync('f1', Buffer.from('content\xff', 'latin1'));
});
afterAll(() => {
  process.chdir(home);
  rmSync(work, { recursive: true });
});

/** Strings as Latin-1 text of their bytes, numbers as they are, whatever the shape. */
function plain(value: unknown, tensor: tf.Tensor): Plain {
  const { dtype } = tensor;
  const flat = value instanceof tf.NdArray ? Array.from(value.data as ArrayLike<unknown>) : [value];
  const shape = value instanceof tf.NdArray ? value.shape : [];
  return { dtype: dtype.name, shape: [...shape], data: flat.map(element) };
}

function element(value: unknown): unknown {
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  return Buffer.from(value as string | Uint8Array).toString('latin1');
}

function expectedOf(value: Plain): Plain {
  const data = value.data.map((one) => {
    if (Array.isArray(one)) return Buffer.from(one).toString('latin1');
    if (typeof one === 'boolean') return Number(one);
    return typeof one === 'string' ? one.replace('inf', 'Infinity') : one;
  });
  return { ...value, data };
}

type Built = tf.Tensor | readonly tf.Tensor[] | tf.Operation;

function check(name: string, body: () => Built, words = (text: string) => text): void {
  const answer = golden[name]!;
  test(name, () => {
    const run = () =>
      tf.with(new tf.Graph().as_default(), () => {
        const built = body();
        return tf.with(new tf.Session(), (sess) => {
          const list = Array.isArray(built) ? built : [built];
          const values = sess.run(list as tf.Tensor[]) as unknown as unknown[];
          return list.map((tensor, i) =>
            tensor instanceof tf.Tensor ? plain(values[i], tensor) : null,
          );
        });
      });
    if (answer.error === undefined) {
      const wanted = Array.isArray(answer.value) ? answer.value : [answer.value];
      expect(run()).toEqual(wanted.map((one) => one && expectedOf(one)));
      return;
    }
    let thrown: unknown;
    try {
      run();
    } catch (error) {
      thrown = error;
    }
    const text = words(answer.text!);
    expect([(thrown as Error)?.name, (thrown as Error)?.message.slice(0, text.length)]).toEqual([
      answer.error,
      text,
    ]);
  });
}

const names = (prefix: string) => Object.keys(golden).filter((name) => name.startsWith(prefix));
const ZEROS: Record<string, unknown> = { string: '' };

function defaultsOf(answer: Answer): tf.Tensor[] {
  return answer.defaults!.map((one) => {
    const [type, ...values] = typeof one === 'string' ? [one, ZEROS[one] ?? 0] : one;
    return tf.constant(values as tf.TensorLike, as_dtype(type), [values.length]);
  });
}

describe('decode_csv', () => {
  for (const name of names('csv ')) {
    const answer = golden[name]!;
    check(name, () =>
      Reflect.apply(tf.decode_csv, tf, [
        tf.constant(answer.records!, tf.string),
        defaultsOf(answer),
        answer.kwargs,
      ]),
    );
  }
});

const TENSORS: Record<string, [tf.DType, tf.TensorLike, number[]?]> = {
  float: [
    tf.float32,
    [
      [1, 2],
      [3, 4],
    ],
  ],
  string: [tf.string, ['a', 'bb', '']],
  empty: [tf.int64, [], [0]],
  bool: [tf.bool, true],
  bools: [tf.bool, [true, false]],
  half: [tf.float16, 1.5],
  complex: [tf.complex64, new tf.NdArray(tf.complex64, [2], Float32Array.of(1, 2, -0, -1))],
  complex128: [tf.complex128, new tf.NdArray(tf.complex128, [], Float64Array.of(1, 2))],
  int64: [tf.int64, [2 ** 40, -1]],
  uint8: [tf.uint8, [1, 255]],
  int16: [tf.int16, [-2, 3]],
  double: [tf.float64, 0.1],
  bfloat16: [tf.bfloat16, [1.5, -2]],
  uint16: [tf.uint16, [65535]],
  int8: [tf.int8, [-128, 127]],
  int32: [tf.int32, [[7]]],
  text: [tf.string, 'x'],
  uint64: [tf.uint64, [2 ** 50]],
  uint32: [tf.uint32, [2 ** 32 - 1]],
};

describe('tensors', () => {
  for (const [name, [dtype, value, shape]] of Object.entries(TENSORS)) {
    const source = () => tf.constant(value, dtype, shape ?? null);
    check(`serialize ${name}`, () => tf.serialize_tensor(source()));
    if (dtype.is_complex) continue;
    check(`parse ${name}`, () => {
      const parsed = tf.parse_tensor(tf.serialize_tensor(source()), dtype);
      return dtype === tf.bfloat16 ? tf.cast(parsed, tf.float32) : parsed;
    });
  }
  const start = (text: string) => text.replace(/,? ?(base64|value).*| proto:.*/, '');
  for (const name of names('proto ')) {
    const { bytes, dtype } = golden[name]!;
    if (name === 'proto large') continue;
    check(
      name,
      () => tf.parse_tensor(tf.constant(Uint8Array.from(bytes!), tf.string), as_dtype(dtype!)),
      start,
    );
  }
  test('a tensor whose shape is larger than its values is refused', () => {
    const bytes = Uint8Array.from(golden['proto large']!.bytes!);
    tf.with(new tf.Graph().as_default(), () => {
      const parsed = tf.parse_tensor(tf.constant(bytes, tf.string), tf.float32);
      tf.with(new tf.Session(), (sess) => {
        expect(() => sess.run(parsed)).toThrow(tf.errors.InvalidArgumentError);
      });
    });
  });
});

/** Strings of these bytes. */
function stringsOf(strings: Strings): tf.TensorLike {
  const isOne = strings.length > 0 && typeof strings[0] === 'number';
  if (isOne) return Uint8Array.from(strings as number[]);
  return (strings as Strings[]).map((one) => (one.length === 0 ? '' : stringsOf(one)));
}

describe('decode_raw', () => {
  for (const name of names('raw ')) {
    const { strings, dtype, little } = golden[name]!;
    check(name, () =>
      tf.decode_raw(
        tf.constant(stringsOf(strings!), tf.string, name === 'raw none' ? [0] : null),
        as_dtype(dtype!),
        little!,
      ),
    );
  }
});

describe('decode_compressed', () => {
  for (const name of names('inflate ')) {
    const { bytes, kind } = golden[name]!;
    check(name, () =>
      tf.decode_compressed(tf.constant([Uint8Array.from(bytes!)], tf.string), kind!),
    );
  }
});

/** What a serialized Example says: TensorFlow's JSON reader does not pack lists, which means the same. */
function meaning(text: string): string {
  return String(tf.train.Example.FromString(new Uint8Array(Buffer.from(text, 'latin1'))));
}

describe('decode_json_example', () => {
  for (const name of names('json ')) {
    const text = name.slice('json '.length);
    const { value } = golden[name]!;
    if (!value) {
      check(
        name,
        () => tf.decode_json_example([text]),
        () => 'Error while parsing JSON: ',
      );
      continue;
    }
    test(name, () => {
      tf.with(new tf.Graph().as_default(), () => {
        const decoded = tf.decode_json_example([text]);
        const got = tf.with(new tf.Session(), (sess) => plain(sess.run(decoded), decoded));
        const wanted = expectedOf(value as Plain);
        expect(meaning(got.data[0] as string)).toBe(meaning(wanted.data[0] as string));
      });
    });
  }
});

describe('whole files', () => {
  const unknown = () => tf.placeholder_with_default(['f1'], null);
  check('file read', () => tf.read_file('f1'));
  check('file missing', () => tf.read_file('nope'));
  check('file rank', () => tf.read_file(unknown()));
  check('file write', () => tf.write_file('new/sub/f2', 'abc') as tf.Operation);
  check('file written', () => tf.read_file('new/sub/f2'));
  check('file write rank', () => tf.write_file('f1', unknown()) as tf.Operation);
  check('file match', () => tf.matching_files('f*'));
  check('file matches', () => tf.matching_files(['new/sub/*', 'f1']));
  check('file match none', () => tf.matching_files('zzz*'));
});
