/** Spectrograms, and the coefficients of bands as the ear has them, computed in float64. */

import { float32 } from '../../core/dtype.ts';
import { kernel } from '../registry.ts';
import { invalid, shapeText } from './box.ts';

/** Sums below this count as this, so that they have a logarithm. */
const FLOOR = 1e-12;

// ---- spectrograms ------------------------------------------------------------------------------

/** The squared magnitudes of the first half of a Fourier transform of `length` (a power of two) numbers. */
class RealTransform {
  private readonly length: number;
  private readonly re: Float64Array;
  private readonly im: Float64Array;
  private readonly cosines: Float64Array;
  private readonly sines: Float64Array;
  private readonly places: Uint32Array;

  constructor(length: number) {
    this.length = length;
    this.re = new Float64Array(length);
    this.im = new Float64Array(length);
    const angle = (i: number) => (-2 * Math.PI * i) / length;
    this.cosines = Float64Array.from({ length: length / 2 }, (_, i) => Math.cos(angle(i)));
    this.sines = Float64Array.from({ length: length / 2 }, (_, i) => Math.sin(angle(i)));
    const bits = Math.log2(length);
    this.places = Uint32Array.from({ length }, (_, i) => {
      let place = 0;
      for (let bit = 0; bit < bits; bit++) place |= ((i >> bit) & 1) << (bits - 1 - bit);
      return place;
    });
  }

  /** Number `i` of the input. */
  set(i: number, value: number): void {
    const place = this.places[i]!;
    this.re[place] = value;
    this.im[place] = 0;
  }

  /** Transforms what was set; `put(i, magnitude)` gets the results. */
  run(put: (i: number, squared: number) => void): void {
    const { re, im, length } = this;
    for (let half = 1; half < length; half *= 2) {
      const stride = length / (2 * half);
      for (let from = 0; from < length; from += 2 * half) {
        for (let i = 0; i < half; i++) {
          const [cos, sin] = [this.cosines[i * stride]!, this.sines[i * stride]!];
          const [a, b] = [from + i, from + i + half];
          const x = re[b]! * cos - im[b]! * sin;
          const y = re[b]! * sin + im[b]! * cos;
          re[b] = re[a]! - x;
          im[b] = im[a]! - y;
          re[a]! += x;
          im[a]! += y;
        }
      }
    }
    for (let i = 0; i <= length / 2; i++) {
      const at = i % length;
      put(i, re[at]! * re[at]! + im[at]! * im[at]!);
    }
  }
}

kernel('AudioSpectrogram', ([input], attrs, context) => {
  const [size, stride] = [attrs.window_size as number, attrs.stride as number];
  if (size <= 1) invalid(`window_size must be > 1, got ${size}`);
  if (stride <= 0) invalid(`stride must be > 0, got ${stride}`);
  const { shape } = input!;
  if (shape.length !== 2) invalid(`input must be 2-dimensional${shapeText(shape)}`);
  const [samples, channels] = shape as [number, number];
  const length = 2 ** Math.ceil(Math.log2(size));
  const width = 1 + length / 2;
  const height = samples < size ? 0 : 1 + Math.floor((samples - size) / stride);
  const output = context.alloc(float32, [channels, height, width]);
  const [source, target] = [input!.data as Float32Array, output.data as Float32Array];
  const window = Float64Array.from({ length: size }, (_, i) => {
    return 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size);
  });
  const transform = new RealTransform(length);
  for (let row = 0; row < channels * height; row++) {
    const channel = Math.floor(row / height);
    const first = (row % height) * stride;
    for (let i = 0; i < length; i++) {
      transform.set(i, i < size ? source[(first + i) * channels + channel]! * window[i]! : 0);
    }
    transform.run((i, squared) => {
      target[row * width + i] = attrs.magnitude_squared ? squared : Math.sqrt(Math.fround(squared));
    });
  }
  return output;
});

// ---- bands -------------------------------------------------------------------------------------

function mel(frequency: number): number {
  return 1127 * Math.log1p(frequency / 700);
}

