/**
 * Images and audio from and to the bytes of their files. As in TensorFlow, each of the ops for PNG,
 * JPEG and GIF reads all three, by what the bytes begin with.
 */

import { type DType, float32, int32, string, uint8, uint16 } from '../../core/dtype.ts';
import { InternalError } from '../../core/errors.ts';
import type { Attrs, Kernel, KernelContext, Value } from '../../core/kernels.ts';
import { bytesOfText, textOfBytes } from '../../core/text.ts';
import { readBmp } from '../../formats/image/bmp.ts';
import { readGif } from '../../formats/image/gif.ts';
import { isJpeg, readJpeg, readJpegSize, type Window } from '../../formats/image/jpeg.ts';
import { writeJpeg } from '../../formats/image/jpeg_writer.ts';
import { readPngHeader, readPngSamples, writePng } from '../../formats/image/png.ts';
import { pngChannels, pngPixels } from '../../formats/image/png_pixels.ts';
import { readWav, writeWav } from '../../formats/wav.ts';
import { kernel } from '../registry.ts';
import { invalid, shapeText } from './box.ts';

const MOST_ROWS = 2 ** 27;
const MOST_PIXELS = 2 ** 29;
/** What a deflate level of -1 stands for. */
const USUAL_LEVEL = 6;

function contentsOf(value: Value): Uint8Array {
  if (value.shape.length > 0) {
    invalid(`contents must be scalar, got shape ${shapeText(value.shape)}`);
  }
  return bytesOfText((value.data as (string | Uint8Array)[])[0]!);
}

function textValue(context: KernelContext, bytes: Uint8Array): Value {
  return context.wrap(string, [], [textOfBytes(bytes)]);
}

// ---- images in ---------------------------------------------------------------------------------

type Format = 'JPEG' | 'PNG' | 'GIF';

/** `[frames, height, width, channels]` where the op gives frames, else without the first. */
interface Pixels {
  readonly frames: number | null;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly data: Uint8Array | Uint16Array;
}

function formatOf(bytes: Uint8Array): Format {
  if (isJpeg(bytes)) return 'JPEG';
  const head = String.fromCharCode(...bytes.subarray(0, 8));
  if (head === '\x89PNG\r\n\x1a\n') return 'PNG';
  if (head.startsWith('GIF8')) return 'GIF';
  const start = bytes.subarray(0, 16);
  const found =
    start.length === 0 ? 'empty file' : `unknown format starting with '${escaped(start)}'`;
  return invalid(`Expected image (JPEG, PNG, or GIF), got ${found}`);
}

/** Bytes as C writes them in a string. */
function escaped(bytes: Uint8Array): string {
  const named: Readonly<Record<string, string>> = {
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
    '"': '\\"',
    "'": "\\'",
    '\\': '\\\\',
  };
  return Array.from(bytes, (byte) => {
    const c = String.fromCharCode(byte);
    const plain = byte >= 32 && byte < 127 ? c : `\\${byte.toString(8).padStart(3, '0')}`;
    return named[c] ?? plain;
  }).join('');
}

/** The kernel of the op for `own` files. */
function decoder(own: Format): Kernel {
  return (inputs, attrs, context) => {
    const channels = own === 'GIF' ? 3 : (attrs.channels as number);
    if (![0, 1, 3, 4].includes(channels)) {
      invalid(`channels must be 0, 1, 3, or 4, got ${channels}`);
    }
    const bytes = contentsOf(inputs[0]!);
    const format = formatOf(bytes);
    const dtype = (attrs.dtype as DType | undefined) ?? uint8;
    if (format !== 'PNG' && dtype === uint16) invalid(`${format} does not support uint16 output`);
    const pixels = read[format](bytes, channels, { ...attrs, own }, inputs[1]);
    const { frames, height, width, data } = pixels;
    const shape = [height, width, pixels.channels];
    return context.wrap(dtype, own === 'GIF' ? [frames ?? 1, ...shape] : shape, data);
  };
}

