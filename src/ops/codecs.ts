/** Images and audio from and to the bytes of their files. */

import { withRank } from '../core/dims.ts';
import { type DType, int32, uint8 } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { op } from '../core/op.ts';
import { fn } from '../core/signature.ts';
import type { Dims, Name, Static, Tensor, TensorLike } from '../core/tensor.ts';
import { NdArray } from '../numpy/index.ts';
import { integers } from './literals.ts';

const CHANNELS = 'channels: int = 0';

/** Rows, columns and channels of a decoded image; 0 channels are those of the file. */
function imageDims({ contents }: { readonly contents: Static }, channels: number): Dims {
  withRank(contents.dims, 0);
  return [null, null, channelCount(channels) || null];
}

function channelCount(channels: number): number {
  if (channels < 0) throw new ValueError(`channels must be non-negative, got ${channels}`);
  return channels;
}

// ---- PNG ---------------------------------------------------------------------------------------

export const DecodePng = op('DecodePng', {
  inputs: ['contents: string'],
  outputs: ['image: dtype'],
  attrs: [CHANNELS, 'dtype: {uint8, uint16} = DT_UINT8'],
  shape: (inputs, { channels }) => imageDims(inputs, channels),
}).gradient(null);

/**
 * A PNG file as a tensor of `[height, width, channels]`. Files of the other formats are taken, too,
 * as TensorFlow does, but a GIF of several frames.
 */
export const decode_png = fn(
  ['contents', 'channels', 'dtype', 'name'],
  (contents: TensorLike, channels: number = 0, dtype: DType = uint8, name: Name = null): Tensor =>
    DecodePng({ contents }, { channels, dtype }, name),
);

export const EncodePng = op('EncodePng', {
  inputs: ['image: T'],
  outputs: ['contents: string'],
  attrs: ['compression: int = -1', 'T: {uint8, uint16} = DT_UINT8'],
  shape: ({ image }) => {
    withRank(image.dims, 3);
    return [];
  },
}).gradient(null);

/** An image of 1 to 4 channels as a PNG file; `compression` from 0 to 9, or -1 for the usual. */
export const encode_png = fn(
  ['image', 'compression', 'name'],
  (image: TensorLike, compression: number = -1, name: Name = null): Tensor =>
    // An array of 16 bits keeps them: the default of T would cut them off.
    EncodePng(
      { image },
      image instanceof NdArray ? { compression, T: image.dtype } : { compression },
      name,
    ),
);

// ---- JPEG --------------------------------------------------------------------------------------

const JPEG_ATTRS = [
  CHANNELS,
  'ratio: int = 1',
  'fancy_upscaling: bool = true',
  'try_recover_truncated: bool = false',
  'acceptable_fraction: float = 1.0',
  "dct_method: string = ''",
] as const;

export const DecodeJpeg = op('DecodeJpeg', {
  inputs: ['contents: string'],
  outputs: ['image: uint8'],
  attrs: JPEG_ATTRS,
  shape: (inputs, { channels }) => imageDims(inputs, channels),
}).gradient(null);

/**
 * A JPEG file as a tensor of `[height, width, channels]`, made smaller by `ratio`. `dct_method` is
 * `''`, `'INTEGER_FAST'` or `'INTEGER_ACCURATE'`.
 */
export const decode_jpeg = fn(
  [
    'contents',
    'channels',
    'ratio',
    'fancy_upscaling',
    'try_recover_truncated',
    'acceptable_fraction',
    'dct_method',
    'name',
  ],
  (
    contents: TensorLike,
    channels: number = 0,
    ratio: number = 1,
    fancy_upscaling: boolean = true,
    try_recover_truncated: boolean = false,
    acceptable_fraction: number = 1,
    dct_method: string = '',
    name: Name = null,
  ): Tensor =>
    DecodeJpeg(
      { contents },
      { channels, ratio, fancy_upscaling, try_recover_truncated, acceptable_fraction, dct_method },
      name,
    ),
);

export const DecodeAndCropJpeg = op('DecodeAndCropJpeg', {
  inputs: ['contents: string', 'crop_window: int32'],
  outputs: ['image: uint8'],
  attrs: JPEG_ATTRS,
  shape: ({ contents, crop_window }, { channels }) => {
    withRank(contents.dims, 0);
    withRank(crop_window.dims, 1);
    const [, , height = null, width = null] = crop_window.known ?? [];
    return [height, width, channelCount(channels) || null];
  },
}).gradient(null);

/** The part `crop_window`, `[y, x, height, width]`, of a JPEG file. */
export const decode_and_crop_jpeg = fn(
  [
    'contents',
    'crop_window',
    'channels',
    'ratio',
    'fancy_upscaling',
    'try_recover_truncated',
    'acceptable_fraction',
    'dct_method',
    'name',
  ],
  (
    contents: TensorLike,
    crop_window: TensorLike,
    channels: number = 0,
    ratio: number = 1,
    fancy_upscaling: boolean = true,
    try_recover_truncated: boolean = false,
    acceptable_fraction: number = 1,
    dct_method: string = '',
    name: Name = null,
  ): Tensor =>
    DecodeAndCropJpeg(
      { contents, crop_window: integers(crop_window) },
      { channels, ratio, fancy_upscaling, try_recover_truncated, acceptable_fraction, dct_method },
      name,
    ),
);