interface Bands {
  /** The first and the last frequency that counts. */
  readonly first: number;
  readonly last: number;
  /** For each frequency the band on whose falling side it is, and its weight there. */
  readonly band: Int32Array;
  readonly weight: Float64Array;
}

/** Overlapping triangles, equally wide in mel; `null` for limits that make none. */
function bandsOf(
  width: number,
  rate: number,
  count: number,
  low: number,
  high: number,
): Bands | null {
  if (count < 1 || rate <= 0 || width < 2 || low < 0 || high <= low) return null;
  const spacing = (mel(high) - mel(low)) / (count + 1);
  const centers = Float64Array.from({ length: count + 1 }, (_, i) => mel(low) + spacing * (i + 1));
  const hertz = (0.5 * rate) / (width - 1);
  const first = Math.trunc(1.5 + low / hertz);
  const last = Math.trunc(high / hertz);
  const band = new Int32Array(width).fill(-2);
  const weight = new Float64Array(width);
  let at = 0;
  for (let i = first; i <= Math.min(last, width - 1); i++) {
    const place = mel(i * hertz);
    while (at < count && centers[at]! < place) at++;
    band[i] = at - 1;
    const below = at > 0 ? centers[at - 1]! : mel(low);
    weight[i] = (centers[at]! - place) / (centers[at]! - below);
  }
  return { first, last, band, weight };
}

/** The logarithms of what is in each band of a row of squared magnitudes. */
function logarithms(row: Float32Array, bands: Bands, sums: Float64Array): void {
  sums.fill(0);
  // A row that ends below the upper limit has nothing to give, as in TensorFlow.
  const isLong = row.length > bands.last;
  for (let i = bands.first; isLong && i <= bands.last; i++) {
    const value = Math.sqrt(row[i]!);
    const weighted = value * bands.weight[i]!;
    const band = bands.band[i]!;
    if (band >= 0) sums[band]! += weighted;
    if (band + 1 < sums.length) sums[band + 1]! += value - weighted;
  }
  for (let i = 0; i < sums.length; i++) sums[i] = Math.log(Math.max(sums[i]!, FLOOR));
}

kernel('Mfcc', ([spectrogram, sampleRate], attrs, context) => {
  const { shape } = spectrogram!;
  if (shape.length !== 3) invalid(`spectrogram must be 3-dimensional${shapeText(shape)}`);
  if (sampleRate!.shape.length > 0) {
    const given = shapeText(sampleRate!.shape);
    invalid(`Input sample_rate should be a scalar tensor, got ${given} instead.`);
  }
  const [channels, windows, width] = shape as [number, number, number];
  const rate = (sampleRate!.data as Int32Array)[0]!;
  const count = attrs.filterbank_channel_count as number;
  const coefficients = attrs.dct_coefficient_count as number;
  const [low, high] = [attrs.lower_frequency_limit, attrs.upper_frequency_limit] as number[];
  const bands = bandsOf(width, rate, count, low!, high!);
  if (!bands || coefficients < 1 || coefficients > count) {
    return invalid(`Mfcc initialization failed for channel count ${width} and sample rate ${rate}`);
  }
  const output = context.alloc(float32, [channels, windows, coefficients]);
  const [source, target] = [spectrogram!.data as Float32Array, output.data as Float32Array];
  const norm = Math.sqrt(2 / count);
  const cosines = Float64Array.from({ length: coefficients * count }, (_, i) => {
    return norm * Math.cos(Math.floor(i / count) * (Math.PI / count) * ((i % count) + 0.5));
  });
  const sums = new Float64Array(count);
  for (let row = 0; row < channels * windows; row++) {
    logarithms(source.subarray(row * width, (row + 1) * width), bands, sums);
    for (let i = 0; i < coefficients; i++) {
      let sum = 0;
      for (let j = 0; j < count; j++) sum += cosines[i * count + j]! * sums[j]!;
      target[row * coefficients + i] = sum;
    }
  }
  return output;
});
