/** Depthwise convolution on the wasm heap, by addresses, where every channel has one filter. */

import { depthwiseModule } from '../../compiler/depthwise.ts';
import type { Attrs } from '../../core/kernels.ts';
import { type Windows, windowsOver } from '../host/windows.ts';
import { heapMemory } from './generated.ts';
import { FLOAT, windowKernels } from './window_kernels.ts';

type Run = (...numbers: number[]) => void;
interface DepthwiseKernels {
  readonly forward: Run;
  readonly image: Run;
  readonly weights: Run;
}

/** Larger windows do not fit into registers. */
const LARGEST_WINDOW = 49;
const modules = new Map<string, DepthwiseKernels>();

/** The kernels for windows of one size. */
function kernelsFor(height: number, width: number): DepthwiseKernels {
  const key = `${height}x${width}`;
  const found = modules.get(key);
  if (found) return found;
  const module = new WebAssembly.Module(depthwiseModule(height, width) as BufferSource);
  const { exports } = new WebAssembly.Instance(module, { env: { memory: heapMemory()! } });
  const made = { ...exports } as object as DepthwiseKernels;
  modules.set(key, made);
  return made;
}

const isOne = (list: readonly number[] | undefined): boolean =>
  !list || (list[0] === 1 && list[3] === 1);

/** The windows of a depthwise convolution of images by filters of these shapes; `null` if it cannot run here. */
export function depthwiseWindows(
  image: readonly number[],
  filter: readonly number[],
  attrs: Attrs,
): Windows | null {
  if (heapMemory() === null || attrs.data_format === 'NCHW') return null;
  if (image.length !== 4 || filter.length !== 4 || image[3] !== filter[2]) return null;
  if (filter[3] !== 1 || image[3]! % 4 !== 0) return null;
  if (!isOne(attrs.strides as number[]) || !isOne(attrs.dilations as number[])) return null;
  const cells = filter[0]! * filter[1]!;
  if (cells === 0 || cells > LARGEST_WINDOW) return null;
  const g = windowsOver(image, [1, filter[0]!, filter[1]!], attrs);
  return g.stride[1] === g.stride[2] ? g : null;
}

/** A depthwise convolution of one geometry. All arguments are addresses. */
export class HeapDepthwise {
  private readonly g: Windows;
  private readonly kernels: DepthwiseKernels;

  constructor(g: Windows) {
    this.g = g;
    this.kernels = kernelsFor(g.window[1], g.window[2]);
  }

  /** y = x * filter. */
  forward(x: number, filter: number, y: number): void {
    this.eachImage(this.kernels.forward, y, x, filter);
  }

  /** The gradient of x from that of y and the filter. */
  imageGradient(dy: number, filter: number, dx: number): void {
    const { batch, size, channels } = this.g;
    windowKernels()!.fill(dx, batch * size[1] * size[2] * channels * FLOAT, 0);
    this.eachImage(this.kernels.image, dy, dx, filter);
  }

  /** The gradient of the filter from x and that of y. */
  filterGradient(x: number, dy: number, dw: number): void {
    const { window, channels } = this.g;
    windowKernels()!.fill(dw, window[1] * window[2] * channels * FLOAT, 0);
    this.eachImage(this.kernels.weights, dy, x, dw);
  }

  /** Runs a kernel on each image: `y` has the channels of windows, `x` those of images. */
  private eachImage(run: Run, y: number, x: number, filter: number): void {
    const { batch, channels, size, out, stride, pad, rate } = this.g;
    const pixel = channels * FLOAT;
    const [outBytes, imageBytes] = [out[1] * out[2] * pixel, size[1] * size[2] * pixel];
    for (let b = 0; b < batch; b++) {
      run(
        y + b * outBytes,
        x + b * imageBytes,
        filter,
        size[1],
        size[2],
        pixel,
        out[1],
        out[2],
        stride[1],
        stride[2],
        pad[1],
        pad[2],
        rate[1],
        rate[2],
      );
    }
  }
}
