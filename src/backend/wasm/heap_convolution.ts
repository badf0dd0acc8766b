/**
 * Convolution on the wasm heap, by addresses: images are padded and unrolled into rows of windows, some
 * at a time, by a generated kernel, and multiplied by the generated product. Kernels of the heap and
 * calls of specialised plans both run it.
 */

import type { Attrs } from '../../core/kernels.ts';
import { windowSize } from '../host/patches.ts';
import { type Windows, windowsOver } from '../host/windows.ts';
import { heapProduct } from './product.ts';
import { FLOAT, PaddedImage, windowKernels } from './window_kernels.ts';

/** Floats of unrolled windows that are multiplied at once: they stay in the cache. */
const BLOCK = 1 << 18;

const isOne = (list: readonly number[] | undefined): boolean =>
  !list || (list[0] === 1 && list[3] === 1);

/** The windows of a convolution of images by filters of these shapes; `null` if it cannot run here. */
export function convolutionWindows(
  image: readonly number[],
  filter: readonly number[],
  attrs: Attrs,
): Windows | null {
  if (windowKernels() === null || heapProduct() === null || attrs.data_format === 'NCHW') {
    return null;
  }
  if (image.length !== 4 || filter.length !== 4 || image[3] !== filter[2]) return null;
  if (!isOne(attrs.strides as number[]) || !isOne(attrs.dilations as number[])) return null;
  return windowsOver(image, [1, filter[0]!, filter[1]!], attrs);
}

/** What is unrolled at once: whole images, or some rows of windows of one. */
interface Part {
  readonly image: number;
  readonly images: number;
  readonly row: number;
  readonly rows: number;
}

/** The parts of all windows. */
function partsOf(g: Windows): Part[] {
  const rowSize = g.out[2] * windowSize(g);
  const imageSize = g.out[1] * rowSize;
  const parts: Part[] = [];
  if (imageSize <= BLOCK) {
    const group = Math.max(1, Math.floor(BLOCK / imageSize));
    for (let image = 0; image < g.batch; image += group) {
      parts.push({ image, images: Math.min(group, g.batch - image), row: 0, rows: g.out[1] });
    }
    return parts;
  }
  const split = Math.ceil(imageSize / BLOCK);
  const most = Math.max(1, Math.ceil(g.out[1] / split));
  for (let image = 0; image < g.batch; image++) {
    for (let row = 0; row < g.out[1]; row += most) {
      parts.push({ image, images: 1, row, rows: Math.min(most, g.out[1] - row) });
    }
  }
  return parts;
}

/** A convolution of one geometry. All arguments are addresses; `scratch` has room for so many bytes. */
export class HeapConvolution {
  readonly scratch: number;
  private readonly g: Windows;
  /** Filters, windows, and floats of a window. */
  private readonly depth: number;
  private readonly pixels: number;
  private readonly k: number;
  /** Whether windows are the pixels themselves, so that images are the rows to multiply. */
  private readonly isPointwise: boolean;
  private readonly shape: PaddedImage;
  private readonly parts: readonly Part[];

  constructor(g: Windows, depth: number) {
    const { window, stride, size, out } = g;
    this.g = g;
    this.depth = depth;
    this.pixels = out[1] * out[2];
    this.k = windowSize(g);
    this.shape = new PaddedImage(g);
    this.isPointwise =
      window[1] * window[2] === 1 && stride[1] * stride[2] === 1 && size.join() === out.join();
    this.parts = this.isPointwise ? [] : partsOf(g);
    const most = Math.max(0, ...this.parts.slice(0, 1).map(({ images, rows }) => images * rows));
    this.scratch = this.isPointwise ? 0 : this.shape.scratch + most * out[2] * this.k * FLOAT;
  }