type Read = (bytes: Uint8Array, channels: number, attrs: Attrs, window?: Value) => Pixels;

const readPng: Read = (bytes, channels, attrs) => {
  const header = readPngHeader(bytes);
  if (!header) return invalid(`Invalid PNG header, data size ${bytes.length}`);
  const { width, height } = header;
  if (width >= MOST_ROWS || height >= MOST_ROWS || width * height >= MOST_PIXELS) {
    invalid(`PNG size too large for int: ${width} by ${height}`);
  }
  const samples = readPngSamples(header);
  if (!samples) return invalid(`Invalid PNG data, size ${bytes.length}`);
  const count = channels || pngChannels(header);
  const data = pngPixels(header, samples, count, attrs.dtype === uint16 ? 16 : 8);
  return { frames: null, height, width, channels: count, data };
};

const decodeJpeg: Read = (bytes, channels, attrs, window) => {
  if (channels === 4) invalid(`channels must be 0, 1, or 3 for JPEG, got ${channels}`);
  const { ratio = 1, dct_method: method = '' } = attrs;
  if (![1, 2, 4, 8].includes(ratio as number)) {
    invalid(`ratio must be 1, 2, 4, or 8, got ${String(ratio)}`);
  }
  if (!['', 'INTEGER_FAST', 'INTEGER_ACCURATE'].includes(method as string)) {
    invalid("dct_method must be one of {'', 'INTEGER_FAST', 'INTEGER_ACCURATE'}");
  }
  const image = readJpeg(bytes, {
    channels,
    ratio: ratio as number,
    fancy: (attrs.fancy_upscaling as boolean | undefined) ?? true,
    fast: method !== 'INTEGER_ACCURATE',
    recover: (attrs.try_recover_truncated as boolean | undefined) ?? false,
    window: window ? windowOf(window) : null,
  });
  if (!image) return invalid(`Invalid JPEG data or crop window, data size ${bytes.length}`);
  return { frames: null, ...image };
};

function windowOf(window: Value): Window {
  if (window.shape.length !== 1) {
    invalid(`crop_window must be 1-D, got shape ${shapeText(window.shape)}`);
  }
  if (window.size !== 4) invalid(`crop_size must have four elements ${shapeText(window.shape)}`);
  const [y, x, height, width] = window.data as never as [number, number, number, number];
  return { x, y, width, height };
}

const decodeGif: Read = (bytes, channels, { own }) => {
  if (channels !== 0 && channels !== 3) invalid(`channels must be 0 or 3 for GIF, got ${channels}`);
  const gif = readGif(bytes);
  if (!gif) return invalid(`Invalid GIF data, size ${bytes.length}`);
  if (own !== 'GIF' && gif.frames > 1) {
    invalid(
      `Got ${gif.frames} frames, but animated gifs can only be decoded by tf.image.decode_gif or tf.image.decode_image`,
    );
  }
  return { ...gif, channels: 3 };
};

const read: Readonly<Record<Format, Read>> = { PNG: readPng, JPEG: decodeJpeg, GIF: decodeGif };

kernel('DecodePng', decoder('PNG'));
kernel('DecodeJpeg', decoder('JPEG'));
kernel('DecodeAndCropJpeg', decoder('JPEG'));
kernel('DecodeGif', decoder('GIF'));

kernel('DecodeBmp', ([contents], { channels }, context) => {
  if (![0, 1, 3, 4].includes(channels as number)) {
    invalid(`channels must be 0, 1, 3 or 4, got ${String(channels)}`);
  }
  const image = readBmp(contentsOf(contents!), channels as number);
  return context.wrap(uint8, [image.height, image.width, image.channels], image.data);
});

kernel('ExtractJpegShape', ([contents], { output_type }, context) => {
  const bytes = contentsOf(contents!);
  const size = readJpegSize(bytes);
  if (!size) return invalid(`Invalid JPEG data, size ${bytes.length}`);
  const shape = context.alloc(output_type as DType, [3]);
  (shape.data as Int32Array | Float64Array).set([size.height, size.width, size.components]);
  return shape;
});

