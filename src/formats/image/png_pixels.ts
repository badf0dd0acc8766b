/**
 * The pixels of a PNG file in as many channels as a program wants, by libpng's rules as TensorFlow
 * sets them: a palette becomes colors, alpha is added or dropped, gray and colors become each other.
 */

import { GRAY, GRAY_ALPHA, PALETTE, type PngHeader, type PngSamples, RGB_ALPHA } from './png.ts';

/** libpng's weights of red and green in gray, of 32768 parts; blue has the rest. */
const RED = 9797;
const GREEN = 19234;
const BLUE = 32768 - RED - GREEN;

/** How many channels the file has: those of its colors, and one for alpha if it has it. */
export function pngChannels({ colorType, transparency }: PngHeader): number {
  if (colorType === PALETTE) return transparency ? 4 : 3;
  return { [GRAY]: 1, [GRAY_ALPHA]: 2, [RGB_ALPHA]: 4 }[colorType] ?? 3;
}

/** One pixel: red, green, blue, alpha, each up to `most`. */
type Pixel = [red: number, green: number, blue: number, alpha: number];

/** The pixels in `channels` (1 to 4) channels of 8 bits, or 16. */
export function pngPixels(
  header: PngHeader,
  samples: PngSamples,
  channels: number,
  bits: 8 | 16,
): Uint8Array | Uint16Array {
  const { width, height, depth, colorType } = header;
  const count = width * height;
  const target = new (bits === 16 ? Uint16Array : Uint8Array)(count * channels);
  const read = colorType === PALETTE ? ofPalette(header, samples) : ofSamples(header, samples);
  const isGray = colorType === GRAY || colorType === GRAY_ALPHA;
  const wide = depth === 16;
  const scale = !wide && bits === 16 ? 257 : 1;
  const pixel: Pixel = [0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    read(i, pixel);
    // Sums of 8 bits are cut off, those of 16 rounded; and 16 bits become 8 only then.
    if (channels < 3 && !isGray) pixel[0] = grayOf(pixel, wide ? 16384 : 0);
    if (wide && bits === 8) for (let c = 0; c < 4; c++) pixel[c] = pixel[c]! >> 8;
    const at = i * channels;
    if (channels < 3) target[at] = scale * pixel[0];
    else for (let c = 0; c < 3; c++) target[at + c] = scale * pixel[c]!;
    if (channels % 2 === 0) target[at + channels - 1] = scale * pixel[3];
  }
  return target;
}

function grayOf([red, green, blue]: Pixel, half: number): number {
  if (red === green && red === blue) return red;
  return Math.floor((RED * red + GREEN * green + BLUE * blue + half) / 32768);
}

type ReadPixel = (index: number, pixel: Pixel) => void;

function ofPalette(header: PngHeader, { data }: PngSamples): ReadPixel {
  const { palette, transparency, depth } = header;
  const opaque = transparency ? 255 : (1 << depth) - 1;
  return (index, pixel) => {
    const color = data[index]!;
    for (let c = 0; c < 3; c++) pixel[c] = palette[3 * color + c] ?? 0;
    pixel[3] = transparency?.[color] ?? opaque;
  };
}

function ofSamples(header: PngHeader, { data, channels }: PngSamples): ReadPixel {
  const { depth, colorType, transparency } = header;
  // Alpha that the file does not have is the most that its samples can be, as TensorFlow has it.
  const opaque = transparency && depth < 8 ? 255 : (1 << depth) - 1;
  const scale = depth < 8 ? 255 / ((1 << depth) - 1) : 1;
  const hasAlpha = channels % 2 === 0;
  const colors = hasAlpha ? channels - 1 : channels;
  const mask = depth === 16 ? 0xffff : (1 << depth) - 1;
  const clear =
    transparency && !hasAlpha && transparency.length >= 2 * colors && colorType !== PALETTE
      ? Array.from({ length: colors }, (_, c) => {
          return ((transparency[2 * c]! << 8) | transparency[2 * c + 1]!) & mask;
        })
      : null;
  return (index, pixel) => {
    const at = index * channels;
    for (let c = 0; c < 3; c++) pixel[c] = scale * data[at + (colors === 1 ? 0 : c)]!;
    if (hasAlpha) pixel[3] = data[at + colors]!;
    else pixel[3] = clear?.every((value, c) => data[at + c] === value) ? 0 : opaque;
  };
}
