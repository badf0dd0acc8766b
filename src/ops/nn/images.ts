/** The ops on images that networks are made of: patches and resizing. */

import { withRank } from '../../core/dims.ts';
import { float32, float64 } from '../../core/dtype.ts';
import { NotImplementedError, ValueError } from '../../core/errors.ts';
import { op } from '../../core/op.ts';
import { fn } from '../../core/signature.ts';
import type { Dims, Name, Static, Tensor, TensorLike } from '../../core/tensor.ts';
import { concat, reshape, shape, stack, transpose } from '../array.ts';
import { constant } from '../constant.ts';
import { Conv2DBackpropInput } from './conv.ts';
import { type Padding, patchDims } from './window_shapes.ts';

export const ExtractImagePatches = op('ExtractImagePatches', {
  inputs: ['images: T'],
  outputs: ['patches: T'],
  attrs: [
    'ksizes: list(int) >= 4',
    'strides: list(int) >= 4',
    'rates: list(int) >= 4',
    'T: realnumbertype',
    "padding: {'SAME', 'VALID'}",
  ],
  shape: ({ images }, { ksizes, strides, rates, padding }) =>
    patchDims(images.dims, ksizes, strides, rates, padding),
}).gradient(({ images }, [dy], { ksizes, strides, rates, padding }) => ({
  images: patchesBack(images, dy, ksizes, strides, rates, padding),
}));

/** Adds the gradient of each patch to the pixels that it shows: a transposed convolution by one-hot filters. */
function patchesBack(
  images: Tensor,
  dy: Tensor,
  ksizes: readonly number[],
  strides: readonly number[],
  rates: readonly number[],
  padding: Padding,
): Tensor {
  const [, height, width] = ksizes as [number, number, number, number];
  const cells = height * width;
  const sizes = shape(images);
  const channels = sizes.at(3);
  // Channels join the batch, so that one filter per cell of the window serves all of them.
  const perChannel = reshape(dy, concat([shape(dy).at(':3'), stack([cells, channels])], 0));
  const moved = transpose(perChannel, [0, 4, 1, 2, 3]);
  const rows = shape(moved);
  const flat = reshape(moved, concat([[-1], rows.at('2:')], 0));
  const filter = constant(oneHot(cells), dy.dtype.base_dtype, [height, width, 1, cells]);
  const flatSizes = stack([sizes.at(0).multiply(channels), sizes.at(1), sizes.at(2), 1]);
  const image = Conv2DBackpropInput(
    { input_sizes: flatSizes, filter, out_backprop: flat },
    { strides, padding, dilations: rates },
  );
  const apart = reshape(image, stack([sizes.at(0), channels, sizes.at(1), sizes.at(2)]));
  return transpose(apart, [0, 2, 3, 1]);
}

/** The identity matrix, row by row. */
function oneHot(n: number): number[] {
  return Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));
}

/**
 * Extracts patches from images and puts them in the channels of the output.
 *
 * @returns `[batch, rows, columns, ksizes[1] * ksizes[2] * channels]`
 */
export const extract_image_patches = fn(
  ['images', 'ksizes', 'strides', 'rates', 'padding', 'name'],
  (
    images: TensorLike,
    ksizes: readonly number[],
    strides: readonly number[],
    rates: readonly number[],
    padding: Padding,
    name: Name = null,
  ): Tensor => ExtractImagePatches({ images }, { ksizes, strides, rates, padding }, name),
);

// ---- resizing ----------------------------------------------------------------------------------

const ALIGN = 'align_corners: bool = false';

function resizedDims(images: Static, size: Static): Dims {
  const [batch, , , depth] = withRank(images.dims, 4);
  const [count] = withRank(size.dims, 1);
  if (count !== null && count !== 2) {
    throw new ValueError(`Dimension must be 2 but is ${count}`);
  }
  const [height, width] = size.known ?? [null, null];
  return [batch!, height!, width!, depth!];
}

interface Corners {
  readonly align_corners: boolean;
}

/** What a gradient takes over. Graphs of later versions may resize from the centres of pixels: no gradient here does. */
function cornersOf(attrs: Corners): Corners {
  if ('half_pixel_centers' in attrs && attrs.half_pixel_centers) {
    throw new NotImplementedError('The gradient of resizing with half_pixel_centers is not there.');
  }
  return { align_corners: attrs.align_corners };
}

export const ResizeBilinear = op('ResizeBilinear', {
  inputs: ['images: T', 'size: int32'],
  outputs: ['resized_images: float'],
  attrs: ['T: {int8, uint8, int16, uint16, int32, int64, bfloat16, half, float, double}', ALIGN],
  shape: ({ images, size }) => resizedDims(images, size),
}).gradient(({ images }, [dy], attrs) => ({
  images: images.dtype.is_floating
    ? ResizeBilinearGrad({ grads: dy, original_image: images }, cornersOf(attrs))
    : null,
  size: null,
}));

