/** Images and audio against what TensorFlow reads and writes, and damaged files of all formats. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as tf from 'tf1';
import { applyOp, registry } from '../../src/core/op.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import { readBmp } from '../../src/formats/image/bmp.ts';
import { readGif } from '../../src/formats/image/gif.ts';
import { readJpeg } from '../../src/formats/image/jpeg.ts';
import { readPngHeader, readPngSamples, writePng } from '../../src/formats/image/png.ts';
import { pngPixels } from '../../src/formats/image/png_pixels.ts';
import { readWav } from '../../src/formats/wav.ts';

interface Plain {
  readonly shape: number[];
  readonly dtype: string;
  readonly data: string;
}
type Failure = { readonly error: string; readonly text: string };
type Keywords = Readonly<Record<string, unknown>>;
interface Golden {
  readonly files: Readonly<Record<string, string>>;
  readonly reads: readonly [
    name: string,
    op: string,
    keywords: Keywords,
    result: Plain[] | Failure,
  ][];
  readonly writes: readonly [fn: string, input: Plain, keywords: Keywords, result: string][];
}

const path = new URL('../golden/codecs.json', import.meta.url);
const golden = JSON.parse(readFileSync(path, 'utf8')) as Golden;
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

/** All outputs of the op `type` for a file. */
function decode(type: string, contents: Uint8Array, keywords: Keywords) {
  return tf.with(new tf.Graph().as_default(), new tf.Session(), (_graph, session) => {
    const { crop_window, dtype, ...others } = keywords;
    const attrs: Record<string, unknown> = others;
    const placeholder = tf.placeholder(tf.string, []);
    const inputs: Record<string, Tensor> = { contents: placeholder };
    if (crop_window) inputs.crop_window = tf.constant(crop_window as number[], tf.int32);
    if (dtype) attrs.dtype = tf.as_dtype(dtype as string);
    const { outputs } = applyOp(registry.get(type)!, inputs, attrs, null);
    return session.run([...outputs], { feed_dict: [[placeholder, contents]] });
  });
}

function plain(value: tf.NdArray | number): Plain {
  if (typeof value === 'number') {
    return { shape: [], dtype: 'int32', data: textOf(new Uint8Array(Int32Array.of(value).buffer)) };
  }
  const { buffer, byteOffset, byteLength } = value.data as Uint8Array;
  const data = textOf(new Uint8Array(buffer, byteOffset, byteLength));
  return { shape: [...value.shape], dtype: value.dtype.name, data };
}

describe("files are read as TensorFlow's", () => {
  test.each(
    golden.reads.map((row) => [`${row[1]} ${row[0]} ${JSON.stringify(row[2])}`, row] as const),
  )('%s', (_title, [name, op, keywords, expected]) => {
    const contents = bytesOf(golden.files[name]!);
    if (!Array.isArray(expected)) {
      expect(() => decode(op, contents, keywords)).toThrow(tf.errors.InvalidArgumentError);
      return;
    }
    expect(decode(op, contents, keywords).map(plain)).toEqual(expected);
  });
});

describe("files are written as TensorFlow's, byte for byte", () => {
  test.each(
    golden.writes.map(
      (row) => [`${row[0]} ${row[1].shape} ${JSON.stringify(row[2])}`, row] as const,
    ),
  )('%s', (_title, [fn, { shape, dtype, data }, keywords, expected]) => {
    tf.with(new tf.Graph().as_default(), new tf.Session(), (_graph, session) => {
      const bytes = bytesOf(data);
      const values = dtype === 'uint8' ? bytes : new Float32Array(bytes.buffer);
      const input = tf.constant(new tf.NdArray(tf.as_dtype(dtype), shape, values));
      const contents =
        fn === 'encode_jpeg'
          ? tf.image.encode_jpeg(input, keywords)
          : tf.contrib.framework.python.ops.audio_ops.encode_wav(
              input,
              keywords.sample_rate as number,
            );
      expect(textOf(asBytes(session.run(contents)))).toBe(expected);
    });
  });
});

const asBytes = (value: unknown) =>
  typeof value === 'string' ? new TextEncoder().encode(value) : (value as Uint8Array);

describe('PNG files come back as they were', () => {
  test.each([
    [1, 1, 1, tf.uint8],
    [7, 5, 2, tf.uint8],
    [13, 21, 3, tf.uint8],
    [6, 4, 4, tf.uint16],
    [3, 9, 1, tf.uint16],
  ] as const)('%i x %i x %i %s', (height, width, channels, dtype) => {
    tf.with(new tf.Graph().as_default(), new tf.Session(), (_graph, session) => {
      const most = dtype === tf.uint8 ? 256 : 65536;
      const values = Array.from({ length: height * width * channels }, (_, i) => (i * 7919) % most);
      const image = dtype(values).reshape([height, width, channels]);
      for (const compression of [-1, 0, 9]) {
        const contents = tf.image.encode_png(image, compression);
        const again = tf.image.decode_png(contents, channels === 2 ? 0 : channels, dtype);
        expect(session.run(again).tolist()).toEqual(image.tolist());
      }
    });
  });
});

