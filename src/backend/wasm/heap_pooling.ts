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

/** The same for averages, which leave out the padding: only windows without any are taken. */
export function averageWindows(shape: readonly number[], attrs: Attrs): Windows | null {
  const g = poolingWindows(shape, attrs);
  return g !== null && new PaddedImage(g).isWhole ? g : null;
}

type Kernel = 'maxPool' | 'maxPoolGradient' | 'averagePool' | 'averagePoolGradient';

/** A pooling of one geometry. All arguments are addresses. */
export class HeapPooling {
  /** Bytes of one padded image; the gradient of maxima needs two. */
  readonly scratch: number;
  private readonly g: Windows;
  private readonly shape: PaddedImage;
  private readonly outBytes: number;

  constructor(g: Windows) {
    this.g = g;
    this.shape = new PaddedImage(g);
    this.scratch = this.shape.scratch;
    this.outBytes = g.out[1] * g.out[2] * g.channels * FLOAT;
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

  /** The mean of each window of x. */
  means(x: number, y: number): void {
    const { g, shape, outBytes } = this;
    const share = 1 / (g.window[1] * g.window[2]);
    for (let b = 0; b < g.batch; b++) {
      this.run('averagePool', y + b * outBytes, x + b * shape.imageBytes, share, 0);
    }
  }

  /** The gradient of x from that of its means. */
  meansGradient(dy: number, dx: number): void {
    const { g, shape, outBytes } = this;
    const share = 1 / (g.window[1] * g.window[2]);
    windowKernels()!.fill(dx, g.batch * shape.imageBytes, 0);
    for (let b = 0; b < g.batch; b++) {
      this.run('averagePoolGradient', dy + b * outBytes, dx + b * shape.imageBytes, share, 0);
    }
  }

  /** Calls a kernel on one image; what the last arguments are is up to the kernel. */
  private run(kernel: Kernel, out: number, image: number, first: number, second: number): void {
    const { g, shape } = this;
    const pixel = g.channels * FLOAT;
    const row = shape.width * pixel;
    (windowKernels() as WindowKernels)[kernel](
      out,
      image,
      g.out[1],
      g.stride[1] * row,
      g.out[2],
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
