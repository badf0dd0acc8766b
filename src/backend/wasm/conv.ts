/**
 * Convolution of large images on the wasm heap: each image is padded, unrolled into rows of windows
 * by a generated kernel and multiplied by the generated product. tfjs has no gradient kernel for
 * filters on wasm, and its gradient for images is a plain loop.
 */

import { float32 } from '../../core/dtype.ts';
import type { Attrs, Value } from '../../core/kernels.ts';
import type { Heap } from '../heap.ts';
import { gemm, rowMajor, transposed } from '../host/gemm.ts';
import { windowSize } from '../host/patches.ts';
import { imageShape, type Windows, windowsOver } from '../host/windows.ts';
import { heapKernel } from '../registry.ts';
import type { BackendValue } from '../value.ts';
import {
  cropImage,
  FLOAT,
  type Padded,
  paddedImage,
  padImage,
  type WindowKernels,
  windowKernels,
} from './window_kernels.ts';

/** Fewer multiplications than this are left to the host kernels. */
const MINIMUM_WORK = 1 << 17;
/** Floats of unrolled windows that are multiplied at once. */
const BLOCK = 1 << 17;
/** Images with more unrolled floats than this are left to the host kernels, which work in parts. */
const LARGEST = 1 << 23;

const isOne = (list: readonly number[] | undefined): boolean =>
  !list || (list[0] === 1 && list[3] === 1);

/** The windows, if the heap kernels take this convolution; otherwise the host kernel does, or says what is wrong. */
function windowsIf(
  image: readonly number[],
  filter: readonly number[],
  attrs: Attrs,
  others: readonly Value[],
): Windows | null {
  if (windowKernels() === null || attrs.data_format === 'NCHW') return null;
  if (others.some((value) => value.dtype !== float32)) return null;
  if (image.length !== 4 || filter.length !== 4 || image[3] !== filter[2]) return null;
  if (!isOne(attrs.strides as number[]) || !isOne(attrs.dilations as number[])) return null;
  const g = windowsOver(image, [1, filter[0]!, filter[1]!], attrs);
  if (g.rate[2] !== 1) return null;
  const rows = g.out[1] * g.out[2];
  const work = g.batch * rows * windowSize(g) * filter[3]!;
  return work >= MINIMUM_WORK && rows * windowSize(g) <= LARGEST ? g : null;
}

/** The shape that an integer input spells out. */
const spelled = (sizes: Value): number[] => Array.from(sizes.data as ArrayLike<number>);

/** Whether `dy` has the shape of the convolution's output. */
function fits(g: Windows, depth: number, dy: Value): boolean {
  return imageShape(4, false, g.batch, g.out, depth).join() === dy.shape.join();
}

/** Memory for one padded image and for the unrolled windows of a few, given back by `free`. */
class Workspace {
  readonly padded: BackendValue;
  readonly rows: BackendValue;
  readonly shape: Padded;
  /** Images per product. */
  readonly group: number;
  private readonly g: Windows;
  private readonly kernels: WindowKernels;

  constructor(heap: Heap, g: Windows) {
    this.g = g;
    this.kernels = windowKernels()!;
    this.shape = paddedImage(g);
    const size = g.out[1] * g.out[2] * windowSize(g);
    this.group = Math.min(g.batch, Math.max(1, Math.floor(BLOCK / size)));
    this.padded = heap.alloc([this.shape.size], this.shape.size);
    this.rows = heap.alloc([this.group * size], this.group * size);
  }

  free(): void {
    this.padded.release();
    this.rows.release();
  }

  /** Unrolls the padded image as number `place` of its group, or adds that number's windows back to it. */
  walk(kernel: 'unroll' | 'addBack', place: number): void {
    const { g, shape } = this;
    const pixel = g.channels * FLOAT;
    const width = shape.width * pixel;
    const step = windowSize(g) * FLOAT;
    this.kernels[kernel](
      (this.rows.data as Float32Array).byteOffset + place * g.out[1] * g.out[2] * step,
      step,
      (this.padded.data as Float32Array).byteOffset,
      g.out[1],
      g.stride[1] * width,
      g.out[2],
      g.stride[2] * pixel,
      g.window[1],
      g.rate[1] * width,
      g.window[2] * pixel,
    );
  }

  /** Unrolls images `start` to `end`. */
  unroll(images: Float32Array, start: number, end: number): Float32Array {
    const padded = this.padded.data as Float32Array;
    for (let index = start; index < end; index++) {
      padImage(images, index, this.g, this.shape, padded);
      this.walk('unroll', index - start);
    }
    return this.rows.data as Float32Array;
  }
}

