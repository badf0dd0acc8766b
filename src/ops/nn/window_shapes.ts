/** The static shapes of ops that slide windows over images. Errors are TensorFlow's own. */

import {
  type Dim,
  mergeDim,
  multiplyDim,
  windowDim,
  windowDims,
  withRank,
} from '../../core/dims.ts';
import { ValueError } from '../../core/errors.ts';
import type { Dims, Static } from '../../core/tensor.ts';

/** How windows meet the borders. */
export type Padding = 'SAME' | 'VALID';
/** Where the channels of an image or of a volume are. */
export type Format = 'NHWC' | 'NCHW' | 'NDHWC' | 'NCDHW' | 'NCHW_VECT_C';

interface Image<T> {
  readonly batch: T;
  readonly space: readonly T[];
  readonly channels: T;
}

/** The parts of a list that has one entry per dimension of an image. */
export function imageParts<T>(list: readonly T[], format: Format): Image<T> {
  const first = format.startsWith('NC');
  const [batch] = list as readonly [T];
  return first
    ? { batch, space: list.slice(2), channels: list[1]! }
    : { batch, space: list.slice(1, -1), channels: list[list.length - 1]! };
}

/** The opposite of imageParts. */
export function imageDims<T>({ batch, space, channels }: Image<T>, format: Format): T[] {
  return format.startsWith('NC') ? [batch, channels, ...space] : [batch, ...space, channels];
}

interface Steps {
  readonly strides: readonly number[];
  readonly dilations?: readonly number[];
  readonly padding: Padding;
  readonly data_format?: Format;
}

function checkCount(type: string, name: string, list: readonly number[], rank: number): void {
  if (list.length === rank) return;
  throw new ValueError(
    `${type} requires the ${name} attribute to contain ${rank} values, but got: ${list.length}`,
  );
}

/** The shape of a convolution of an image with a filter `[...window, in, out]`. */
export function convolutionDims(type: string, input: Dims, filter: Dims, attrs: Steps): Dims {
  const rank = type === 'Conv3D' ? 5 : 4;
  const [image, shape] = [withRank(input, rank), withRank(filter, rank)];
  return slideDims(type, image, shape, attrs, (channels) => {
    mergeDim(channels, shape[rank - 2]!);
    return shape[rank - 1]!;
  });
}

/** The shape of a depthwise convolution with a filter `[height, width, in, multiplier]`. */
export function depthwiseDims(type: string, input: Dims, filter: Dims, attrs: Steps): Dims {
  const [image, shape] = [withRank(input, 4), withRank(filter, 4)];
  return slideDims(type, image, shape, attrs, (channels) =>
    multiplyDim(mergeDim(channels, shape[2]!), shape[3]!),
  );
}

function slideDims(
  type: string,
  image: readonly Dim[],
  filter: readonly Dim[],
  { strides, dilations, padding, data_format }: Steps,
  outDepth: (channels: Dim) => Dim,
): Dims {
  const rank = image.length;
  checkCount(type, 'stride', strides, rank);
  if (dilations) checkCount(type, 'dilation', dilations, rank);
  const format = data_format ?? 'NHWC';
  const { batch, space, channels } = imageParts(image, format);
  const depth = outDepth(channels);
  const steps = imageParts(strides, format).space;
  const rates = dilations ? imageParts(dilations, format).space : [];
  const sizes = windowDims(space, filter.slice(0, rank - 2), steps, padding, rates);
  return imageDims({ batch, space: sizes, channels: depth }, format);
}

interface Pooling extends Steps {
  readonly ksize: readonly number[];
}

/** The shape of pooling, which may also run across channels. */
export function poolDims(type: string, input: Dims, attrs: Pooling, rank: number): Dims {
  const image = withRank(input, rank);
  const { ksize, strides, padding } = attrs;
  checkCount(type, 'stride', strides, rank);
  checkCount(type, 'ksize', ksize, rank);
  const format = attrs.data_format ?? 'NHWC';
  const { batch, space, channels } = imageParts(image, format);
  const [windows, steps] = [imageParts(ksize, format), imageParts(strides, format)];
  const sizes = windowDims(space, windows.space, steps.space, padding);
  const depth = windowDim(channels, windows.channels, steps.channels, padding);
  return imageDims({ batch, space: sizes, channels: depth }, format);
}

/** The shape that an integer input spells out, of the given rank. */
export function spelledDims(sizes: Static, rank: number): Dims {
  const [count] = withRank(sizes.dims, 1);
  if (sizes.known)
    return withRank(
      sizes.known.map((n) => (n === null || n < 0 ? null : n)),
      rank,
    );
  return withRank(
    count === null || count === rank ? null : new Array<Dim>(count!).fill(null),
    rank,
  );
}

/** The shape of patches `[batch, rows, columns, window size * channels]`. */
export function patchDims(
  input: Dims,
  ksizes: readonly number[],
  strides: readonly number[],
  rates: readonly number[],
  padding: Padding,
): Dims {
  const { batch, space, channels } = imageParts(withRank(input, 4), 'NHWC');
  for (const [name, list] of Object.entries({ ksizes, strides, rates })) {
    if (list.length !== 4) {
      throw new ValueError(
        `ExtractImagePatches requires the ${name} attribute to contain 4 values, but got: ${list.length}`,
      );
    }
  }
  const window = ksizes.slice(1, 3);
  const sizes = windowDims(space, window, strides.slice(1, 3), padding, rates.slice(1, 3));
  return [batch, ...sizes, multiplyDim(channels, window[0]! * window[1]!)];
}

interface Dilation {
  readonly strides: readonly number[];
  readonly rates: readonly number[];
  readonly padding: Padding;
}

/** The shape of a grayscale dilation with a filter `[height, width, channels]`. */
export function dilationDims(
  input: Dims,
  filter: Dims,
  { strides, rates, padding }: Dilation,
): Dims {
  const { batch, space, channels } = imageParts(withRank(input, 4), 'NHWC');
  const [height, width, depth] = withRank(filter, 3) as [Dim, Dim, Dim];
  checkCount('Dilation2D', 'stride', strides, 4);
  checkCount('Dilation2D', 'rates', rates, 4);
  const steps = strides.slice(1, 3);
  const sizes = windowDims(space, [height, width], steps, padding, rates.slice(1, 3));
  return [batch, ...sizes, mergeDim(channels, depth)];
}
