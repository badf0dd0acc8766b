/**
 * JPEG files to pixels, baseline and progressive, as libjpeg reads them for TensorFlow. Memory is only
 * taken for blocks that the compressed data can hold.
 */

import type { Image } from './bmp.ts';
import { readScan } from './jpeg_entropy.ts';
import { type JpegFrame, JpegSegments } from './jpeg_markers.ts';
import { type PlaneOptions, planeOf } from './jpeg_planes.ts';

/** How TensorFlow's ops may ask for a JPEG. */
export interface JpegOptions extends Omit<PlaneOptions, 'columns'> {
  /** 1 for gray, 3 for colors, 0 for what the file has. */
  readonly channels: number;
  /** Whether a file that ends too early is an image whose rest is gray. */
  readonly recover: boolean;
  /** The part to give, or the whole image. */
  readonly window?: Window | null;
}

/** A part of an image. */
export interface Window {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Blocks per bit of the file beyond which its sizes are not believed. */
const MOST_BLOCKS_PER_BIT = 8;
const MOST_SAMPLES = 2 ** 29;

/** The size and the channels that a JPEG file announces; `null` where it has no sound header. */
export function readJpegSize(
  bytes: Uint8Array,
): { readonly width: number; readonly height: number; readonly components: number } | null {
  const frame = isJpeg(bytes) ? new JpegSegments(bytes).header() : null;
  return frame && { width: frame.width, height: frame.height, components: frame.components.length };
}

/** Whether `bytes` begin as a JPEG file. */
export function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}

/** The image in `bytes`; `null` where they are damaged, or the window is not inside. */
export function readJpeg(bytes: Uint8Array, options: JpegOptions): Image | null {
  const frame = isJpeg(bytes) ? readCoefficients(bytes, options.recover) : null;
  if (!frame) return null;
  const count = frame.components.length;
  const channels = options.channels || Math.min(count, 3);
  if (count === 2 || (channels === 1 && count === 4)) return null;
  const whole = {
    x: 0,
    y: 0,
    width: Math.ceil(frame.width / options.ratio),
    height: Math.ceil(frame.height / options.ratio),
  };
  const window = options.window ?? whole;
  if (!isInside(window, whole)) return null;
  // Decoding begins at a whole unit of blocks.
  const unit = (count === 1 ? 8 : 8 * frame.maxH) / options.ratio;
  const from = window.x - (window.x % unit);
  const columns = options.window ? { from, count: window.x + window.width - from } : null;
  const width = columns?.count ?? whole.width;
  const colors = colorsOf(frame);
  const planes = (
    channels === 1 && colors !== 'RGB' ? [frame.components[0]!] : frame.components
  ).map((component) => planeOf(frame, component, width, whole.height, { ...options, columns }));
  if (!planes.every((plane) => plane !== null)) return null;
  const data = new Uint8Array(window.width * window.height * channels);
  const convert = converter(colors, channels, frame.adobe >= 0);
  const pixel = new Uint8Array(4);
  for (let y = 0, to = 0; y < window.height; y++) {
    for (let x = 0; x < window.width; x++, to += channels) {
      for (const [i, plane] of planes.entries()) {
        pixel[i] = plane.data[(window.y + y) * plane.stride + window.x - from + x]!;
      }
      convert(pixel, data, to);
    }
  }
  return { width: window.width, height: window.height, channels, data };
}

function isInside({ x, y, width, height }: Window, whole: Window): boolean {
  if (width <= 0 || height <= 0 || x < 0 || y < 0) return false;
  return x + width <= whole.width && y + height <= whole.height;
}

function readCoefficients(bytes: Uint8Array, recover: boolean): JpegFrame | null {
  const segments = new JpegSegments(bytes);
  let scans = 0;
  for (;;) {
    const scan = segments.next();
    const { frame } = segments;
    if (scan === null || !frame) return null;
    if (scan === 'end' || (scan === 'cut' && recover)) return scans > 0 ? frame : null;
    if (scan === 'cut') return null;
    if (scans++ === 0 && !allocate(frame, bytes.length)) return null;
    // Scans after scans cost time, not bytes; no encoder needs as many.
    if (scans > 500) return null;
    const { end, cut } = readScan(bytes, frame, scan);
    if (cut) return recover ? frame : null;
    segments.skipTo(end);
  }
}

function allocate({ components, width, height }: JpegFrame, size: number): boolean {
  const blocks = components.reduce((sum, c) => sum + c.stride * c.storedRows, 0);
  if (blocks > size * 8 * MOST_BLOCKS_PER_BIT) return false;
  if (width * height * components.length >= MOST_SAMPLES) return false;
  for (const c of components) c.blocks = new Int16Array(64 * c.stride * c.storedRows);
  return true;
}

type Colors = 'gray' | 'YCbCr' | 'RGB' | 'CMYK' | 'YCCK';

/** What the components mean, by libjpeg's rules. */
function colorsOf({ components, hasJfif, adobe }: JpegFrame): Colors {
  if (components.length === 1) return 'gray';
  if (components.length === 4) return adobe > 0 ? 'YCCK' : 'CMYK';
  if (hasJfif) return 'YCbCr';
  if (adobe >= 0) return adobe === 0 ? 'RGB' : 'YCbCr';
  return components.map(({ id }) => id).join() === '82,71,66' ? 'RGB' : 'YCbCr';
}

/** Writes one pixel, given as the components' samples, to `to` on. */
type Convert = (pixel: Uint8Array, data: Uint8Array, to: number) => void;

function converter(colors: Colors, channels: number, adobe: boolean): Convert {
  if (channels === 1) return colors === 'RGB' ? grayOfRgb : gray;
  if (colors === 'gray') return grayToRgb;
  if (colors === 'RGB') return rgb;
  if (colors === 'YCbCr') return (pixel, data, to) => fromLuma(pixel, data, to);
  return (pixel, data, to) => {
    if (colors === 'YCCK') {
      fromLuma(pixel, pixel, 0);
      for (let i = 0; i < 3; i++) pixel[i] = 255 - pixel[i]!;
    }
    // Adobe writes ink upside down.
    const k = adobe ? pixel[3]! : 255 - pixel[3]!;
    for (let i = 0; i < 3; i++) {
      data[to + i] = Math.floor((k * (adobe ? pixel[i]! : 255 - pixel[i]!)) / 255);
    }
  };
}

const gray: Convert = (pixel, data, to) => {
  data[to] = pixel[0]!;
};

const grayToRgb: Convert = (pixel, data, to) => data.fill(pixel[0]!, to, to + 3);

const rgb: Convert = (pixel, data, to) => {
  for (let i = 0; i < 3; i++) data[to + i] = pixel[i]!;
};

const HALF = 1 << 15;

const grayOfRgb: Convert = (pixel, data, to) => {
  data[to] = (19595 * pixel[0]! + 38470 * pixel[1]! + 7471 * pixel[2]! + HALF) >> 16;
};

/** ITU-R BT.601, full range, in 16 bits of fraction: JFIF's colors. */
const fromLuma: Convert = (pixel, data, to) => {
  const [y, cb, cr] = [pixel[0]!, pixel[1]! - 128, pixel[2]! - 128];
  data[to] = clamp(y + ((91881 * cr + HALF) >> 16));
  data[to + 1] = clamp(y + ((-22554 * cb - 46802 * cr + HALF) >> 16));
  data[to + 2] = clamp(y + ((116130 * cb + HALF) >> 16));
};

function clamp(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value;
}