/** Calls `body` with a workspace for each group of images. */
function eachGroup(
  heap: Heap,
  g: Windows,
  body: (workspace: Workspace, start: number, end: number) => void,
): void {
  const workspace = new Workspace(heap, g);
  (workspace.padded.data as Float32Array).fill(0);
  try {
    for (let start = 0; start < g.batch; start += workspace.group) {
      body(workspace, start, Math.min(g.batch, start + workspace.group));
    }
  } finally {
    workspace.free();
  }
}

const floats = (value: Value): Float32Array => value.data as Float32Array;

/** Whether windows are the pixels themselves, so that images are the rows to multiply. */
function isPointwise({ window, stride, size, out }: Windows): boolean {
  return window[1] * window[2] === 1 && stride[1] * stride[2] === 1 && size.join() === out.join();
}

heapKernel('Conv2D', {
  when: ([input, filter], attrs) =>
    windowsIf(input!.shape, filter!.shape, attrs, [input!, filter!]) !== null,
  run(heap, [input, filter], attrs) {
    const g = windowsOver(input!.shape, [1, filter!.shape[0]!, filter!.shape[1]!], attrs);
    const [depth, pixels, k] = [filter!.shape[3]!, g.out[1] * g.out[2], windowSize(g)];
    const out = heap.alloc([g.batch, g.out[1], g.out[2], depth], g.batch * pixels * depth);
    if (isPointwise(g)) {
      const [images, weights] = [rowMajor(floats(input!), k), rowMajor(floats(filter!), depth)];
      gemm(g.batch * pixels, depth, k, images, weights, rowMajor(floats(out), depth), false);
      return out;
    }
    eachGroup(heap, g, (workspace, start, end) => {
      const rows = workspace.unroll(floats(input!), start, end);
      const part = rowMajor(floats(out), depth, start * pixels * depth);
      const weights = rowMajor(floats(filter!), depth);
      gemm((end - start) * pixels, depth, k, rowMajor(rows, k), weights, part, false);
    });
    return out;
  },
});

heapKernel('Conv2DBackpropFilter', {
  when([input, sizes, dy], attrs) {
    const shape = spelled(sizes!);
    const g = windowsIf(input!.shape, shape, attrs, [input!, dy!]);
    return g !== null && fits(g, shape[3]!, dy!);
  },
  run(heap, [input, sizes, dy], attrs, context) {
    const shape = spelled(sizes!);
    const g = windowsOver(input!.shape, [1, shape[0]!, shape[1]!], attrs);
    const [depth, pixels, k] = [shape[3]!, g.out[1] * g.out[2], windowSize(g)];
    const out = context.zeros(float32, shape);
    if (isPointwise(g)) {
      const [images, part] = [rowMajor(floats(input!), k), rowMajor(floats(dy!), depth)];
      const weights = rowMajor(floats(out), depth);
      gemm(k, depth, g.batch * pixels, transposed(images), part, weights, false);
      return out;
    }
    eachGroup(heap, g, (workspace, start, end) => {
      const rows = transposed(rowMajor(workspace.unroll(floats(input!), start, end), k));
      const part = rowMajor(floats(dy!), depth, start * pixels * depth);
      gemm(k, depth, (end - start) * pixels, rows, part, rowMajor(floats(out), depth), true);
    });
    return out;
  },
});

heapKernel('Conv2DBackpropInput', {
  when([sizes, filter, dy], attrs) {
    const g = windowsIf(spelled(sizes!), filter!.shape, attrs, [filter!, dy!]);
    return g !== null && fits(g, filter!.shape[3]!, dy!);
  },
  run(heap, [sizes, filter, dy], attrs) {
    const shape = spelled(sizes!);
    const g = windowsOver(shape, [1, filter!.shape[0]!, filter!.shape[1]!], attrs);
    const [depth, pixels, k] = [filter!.shape[3]!, g.out[1] * g.out[2], windowSize(g)];
    const size = g.size[1] * g.size[2] * g.channels;
    const out = heap.alloc(shape, g.batch * size);
    if (isPointwise(g)) {
      const weights = transposed(rowMajor(floats(filter!), depth));
      const [part, images] = [rowMajor(floats(dy!), depth), rowMajor(floats(out), k)];
      gemm(g.batch * pixels, k, depth, part, weights, images, false);
      return out;
    }
    floats(out).fill(0);
    eachGroup(heap, g, (workspace, start, end) => {
      const rows = rowMajor(floats(workspace.rows), k);
      const part = rowMajor(floats(dy!), depth, start * pixels * depth);
      const weights = transposed(rowMajor(floats(filter!), depth));
      gemm((end - start) * pixels, k, depth, part, weights, rows, false);
      const padded = floats(workspace.padded);
      for (let index = start; index < end; index++) {
        padded.fill(0);
        workspace.walk('addBack', index - start);
        cropImage(padded, floats(out), index, g, workspace.shape);
      }
    });
    return out;
  },
});
