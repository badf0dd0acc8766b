/** Spectrograms and their coefficients against TensorFlow's. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';

interface Plain {
  readonly shape: number[];
  readonly data: number[];
}
interface Row {
  readonly audio: Plain;
  readonly window: number;
  readonly stride: number;
  readonly rate: number;
  readonly options: Readonly<Record<string, number>>;
  readonly spectra: readonly [plain: Plain, squared: Plain];
  readonly mfcc: Plain | null;
}
const rows = JSON.parse(
  readFileSync(new URL('../golden/audio.json', import.meta.url), 'utf8'),
) as Row[];
const { audio_spectrogram, mfcc } = tf.contrib.framework.python.ops.audio_ops;

const arrayOf = ({ shape, data }: Plain) => tf.float32(data).reshape(shape);

function expectNear(tensor: tf.Tensor, { shape, data }: Plain): void {
  expect(tensor.shape.as_list()).toEqual(shape);
  const found: unknown = tf.with(new tf.Session(), (session) => session.run(tensor));
  const array = found as tf.NdArray;
  expect([...array.shape]).toEqual(shape);
  const largest = Math.max(...data.map(Math.abs));
  for (const [i, value] of [...(array.data as Float32Array)].entries()) {
    expect(Math.abs(value - data[i]!)).toBeLessThanOrEqual(2e-6 * largest);
  }
}

describe.each(rows)('windows of $window every $stride', (row) => {
  const { window, stride, rate, options } = row;
  test('audio_spectrogram', () => {
    tf.with(new tf.Graph().as_default(), () => {
      const audio = tf.constant(arrayOf(row.audio));
      expectNear(audio_spectrogram(audio, window, stride), row.spectra[0]);
      const squared = audio_spectrogram(audio, window, stride, { magnitude_squared: true });
      expectNear(squared, row.spectra[1]);
    });
  });
  const { mfcc: expected } = row;
  if (expected === null) return;
  test('mfcc', () => {
    tf.with(new tf.Graph().as_default(), () => {
      expectNear(mfcc(tf.constant(arrayOf(row.spectra[1])), rate, options), expected);
    });
  });
});

test('what makes no bands is refused', () => {
  tf.with(new tf.Graph().as_default(), new tf.Session(), (_graph, session) => {
    const spectrogram = tf.ones([1, 2, 9]);
    expect(() => session.run(mfcc(spectrogram, 0))).toThrow(
      'Mfcc initialization failed for channel count 9 and sample rate 0',
    );
    expect(() => session.run(audio_spectrogram(tf.ones([9, 1]), 1, 1))).toThrow(
      'window_size must be > 1, got 1',
    );
  });
});