// ---- images out --------------------------------------------------------------------------------

kernel('EncodePng', ([image], { compression }, context) => {
  const level = compression as number;
  if (level < -1 || level > 9) invalid(`compression should be in [-1,9], got ${level}`);
  const { shape } = image!;
  if (shape.length !== 3) invalid(`image must be 3-dimensional${shapeText(shape)}`);
  const [height, width, channels] = shape as [number, number, number];
  if (channels < 1 || channels > 4) {
    invalid(`image must have 1, 2, 3, or 4 channels, got ${channels}`);
  }
  if (height === 0 || width === 0) throw new InternalError(null, null, 'PNG encoding failed');
  const data = image!.data as Uint8Array | Uint16Array;
  const bytes = writePng(data, width, height, channels, level < 0 ? USUAL_LEVEL : level);
  return textValue(context, bytes);
});

const FORMATS: Readonly<Record<string, number>> = { grayscale: 1, rgb: 3 };

kernel('EncodeJpeg', ([image], attrs, context) => {
  const [quality, format] = [attrs.quality as number, attrs.format as string];
  if (quality < 0 || quality > 100) invalid(`quality must be in [0,100], got ${quality}`);
  const { shape } = image!;
  if (shape.length !== 3) invalid(`image must be 3-dimensional${shapeText(shape)}`);
  const [height, width, channels] = shape as [number, number, number];
  const wanted = FORMATS[format];
  if (wanted === undefined && channels !== 1 && channels !== 3) {
    invalid(`image must have 1 or 3 channels, got ${shapeText(shape)}`);
  }
  if (wanted !== undefined && channels !== wanted) {
    invalid(`format ${format} expects ${wanted} channels, got ${shapeText(shape)}`);
  }
  if (height === 0 || width === 0 || height > 65500 || width > 65500) {
    throw new InternalError(null, null, 'JPEG encoding failed');
  }
  const bytes = writeJpeg(image!.data as Uint8Array, width, height, channels, {
    quality,
    optimize: attrs.optimize_size as boolean,
    progressive: attrs.progressive as boolean,
    subsample: attrs.chroma_downsampling as boolean,
    densityUnit: attrs.density_unit === 'cm' ? 2 : 1,
    xDensity: (attrs.x_density as number) & 0xffff,
    yDensity: (attrs.y_density as number) & 0xffff,
    xmp: bytesOfText(attrs.xmp_metadata as string),
  });
  return textValue(context, bytes);
});

// ---- audio -------------------------------------------------------------------------------------

kernel('DecodeWav', ([contents], { desired_channels, desired_samples }, context) => {
  const wav = readWav(contentsOf(contents!));
  const channels = (desired_channels as number) < 0 ? wav.channels : (desired_channels as number);
  const frames = (desired_samples as number) < 0 ? wav.frames : (desired_samples as number);
  const audio = context.zeros(float32, [frames, channels]);
  const target = audio.data as Float32Array;
  for (let frame = 0; frame < Math.min(frames, wav.frames); frame++) {
    for (let channel = 0; channel < channels; channel++) {
      // A channel that the file lacks is its last one.
      const source = Math.min(channel, wav.channels - 1);
      target[frame * channels + channel] = wav.samples[frame * wav.channels + source]!;
    }
  }
  return [audio, context.wrap(int32, [], Int32Array.of(wav.sampleRate))];
});

kernel('EncodeWav', ([audio, rate], _attrs, context) => {
  const { shape } = audio!;
  if (shape.length !== 2) invalid(`audio must be 2-dimensional${shapeText(shape)}`);
  if (rate!.shape.length > 0) {
    invalid(`Input sample_rate should be a scalar tensor, got ${shapeText(rate!.shape)} instead.`);
  }
  const samples = audio!.data as Float32Array;
  const bytes = writeWav(samples, shape[0]!, shape[1]!, (rate!.data as Int32Array)[0]!);
  return textValue(context, bytes);
});
