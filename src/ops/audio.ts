/** Audio as a picture of its frequencies: what networks that listen are fed with. */

import { withRank } from '../core/dims.ts';
import { op } from '../core/op.ts';
import { fn } from '../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../core/tensor.ts';
import { integers } from './literals.ts';

/** The length of the transform of a window: the next power of two. */
function transformLength(window: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(window, 1)));
}

export const AudioSpectrogram = op('AudioSpectrogram', {
  inputs: ['input: float'],
  outputs: ['spectrogram: float'],
  attrs: ['window_size: int', 'stride: int', 'magnitude_squared: bool = false'],
  shape: ({ input }, { window_size, stride }) => {
    const [samples = null, channels = null] = withRank(input.dims, 2);
    const windows = (length: number) =>
      Math.max(0, 1 + Math.floor((length - window_size) / stride));
    const height = samples === null ? null : samples < window_size ? 0 : windows(samples);
    return [channels, height, 1 + transformLength(window_size) / 2];
  },
}).gradient(null);

/**
 * How strong each frequency is over time: of `input`, `[samples, channels]`, windows of `window_size`
 * samples every `stride` samples give `[channels, windows, frequencies]`.
 */
export const audio_spectrogram = fn(
  ['input', 'window_size', 'stride', 'magnitude_squared', 'name'],
  (
    input: TensorLike,
    window_size: number,
    stride: number,
    magnitude_squared: boolean = false,
    name: Name = null,
  ): Tensor => AudioSpectrogram({ input }, { window_size, stride, magnitude_squared }, name),
);

export const Mfcc = op('Mfcc', {
  inputs: ['spectrogram: float', 'sample_rate: int32'],
  outputs: ['output: float'],
  attrs: [
    'upper_frequency_limit: float = 4000.0',
    'lower_frequency_limit: float = 20.0',
    'filterbank_channel_count: int = 40',
    'dct_coefficient_count: int = 13',
  ],
  shape: ({ spectrogram, sample_rate }, { dct_coefficient_count }) => {
    const [channels = null, windows = null] = withRank(spectrogram.dims, 3);
    withRank(sample_rate.dims, 0);
    return [channels, windows, dct_coefficient_count];
  },
}).gradient(null);

/**
 * Mel-frequency cepstral coefficients of a spectrogram of squared magnitudes: the logarithms of what
 * lies in bands as the ear has them, and of those a cosine transform.
 */
export const mfcc = fn(
  [
    'spectrogram',
    'sample_rate',
    'upper_frequency_limit',
    'lower_frequency_limit',
    'filterbank_channel_count',
    'dct_coefficient_count',
    'name',
  ],
  (
    spectrogram: TensorLike,
    sample_rate: TensorLike,
    upper_frequency_limit: number = 4000,
    lower_frequency_limit: number = 20,
    filterbank_channel_count: number = 40,
    dct_coefficient_count: number = 13,
    name: Name = null,
  ): Tensor => {
    const limits = { upper_frequency_limit, lower_frequency_limit };
    const counts = { filterbank_channel_count, dct_coefficient_count };
    const inputs = { spectrogram, sample_rate: integers(sample_rate) };
    return Mfcc(inputs, { ...limits, ...counts }, name);
  },
);