/** The gradient of ResizeBilinear with respect to the images. */
export const ResizeBilinearGrad = op('ResizeBilinearGrad', {
  inputs: ['grads: float', 'original_image: T'],
  outputs: ['output: T'],
  attrs: ['T: {float, bfloat16, half, double}', ALIGN],
  shape: ({ original_image }) => original_image.dims,
});

/** Resizes `images` to `size`, `[new_height, new_width]`, by bilinear interpolation. Gives float32. */
export const resize_bilinear = fn(
  ['images', 'size', 'align_corners', 'name'],
  (
    images: TensorLike,
    size: TensorLike,
    align_corners: boolean = false,
    name: Name = null,
  ): Tensor => ResizeBilinear({ images, size }, { align_corners }, name),
);

export const ResizeNearestNeighbor = op('ResizeNearestNeighbor', {
  inputs: ['images: T', 'size: int32'],
  outputs: ['resized_images: T'],
  attrs: ['T: {int8, uint8, int16, uint16, int32, int64, half, float, double}', ALIGN],
  shape: ({ images, size }) => resizedDims(images, size),
}).gradient(({ images }, [dy], attrs) => ({
  images: ResizeNearestNeighborGrad({ grads: dy, size: shape(images).at('1:3') }, cornersOf(attrs)),
  size: null,
}));

/** The gradient of ResizeNearestNeighbor with respect to the images. */
export const ResizeNearestNeighborGrad = op('ResizeNearestNeighborGrad', {
  inputs: ['grads: T', 'size: int32'],
  outputs: ['output: T'],
  attrs: ['T: {uint8, int8, int32, half, float, double}', ALIGN],
  shape: ({ grads, size }) => resizedDims(grads, size),
}).gradient(({ grads }, [dy], { align_corners }) => ({
  grads: ResizeNearestNeighbor({ images: dy, size: shape(grads).at('1:3') }, { align_corners }),
  size: null,
}));

/** Resizes `images` to `size`, `[new_height, new_width]`, by repeating or dropping pixels. */
export const resize_nearest_neighbor = fn(
  ['images', 'size', 'align_corners', 'name'],
  (
    images: TensorLike,
    size: TensorLike,
    align_corners: boolean = false,
    name: Name = null,
  ): Tensor => ResizeNearestNeighbor({ images, size }, { align_corners }, name),
);

export const ResizeArea = op('ResizeArea', {
  inputs: ['images: T', 'size: int32'],
  outputs: ['resized_images: float'],
  attrs: ['T: {int8, uint8, int16, uint16, int32, int64, half, float, double}', ALIGN],
  shape: ({ images, size }) => resizedDims(images, size),
});

/** Resizes `images` to `size`, `[new_height, new_width]`; each pixel is the mean of the area that it covers. Gives float32. */
export const resize_area = fn(
  ['images', 'size', 'align_corners', 'name'],
  (
    images: TensorLike,
    size: TensorLike,
    align_corners: boolean = false,
    name: Name = null,
  ): Tensor => ResizeArea({ images, size }, { align_corners }, name),
);

export const ResizeBicubic = op('ResizeBicubic', {
  inputs: ['images: T', 'size: int32'],
  outputs: ['resized_images: float'],
  attrs: ['T: {int8, uint8, int16, uint16, int32, int64, half, float, double}', ALIGN],
  shape: ({ images, size }) => resizedDims(images, size),
}).gradient(({ images }, [dy], attrs) => ({
  images: [float32, float64].includes(images.dtype.base_dtype)
    ? ResizeBicubicGrad({ grads: dy, original_image: images }, cornersOf(attrs))
    : null,
  size: null,
}));

/** The gradient of ResizeBicubic with respect to the images. */
export const ResizeBicubicGrad = op('ResizeBicubicGrad', {
  inputs: ['grads: float', 'original_image: T'],
  outputs: ['output: T'],
  attrs: ['T: {float, double}', ALIGN],
  shape: ({ original_image }) => original_image.dims,
});

/** Resizes `images` to `size`, `[new_height, new_width]`, by bicubic interpolation. Gives float32. */
export const resize_bicubic = fn(
  ['images', 'size', 'align_corners', 'name'],
  (
    images: TensorLike,
    size: TensorLike,
    align_corners: boolean = false,
    name: Name = null,
  ): Tensor => ResizeBicubic({ images, size }, { align_corners }, name),
);
