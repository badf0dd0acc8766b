/** Pooling on the wasm heap, by addresses, four channels at a time. */

import { AROUND } from '../../compiler/windows.ts';
import type { Attrs } from '../../core/kernels.ts';
import { spatial, type Windows, windowsOver } from '../host/windows.ts';
import { FLOAT, PaddedImage, type WindowKernels, windowKernels } from './window_kernels.ts';

const LOWEST = -3.4028234663852886e38;

/** The windows of a pooling of images of this shape; `null` if it cannot run here. */
export function poolingWindows(shape: readonly number[], attrs: Attrs): Windows | null {
  const [ksize, strides] = [attrs.ksize as number[], attrs.strides as number[]];
  if (windowKernels() === null || attrs.data_format === 'NCHW' || shape.length !== 4) return null;
  if (![ksize, strides].every((list) => list?.length === 4 && list[0] === 1 && list[3] === 1)) {
    return null;
  }
  return shape[3]! % 4 === 0 ? windowsOver(shape, spatial(ksize, false), attrs, null) : null;
}

/** Neighbouring windows along one dimension that have as many cells inside of the image. */
interface Run {
  readonly first: number;
  readonly count: number;
  readonly cells: number;
}

/** The runs of all windows along dimension `i`. */
function runsOf({ size, out, window, stride, pad }: Windows, i: 1 | 2): Run[] {
  const runs: { first: number; count: number; cells: number }[] = [];
  for (let at = 0; at < out[i]; at++) {
    const start = at * stride[i] - pad[i];
    const cells = Math.min(start + window[i], size[i]) - Math.max(start, 0);
    const last = runs.at(-1);
    if (last?.cells === cells) last.count++;
    else runs.push({ first: at, count: 1, cells });
  }
  return runs;
}

type Kernel = 'maxPool' | 'maxPoolGradient' | 'averagePool' | 'averagePoolGradient';

/** A pooling of one geometry. All arguments are addresses. */
export class HeapPooling {
  /** Bytes of one padded image; the gradient of maxima needs two. */
  readonly scratch: number;
  private readonly g: Windows;
  private readonly shape: PaddedImage;
  private readonly outBytes: number;
  private readonly rowRuns: readonly Run[];
  private readonly columnRuns: readonly Run[];
  private readonly allColumns: Run;

  constructor(g: Windows) {
    this.g = g;
    this.shape = new PaddedImage(g);
    this.scratch = this.shape.scratch;
    this.outBytes = g.out[1] * g.out[2] * g.channels * FLOAT;
    this.rowRuns = runsOf(g, 1);
    this.columnRuns = runsOf(g, 2);
    this.allColumns = { first: 0, count: g.out[2], cells: g.window[2] };
  }

  /** The largest of each window of x. */
  maxima(x: number, y: number, scratch: number): void {
    const { g, shape, outBytes } = this;
    if (!shape.isWhole) windowKernels()!.fill(scratch, shape.bytes, LOWEST);
    for (let b = 0; b < g.batch; b++) {
      const image = x + b * shape.imageBytes;
      if (!shape.isWhole) shape.pad(image, scratch);
      this.run('maxPool', y + b * outBytes, shape.isWhole ? image : scratch, 0, 0);
    }
  }

  /** The gradient of x from x, its maxima, and their gradient. It goes to the first that is the largest. */
  maximaGradient(x: number, y: number, dy: number, dx: number, scratch: number): void {
    const { g, shape, outBytes } = this;
    const { fill } = windowKernels()!;
    if (shape.isWhole || !shape.hasAll) fill(dx, g.batch * shape.imageBytes, 0);
    if (!shape.isWhole) fill(scratch, shape.bytes, AROUND);
    const sums = scratch + this.scratch;
    for (let b = 0; b < g.batch; b++) {
      const [image, out] = [b * shape.imageBytes, y + b * outBytes];
      if (shape.isWhole) {
        this.run('maxPoolGradient', out, x + image, dy - y, dx - x);
        continue;
      }
      shape.pad(x + image, scratch);
      fill(sums, shape.bytes, 0);
      this.run('maxPoolGradient', out, scratch, dy - y, this.scratch);
      shape.crop(sums, dx + image);
    }
  }

  /** The mean of each window of x, without the padding. */
  means(x: number, y: number, scratch: number): void {
    const { g, shape, outBytes } = this;
    if (!shape.isWhole) windowKernels()!.fill(scratch, shape.bytes, 0);
    for (let b = 0; b < g.batch; b++) {
      const image = x + b * shape.imageBytes;
      if (!shape.isWhole) shape.pad(image, scratch);
      this.eachShare('averagePool', y + b * outBytes, shape.isWhole ? image : scratch);
    }
  }

  /** The gradient of x from that of its means. */
  meansGradient(dy: number, dx: number, scratch: number): void {
    const { g, shape, outBytes } = this;
    const { fill } = windowKernels()!;
    if (shape.isWhole || !shape.hasAll) fill(dx, g.batch * shape.imageBytes, 0);
    for (let b = 0; b < g.batch; b++) {
      const image = dx + b * shape.imageBytes;
      if (!shape.isWhole) fill(scratch, shape.bytes, 0);
      this.eachShare('averagePoolGradient', dy + b * outBytes, shape.isWhole ? image : scratch);
      if (!shape.isWhole) shape.crop(scratch, image);
    }
  }

  /** Calls a kernel of averages for all windows of one image that share among as many cells. */
  private eachShare(kernel: Kernel, out: number, image: number): void {
    const { rowRuns, columnRuns } = this;
    for (let i = 0; i < rowRuns.length; i++) {
      const { first, count, cells } = rowRuns[i]!;
      for (let j = 0; j < columnRuns.length; j++) {
        const columns = columnRuns[j]!;
        const share = 1 / (cells * columns.cells);
        if (columnRuns.length === 1) {
          this.run(kernel, out, image, share, 0, first, count, columns);
          continue;
        }
        // Rows of windows that are not whole do not lie together.
        for (let row = first; row < first + count; row++) {
          this.run(kernel, out, image, share, 0, row, 1, columns);
        }
      }
    }
  }

  /** Calls a kernel on one image, or some of its windows; what `first` and `second` are is up to the kernel. */
  private run(
    kernel: Kernel,
    out: number,
    image: number,
    first: number,
    second: number,
    top = 0,
    rows: number = this.g.out[1],
    columns: Run = this.allColumns,
  ): void {
    const { g, shape } = this;
    const pixel = g.channels * FLOAT;
    const row = shape.width * pixel;
    (windowKernels() as WindowKernels)[kernel](
      out + (top * g.out[2] + columns.first) * pixel,
      image + top * g.stride[1] * row + columns.first * g.stride[2] * pixel,
      rows,
      g.stride[1] * row,
      columns.count,
      g.stride[2] * pixel,
      g.window[1],
      row,
      g.window[2],
      pixel,
      pixel,
      first,
      second,
    );
  }
}