export const ExtractJpegShape = op('ExtractJpegShape', {
  inputs: ['contents: string'],
  outputs: ['image_shape: output_type'],
  attrs: ['output_type: {int32, int64} = DT_INT32'],
  shape: ({ contents }) => {
    withRank(contents.dims, 0);
    return [3];
  },
}).gradient(null);

/** Height, width and channels of a JPEG file, from its header. */
export const extract_jpeg_shape = fn(
  ['contents', 'output_type', 'name'],
  (contents: TensorLike, output_type: DType = int32, name: Name = null): Tensor =>
    ExtractJpegShape({ contents }, { output_type }, name),
);

export const EncodeJpeg = op('EncodeJpeg', {
  inputs: ['image: uint8'],
  outputs: ['contents: string'],
  attrs: [
    "format: {'', 'grayscale', 'rgb'} = ''",
    'quality: int = 95',
    'progressive: bool = false',
    'optimize_size: bool = false',
    'chroma_downsampling: bool = true',
    "density_unit: {'in', 'cm'} = 'in'",
    'x_density: int = 300',
    'y_density: int = 300',
    "xmp_metadata: string = ''",
  ],
  shape: ({ image }) => {
    withRank(image.dims, 3);
    return [];
  },
}).gradient(null);

/**
 * An image of 1 or 3 channels as a JPEG file, the bytes that TensorFlow writes. `progressive` and
 * `optimize_size` change no pixel, but the order and the size of the file.
 */
export const encode_jpeg = fn(
  [
    'image',
    'format',
    'quality',
    'progressive',
    'optimize_size',
    'chroma_downsampling',
    'density_unit',
    'x_density',
    'y_density',
    'xmp_metadata',
    'name',
  ],
  (
    image: TensorLike,
    format: '' | 'grayscale' | 'rgb' = '',
    quality: number = 95,
    progressive: boolean = false,
    optimize_size: boolean = false,
    chroma_downsampling: boolean = true,
    density_unit: 'in' | 'cm' = 'in',
    x_density: number = 300,
    y_density: number = 300,
    xmp_metadata: string = '',
    name: Name = null,
  ): Tensor => {
    const density = { density_unit, x_density, y_density };
    const size = { progressive, optimize_size, chroma_downsampling };
    return EncodeJpeg({ image }, { format, quality, ...size, ...density, xmp_metadata }, name);
  },
);

// ---- others ------------------------------------------------------------------------------------

export const DecodeBmp = op('DecodeBmp', {
  inputs: ['contents: string'],
  outputs: ['image: uint8'],
  attrs: [CHANNELS],
  shape: (inputs, { channels }) => imageDims(inputs, channels),
}).gradient(null);

/** A BMP file without compression as a tensor of `[height, width, channels]`. */
export const decode_bmp = fn(
  ['contents', 'channels', 'name'],
  (contents: TensorLike, channels: number = 0, name: Name = null): Tensor =>
    DecodeBmp({ contents }, { channels }, name),
);

export const DecodeGif = op('DecodeGif', {
  inputs: ['contents: string'],
  outputs: ['image: uint8'],
  attrs: [],
  shape: ({ contents }) => {
    withRank(contents.dims, 0);
    return [null, null, null, 3];
  },
}).gradient(null);

/** A GIF file as a tensor of `[frames, height, width, 3]`. */
export const decode_gif = fn(
  ['contents', 'name'],
  (contents: TensorLike, name: Name = null): Tensor => DecodeGif({ contents }, {}, name),
);

export const DecodeWav = op('DecodeWav', {
  inputs: ['contents: string'],
  outputs: ['audio: float', 'sample_rate: int32'],
  attrs: ['desired_channels: int = -1', 'desired_samples: int = -1'],
  shape: ({ contents }, { desired_channels, desired_samples }): Dims[] => {
    withRank(contents.dims, 0);
    const count = (wanted: number, what: string) => {
      if (wanted < -1) throw new ValueError(`${what} must be non-negative, got ${wanted}`);
      return wanted < 0 ? null : wanted;
    };
    return [[count(desired_samples, 'samples'), count(desired_channels, 'channels')], []];
  },
}).gradient(null);

/** A WAV file of 16 bit samples: `[samples, channels]` from -1 to 1, and the samples per second. */
export const decode_wav = fn(
  ['contents', 'desired_channels', 'desired_samples', 'name'],
  (
    contents: TensorLike,
    desired_channels: number = -1,
    desired_samples: number = -1,
    name: Name = null,
  ): readonly [audio: Tensor, sample_rate: Tensor] => {
    return DecodeWav({ contents }, { desired_channels, desired_samples }, name);
  },
);

export const EncodeWav = op('EncodeWav', {
  inputs: ['audio: float', 'sample_rate: int32'],
  outputs: ['contents: string'],
  attrs: [],
  shape: ({ audio, sample_rate }) => {
    withRank(audio.dims, 2);
    withRank(sample_rate.dims, 0);
    return [];
  },
}).gradient(null);

/** Audio of `[samples, channels]`, from -1 to 1, as a WAV file of 16 bit samples. */
export const encode_wav = fn(
  ['audio', 'sample_rate', 'name'],
  (audio: TensorLike, sample_rate: TensorLike, name: Name = null): Tensor =>
    EncodeWav({ audio, sample_rate: integers(sample_rate) }, {}, name),
);