  /** y = x * filter, then the row at `bias` (0 for none) and an activation by number. */
  forward(
    x: number,
    filter: number,
    y: number,
    scratch: number,
    bias: number,
    activation: number,
  ): void {
    const { g, depth, k, pixels } = this;
    const multiply = heapProduct()!;
    const [kRow, yRow] = [FLOAT * k, FLOAT * depth];
    if (this.isPointwise) {
      const m = g.batch * pixels;
      multiply(m, depth, k, x, kRow, FLOAT, filter, yRow, FLOAT, y, yRow, 0, bias, activation);
      return;
    }
    this.clear(scratch);
    const { parts } = this;
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i]!;
      const rows = this.unroll(x, part, scratch);
      const to = y + this.windowsBefore(part) * yRow;
      const m = this.windowsIn(part);
      multiply(m, depth, k, rows, kRow, FLOAT, filter, yRow, FLOAT, to, yRow, 0, bias, activation);
    }
  }

  /** The gradient of the filter from `x` and that of y. */
  filterGradient(x: number, dy: number, dw: number, scratch: number): void {
    const { g, depth, k, pixels, parts } = this;
    const multiply = heapProduct()!;
    const [kRow, yRow] = [FLOAT * k, FLOAT * depth];
    if (this.isPointwise) {
      multiply(k, depth, g.batch * pixels, x, FLOAT, kRow, dy, yRow, FLOAT, dw, yRow, 0, 0, 0);
      return;
    }
    this.clear(scratch);
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i]!;
      const rows = this.unroll(x, part, scratch);
      const from = dy + this.windowsBefore(part) * yRow;
      const isMore = i === 0 ? 0 : 1;
      const m = this.windowsIn(part);
      multiply(k, depth, m, rows, FLOAT, kRow, from, yRow, FLOAT, dw, yRow, isMore, 0, 0);
    }
  }

  /** The gradient of x from that of y and the filter. */
  imageGradient(dy: number, filter: number, dx: number, scratch: number): void {
    const { g, depth, k, pixels, parts, shape } = this;
    const multiply = heapProduct()!;
    const [kRow, yRow] = [FLOAT * k, FLOAT * depth];
    if (this.isPointwise) {
      const m = g.batch * pixels;
      multiply(m, k, depth, dy, yRow, FLOAT, filter, FLOAT, yRow, dx, kRow, 0, 0, 0);
      return;
    }
    const { fill } = windowKernels()!;
    if (shape.isWhole || !shape.hasAll) fill(dx, g.batch * shape.imageBytes, 0);
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i]!;
      const from = dy + this.windowsBefore(part) * yRow;
      const rows = this.rowsAt(scratch);
      const m = this.windowsIn(part);
      multiply(m, k, depth, from, yRow, FLOAT, filter, FLOAT, yRow, rows, kRow, 0, 0, 0);
      this.addBack(dx, part, scratch);
    }
  }

  private windowsBefore({ image, row }: Part): number {
    return image * this.pixels + row * this.g.out[2];
  }

  private windowsIn({ images, rows }: Part): number {
    return images * rows * this.g.out[2];
  }

  /** Where unrolled windows are: behind the padded image. */
  private rowsAt(scratch: number): number {
    return scratch + this.shape.scratch;
  }

  /** Makes the border of the padded image. */
  private clear(scratch: number): void {
    if (!this.shape.isWhole) windowKernels()!.fill(scratch, this.shape.bytes, 0);
  }

  /** Unrolls the windows of `part`; answers where they are. */
  private unroll(x: number, part: Part, scratch: number): number {
    const { shape } = this;
    const first = this.rowsAt(scratch);
    const each = part.rows * this.g.out[2] * this.k * FLOAT;
    for (let i = 0; i < part.images; i++) {
      const image = x + (part.image + i) * shape.imageBytes;
      if (!shape.isWhole && part.row === 0) shape.pad(image, scratch);
      this.walk('unroll', first + i * each, shape.isWhole ? image : scratch, part);
    }
    return first;
  }

  /** Adds the unrolled windows of `part` to their images. */
  private addBack(dx: number, part: Part, scratch: number): void {
    const { shape, g } = this;
    const first = this.rowsAt(scratch);
    const each = part.rows * g.out[2] * this.k * FLOAT;
    for (let i = 0; i < part.images; i++) {
      const image = dx + (part.image + i) * shape.imageBytes;
      if (!shape.isWhole && part.row === 0) this.clear(scratch);
      this.walk('addBack', first + i * each, shape.isWhole ? image : scratch, part);
      if (!shape.isWhole && part.row + part.rows === g.out[1]) shape.crop(scratch, image);
    }
  }

  /** Unrolls one image, or some rows of it, or adds that back. */
  private walk(kernel: 'unroll' | 'addBack', rows: number, image: number, part: Part): void {
    const { g, shape, k } = this;
    const run = windowKernels()![kernel];
    const pixel = g.channels * FLOAT;
    const line = shape.width * pixel;
    const [step, down, right] = [k * FLOAT, g.stride[1] * line, g.stride[2] * pixel];
    const start = image + part.row * down;
    const bytes = g.window[2] * pixel;
    if (g.rate[2] === 1) {
      const lower = g.rate[1] * line;
      run(rows, step, start, part.rows, down, g.out[2], right, g.window[1], lower, bytes);
      return;
    }
    // The pixels of a row of a window do not lie together.
    for (let i = 0; i < g.window[1]; i++) {
      const [to, from] = [rows + i * bytes, start + i * g.rate[1] * line];
      const next = g.rate[2] * pixel;
      run(to, step, from, part.rows, down, g.out[2], right, g.window[2], next, pixel);
    }
  }
}