test('decode_image tells the formats apart', () => {
  tf.with(new tf.Graph().as_default(), new tf.Session(), (_graph, session) => {
    const contents = tf.placeholder(tf.string, []);
    const image = tf.image.decode_image(contents);
    const shapeOf = (name: string) =>
      session.run(image, { feed_dict: [[contents, bytesOf(golden.files[name]!)]] }).shape;
    expect(shapeOf('rgb19x17_s2_p0.jpg')).toEqual([19, 17, 3]);
    expect(shapeOf('c4_d8.png')).toEqual([5, 9, 2]);
    expect(shapeOf('animated.gif')).toEqual([3, 10, 12, 3]);
    expect(shapeOf('rgb.bmp')).toEqual([5, 7, 3]);
    expect(() => session.run(image, { feed_dict: { [contents.name]: 'none of them' } })).toThrow(
      /Unable to decode bytes as JPEG, PNG, GIF, or BMP/,
    );
    expect(() => tf.image.decode_image(contents, 2)).toThrow(
      'channels must be in (None, 0, 1, 3, 4)',
    );
  });
});

test("the errors are TensorFlow's", () => {
  const says = (op: string, bytes: Uint8Array, text: string, keywords: Keywords = {}) =>
    expect(() => decode(op, bytes, keywords)).toThrow(text);
  const ascii = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));
  says('DecodePng', ascii(''), 'Expected image (JPEG, PNG, or GIF), got empty file');
  says(
    'DecodeJpeg',
    ascii('ab\n"\x01'),
    "Expected image (JPEG, PNG, or GIF), got unknown format starting with 'ab\\n\\\"\\001'",
  );
  says('DecodePng', ascii('\x89PNG\r\n\x1a\n'), 'Invalid PNG header, data size 8');
  says('DecodePng', bytesOf(golden.files['cut.png']!), 'Invalid PNG data, size ');
  says('DecodeJpeg', ascii('\xff\xd8\xff'), 'Invalid JPEG data or crop window, data size 3');
  says('DecodeGif', ascii('GIF89a'), 'Invalid GIF data, size 6');
  says(
    'DecodePng',
    bytesOf(golden.files['animated.gif']!),
    'Got 3 frames, but animated gifs can only',
  );
  says('DecodePng', ascii('x'), 'channels must be 0, 1, 3, or 4, got 2', { channels: 2 });
  says('DecodeJpeg', bytesOf(golden.files['gray.jpg']!), 'ratio must be 1, 2, 4, or 8, got 3', {
    ratio: 3,
  });
  says('DecodeBmp', ascii('BM'), 'Incomplete bmp content, requires at least 32 bytes');
  says('DecodeWav', ascii('RIFX    '), 'Header mismatch: Expected RIFF but found RIFX');
});

test('a frame is drawn only where the file has pixels', () => {
  const whole = bytesOf(golden.files['one.gif']!);
  // A canvas that the first frame does not fill is refused, whatever size it is said to have.
  const view = new DataView(whole.buffer);
  view.setUint16(6, 65535, true);
  expect(readGif(whole)).toBeNull();
});

describe('damaged files give an error or an image, soon', () => {
  const kinds = Object.keys(golden.files).filter((name) => !name.startsWith('c3_d1'));
  const jpeg = { channels: 0, ratio: 1, fancy: true, fast: true, recover: false };
  const readers: Readonly<Record<string, (bytes: Uint8Array) => unknown>> = {
    jpg: (bytes) => readJpeg(bytes, jpeg),
    png: (bytes) => {
      const header = readPngHeader(bytes);
      const samples = header && readPngSamples(header);
      return header && samples && pngPixels(header, samples, 4, 8);
    },
    gif: readGif,
    bmp: (bytes) => readBmp(bytes, 0),
    wav: readWav,
  };
  test('mutated bytes', () => {
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.constantFrom(...kinds), edits, fc.nat(), (name, changes, cut) => {
        const bytes = bytesOf(golden.files[name]!);
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        const file = cut % 4 === 0 ? bytes.subarray(0, cut % bytes.length) : bytes;
        try {
          readers[name.split('.').at(-1)!]!(file);
        } catch (error) {
          expect(error).toBeInstanceOf(tf.errors.InvalidArgumentError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('a small file that says it is huge takes no memory', () => {
    const png = writePng(new Uint8Array(12), 2, 2, 3, 6);
    const view = new DataView(png.buffer);
    view.setUint32(16, 20000);
    view.setUint32(20, 20000);
    const before = process.memoryUsage().arrayBuffers;
    expect(() => decode('DecodePng', png, {})).toThrow(/Invalid PNG/);
    const jpeg = bytesOf(golden.files['gray.jpg']!);
    const at = jpeg.findIndex((byte, i) => byte === 0xff && jpeg[i + 1] === 0xc0);
    jpeg.set([0xff, 0xff, 0xff, 0xff], at + 5);
    expect(() => decode('DecodeJpeg', jpeg, {})).toThrow(/Invalid JPEG/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 24);
  });
});
