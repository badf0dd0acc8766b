/** The generated window kernels over one wasm heap, and the images that they read, one at a time and padded. */

import { windowsModule } from '../../compiler/windows.ts';
import type { Windows } from '../host/windows.ts';

type Run = (...parameters: number[]) => void;
/** The exports of the generated module; all parameters are addresses, counts and strides in bytes. */
export interface WindowKernels {
  readonly unroll: Run;
  readonly addBack: Run;
  readonly maxPool: Run;
  readonly maxPoolGradient: Run;
  readonly averagePool: Run;
  readonly averagePoolGradient: Run;
}

let kernels: WindowKernels | null = null;

/** Makes the kernels for the heap whose memory this is. */
export function installWindowKernels(memory: WebAssembly.Memory): void {
  const module = new WebAssembly.Module(windowsModule() as BufferSource);
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  kernels = Object.fromEntries(Object.entries(exports)) as Record<keyof WindowKernels, Run>;
}

/** The kernels, if there is a heap. */
export function windowKernels(): WindowKernels | null {
  return kernels;
}

/** The sizes of an image with just the padding that its windows reach, one plane at a time. */
export interface Padded {
  /** Rows and columns. */
  readonly height: number;
  readonly width: number;
  /** Floats of one image. */
  readonly size: number;
  /** Whether the windows reach no padding and no pixel is left out, so that images can stay where they are. */
  readonly whole: boolean;
}

/** How large the part of an image is that windows reach, padding included. Depth must be 1. */
export function paddedImage({ size, out, window, stride, rate, pad, channels }: Windows): Padded {
  const reach = (i: 1 | 2) => (out[i] - 1) * stride[i] + (window[i] - 1) * rate[i] + 1;
  const [height, width] = [reach(1), reach(2)];
  const inside = pad[1] === 0 && pad[2] === 0 && height <= size[1] && width <= size[2];
  return {
    height: inside ? size[1] : height,
    width: inside ? size[2] : width,
    size: (inside ? size[1] * size[2] : height * width) * channels,
    whole: inside,
  };
}

/** Calls `row(from, to, count)` for each run of floats that image and padded image share. */
function eachRow(
  { size, pad, channels }: Windows,
  { height, width }: Padded,
  row: (from: number, to: number, count: number) => void,
): void {
  const left = pad[2];
  const count = Math.min(size[2], width - left) * channels;
  for (let y = 0; y < height; y++) {
    const source = y - pad[1];
    if (source < 0 || source >= size[1]) continue;
    row(source * size[2] * channels, (y * width + left) * channels, count);
  }
}

/** Copies image number `index` of `images` into `padded`, whose border is there already. */
export function padImage(
  images: Float32Array,
  index: number,
  g: Windows,
  shape: Padded,
  padded: Float32Array,
): void {
  const start = index * g.size[1] * g.size[2] * g.channels;
  eachRow(g, shape, (from, to, count) => {
    padded.set(images.subarray(start + from, start + from + count), to);
  });
}

/** The opposite of padImage: what lies on the border is dropped. */
export function cropImage(
  padded: Float32Array,
  images: Float32Array,
  index: number,
  g: Windows,
  shape: Padded,
): void {
  const start = index * g.size[1] * g.size[2] * g.channels;
  eachRow(g, shape, (to, from, count) => {
    images.set(padded.subarray(from, from + count), start + to);
  });
}

/** Bytes of a float. */
export const FLOAT = 4;
