/** BMP files without compression, of 8, 24 or 32 bits per pixel, with TensorFlow's errors. */

import { InvalidArgumentError } from '../../core/errors.ts';

/** Pixels row by row from the top. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array;
}

const LEAST = 32;

function invalid(text: string): InvalidArgumentError {
  return new InvalidArgumentError(null, null, text);
}

/** The image in `bytes`; `wanted` channels, or 0 for those of the file. */
export function readBmp(bytes: Uint8Array, wanted: number): Image {
  if (bytes.length < LEAST) {
    throw invalid(
      `Incomplete bmp content, requires at least 32 bytes to find the header size, width, height, and bpp, got ${bytes.length} bytes`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const first = view.getInt32(10, true);
  const width = view.getInt32(18, true);
  const signed = view.getInt32(22, true);
  const channels = Math.trunc(view.getInt32(28, true) / 8);
  if (wanted !== 0 && wanted !== channels) {
    throw invalid(
      `channels attribute ${wanted} does not match bits per pixel from file ${channels}`,
    );
  }
  if (channels !== 1 && channels !== 3 && channels !== 4) {
    throw invalid(`Number of channels must be 1, 3 or 4, was ${channels}`);
  }
  if (width <= 0) throw invalid('Width must be positive');
  if (signed === 0) throw invalid('Height must be nonzero');
  if (first < 0) throw invalid('header size must be nonnegative');
  const height = Math.abs(signed);
  if (width * height >= Math.floor(0x7fffffff / 8)) {
    throw invalid('Total possible pixel bytes must be less than 2^30');
  }
  const stride = Math.floor((channels * width + 3) / 4) * 4;
  const expected = first + (height - 1) * stride + width * channels;
  if (expected > bytes.length) {
    throw invalid(
      `Incomplete bmp content, requires at least ${expected} bytes, got ${bytes.length} bytes`,
    );
  }
  const data = new Uint8Array(width * height * channels);
  for (let row = 0; row < height; row++) {
    // The first row in the file is the lowest, unless the height is negative.
    const from = first + (signed < 0 ? row : height - 1 - row) * stride;
    copyRow(bytes.subarray(from), data.subarray(row * width * channels), width, channels);
  }
  return { width, height, channels, data };
}

/** Blue, green, red become red, green, blue. */
function copyRow(line: Uint8Array, target: Uint8Array, width: number, channels: number): void {
  for (let i = 0; i < width * channels; i += channels) {
    if (channels === 1) target[i] = line[i]!;
    else {
      target[i] = line[i + 2]!;
      target[i + 1] = line[i + 1]!;
      target[i + 2] = line[i]!;
    }
    if (channels === 4) target[i + 3] = line[i + 3]!;
  }
}
