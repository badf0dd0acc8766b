/**
 * From the coefficients of each component to planes of samples as large as the image, with libjpeg's
 * two ways to enlarge a subsampled one: by repeating samples, or by weights of 3 to 1 of the nearest.
 */

import type { JpegComponent, JpegFrame } from './jpeg_markers.ts';
import {
  fastDivisors,
  type Inverse,
  inverse1,
  inverse2,
  inverse4,
  inverseAccurate,
  inverseFast,
} from './jpeg_transform.ts';

/** How samples are computed. */
export interface PlaneOptions {
  /** 1, 2, 4 or 8: the image is smaller by this. */
  readonly ratio: number;
  readonly fancy: boolean;
  readonly fast: boolean;
  /** The columns to give, or all of them: where they begin, and how many. */
  readonly columns: { readonly from: number; readonly count: number } | null;
}

/** The samples of one component; rows are `stride` apart. */
interface Plane {
  readonly width: number;
  readonly height: number;
  readonly stride: number;
  readonly data: Uint8Array;
}

/** The samples of `component` for an image of `width` x `height`; `null` where the factors do not fit. */
export function planeOf(
  frame: JpegFrame,
  component: JpegComponent,
  width: number,
  height: number,
  options: PlaneOptions,
): Plane | null {
  const least = 8 / options.ratio;
  const size = blockSize(frame, component, least);
  const across = (frame.maxH * least) / (component.h * size);
  const down = (frame.maxV * least) / (component.v * size);
  if (!Number.isInteger(across) || !Number.isInteger(down)) return null;
  const plane = part(transformed(frame, component, size, options), across, options);
  if (across === 1 && down === 1) return plane;
  const fancy = options.fancy && least > 1;
  if (fancy && across === 2 && plane.width > 2) {
    if (down === 1) return smoothAcross(plane, width, height);
    if (down === 2) return smoothBoth(plane, width, height);
  }
  if (fancy && across === 1 && down === 2) return smoothDown(plane, width, height);
  return repeated(plane, across, down, width, height);
}

/** The samples of the wanted columns. What is beside them counts no more, as for libjpeg. */
function part(plane: Plane, across: number, { columns }: PlaneOptions): Plane {
  if (columns === null) return plane;
  const data = plane.data.subarray(columns.from / across);
  return { ...plane, data, width: Math.ceil(columns.count / across) };
}

/** A subsampled component is transformed to larger blocks where that saves enlarging it. */
function blockSize({ maxH, maxV }: JpegFrame, { h, v }: JpegComponent, least: number): number {
  let size = least;
  while (
    size < 8 &&
    (maxH * least) % (h * size * 2) === 0 &&
    (maxV * least) % (v * size * 2) === 0
  ) {
    size *= 2;
  }
  return size;
}

function transformed(
  frame: JpegFrame,
  component: JpegComponent,
  size: number,
  { fast }: PlaneOptions,
): Plane {
  const { blocks, columns, rows } = component;
  const divisors = component.divisors ?? new Uint16Array(64);
  const whole = fast ? inverseFast : inverseAccurate;
  const inverse: Inverse =
    size === 8 ? whole : size === 4 ? inverse4 : size === 2 ? inverse2 : inverse1;
  const scaled = size === 8 && fast ? fastDivisors(divisors) : divisors;
  const stride = columns * size;
  const data = new Uint8Array(stride * rows * size);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const base = 64 * (row * component.stride + column);
      inverse(blocks, base, scaled, data, row * size * stride + column * size, stride);
    }
  }
  const width = Math.ceil((frame.width * component.h * size) / (frame.maxH * 8));
  const height = Math.ceil((frame.height * component.v * size) / (frame.maxV * 8));
  return { width, height, stride, data };
}

function repeated(
  plane: Plane,
  across: number,
  down: number,
  width: number,
  height: number,
): Plane {
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const from = Math.floor(y / down) * plane.stride;
    for (let x = 0; x < width; x++) {
      data[y * width + x] = plane.data[from + Math.floor(x / across)]!;
    }
  }
  return { width, height, stride: width, data };
}

/** Twice as wide. */
function smoothAcross(plane: Plane, width: number, height: number): Plane {
  const data = new Uint8Array(width * height);
  const last = plane.width - 1;
  for (let y = 0; y < height; y++) {
    const from = y * plane.stride;
    for (let x = 0; x < width; x++) {
      const at = x >> 1;
      const near = plane.data[from + at]!;
      const other = x % 2 === 0 ? at - 1 : at + 1;
      data[y * width + x] =
        other < 0 || other > last
          ? near
          : (3 * near + plane.data[from + other]! + (x % 2 === 0 ? 1 : 2)) >> 2;
    }
  }
  return { width, height, stride: width, data };
}

/** The row above or below an output row, at the edges the row itself. */
function otherRow(plane: Plane, y: number): number {
  const row = (y >> 1) + (y % 2 === 0 ? -1 : 1);
  return Math.min(Math.max(row, 0), plane.height - 1) * plane.stride;
}

/** Twice as high. */
function smoothDown(plane: Plane, width: number, height: number): Plane {
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const [near, other] = [(y >> 1) * plane.stride, otherRow(plane, y)];
    const bias = y % 2 === 0 ? 1 : 2;
    for (let x = 0; x < width; x++) {
      data[y * width + x] = (3 * plane.data[near + x]! + plane.data[other + x]! + bias) >> 2;
    }
  }
  return { width, height, stride: width, data };
}

/** Twice as wide and high. */
function smoothBoth(plane: Plane, width: number, height: number): Plane {
  const data = new Uint8Array(width * height);
  const sums = new Int32Array(plane.width);
  const last = plane.width - 1;
  for (let y = 0; y < height; y++) {
    const [near, other] = [(y >> 1) * plane.stride, otherRow(plane, y)];
    for (let x = 0; x <= last; x++) sums[x] = 3 * plane.data[near + x]! + plane.data[other + x]!;
    for (let x = 0; x < width; x++) {
      const at = x >> 1;
      const beside = x % 2 === 0 ? at - 1 : at + 1;
      const sum = 3 * sums[at]! + (beside < 0 || beside > last ? sums[at]! : sums[beside]!);
      data[y * width + x] = (sum + (x % 2 === 0 ? 8 : 7)) >> 4;
    }
  }
  return { width, height, stride: width, data };
}
