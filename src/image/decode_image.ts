/** Images of whatever format, told apart by the first bytes when the graph runs. */

import { cond } from '../control/cond.ts';
import { toTensor } from '../core/convert.ts';
import { string } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { controlDependencies, nameScope } from '../core/mode.ts';
import { fn } from '../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../core/tensor.ts';
import { Assert } from '../ops/checks.ts';
import { decode_bmp, decode_gif, decode_jpeg, decode_png } from '../ops/codecs.ts';
import { equal, logical_and, not_equal } from '../ops/compare.ts';
import { constant } from '../ops/constant.ts';
import { substr } from '../ops/strings.ts';

const JPEG = Uint8Array.of(0xff, 0xd8, 0xff);
const PNG = Uint8Array.of(0x89, 0x50, 0x4e);

function startsWith(
  contents: Tensor,
  bytes: Uint8Array | string,
  length: number,
  name: Name,
): Tensor {
  const start = substr(contents, 0, length);
  return equal(start, constant(bytes, string), name);
}

/** Whether `contents` begin as a JPEG file. */
export const is_jpeg = fn(
  ['contents', 'name'],
  (contents: TensorLike, name: Name = null): Tensor =>
    nameScope(name, 'is_jpeg', () => startsWith(toTensor(contents, string), JPEG, 3, name)),
);

/**
 * The image in `contents`, a JPEG, PNG, BMP or GIF file: `[height, width, channels]`, and
 * `[frames, height, width, 3]` for a GIF.
 */
export const decode_image = fn(
  ['contents', 'channels', 'name'],
  (contents: TensorLike, channels: number | null = null, name: Name = null): Tensor =>
    nameScope(name, 'decode_image', () => {
      if (channels !== null && ![0, 1, 3, 4].includes(channels)) {
        throw new ValueError('channels must be in (None, 0, 1, 3, 4)');
      }
      const bytes = toTensor(contents, string, 'contents');
      return new ImageDecoder(bytes, channels ?? 0).any();
    }),
);

/** The branches of `decode_image`. */
class ImageDecoder {
  private readonly contents: Tensor;
  private readonly channels: number;
  private readonly start: Tensor;

  constructor(contents: Tensor, channels: number) {
    this.contents = contents;
    this.channels = channels;
    this.start = substr(contents, 0, 3);
  }

  any(): Tensor {
    return cond(
      is_jpeg(this.contents),
      () => this.jpeg(),
      () => this.pngOrOther(),
      {
        name: 'cond_jpeg',
      },
    ) as Tensor;
  }

  private jpeg(): Tensor {
    const good = not_equal(this.channels, 4, 'check_jpeg_channels');
    const message = 'Channels must be in (None, 0, 1, 3) when decoding JPEG images';
    return controlDependencies([Assert(good, [message])], () =>
      decode_jpeg(this.contents, this.channels),
    );
  }

  private pngOrOther(): Tensor {
    const isPng = nameScope(null, 'is_png', () => startsWith(this.contents, PNG, 3, null));
    return cond(
      isPng,
      () => decode_png(this.contents, this.channels),
      () => this.gifOrBmp(),
      {
        name: 'cond_png',
      },
    ) as Tensor;
  }

  private gifOrBmp(): Tensor {
    const isGif = equal(this.start, 'GIF', 'is_gif');
    return cond(
      isGif,
      () => this.gif(),
      () => this.bmp(),
      { name: 'cond_gif' },
    ) as Tensor;
  }

  private gif(): Tensor {
    const good = logical_and(
      not_equal(this.channels, 1, 'check_gif_channels'),
      not_equal(this.channels, 4, 'check_gif_channels'),
    );
    const message = 'Channels must be in (None, 0, 3) when decoding GIF images';
    return controlDependencies([Assert(good, [message])], () => decode_gif(this.contents));
  }

  private bmp(): Tensor {
    const isBmp = equal(substr(this.contents, 0, 2), 'BM', 'is_bmp');
    const decodable = Assert(isBmp, ['Unable to decode bytes as JPEG, PNG, GIF, or BMP']);
    const good = not_equal(this.channels, 1, 'check_channels');
    const message = 'Channels must be in (None, 0, 3) when decoding BMP images';
    return controlDependencies([decodable, Assert(good, [message])], () =>
      decode_bmp(this.contents),
    );
  }
}
