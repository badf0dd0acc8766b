/** The generated window kernels over one wasm heap, and the padding of the images that they read. */

import { windowsModule } from '../../compiler/windows.ts';
import type { Windows } from '../host/windows.ts';
import { generatedKernels, heapMemory } from './generated.ts';

type Run = (...parameters: number[]) => void;
/** The exports of the generated module; all parameters are addresses, counts and strides in bytes. */
export interface WindowKernels {
  readonly unroll: Run;
  readonly addBack: Run;
  readonly maxPool: Run;
  readonly maxPoolGradient: Run;
  readonly averagePool: Run;
  readonly averagePoolGradient: Run;
  /** (to, bytes, value) */
  readonly fill: Run;
}

let kernels: WindowKernels | null = null;

/** The kernels, made at first use; `null` where there is no heap. */
export function windowKernels(): WindowKernels | null {
  const memory = heapMemory();
  if (kernels !== null || memory === null) return kernels;
  const module = new WebAssembly.Module(windowsModule() as BufferSource);
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  kernels = Object.fromEntries(Object.entries(exports)) as Record<keyof WindowKernels, Run>;
  return kernels;
}

/** Bytes of a float. */
export const FLOAT = 4;
const ALIGNMENT = 16;

/** `bytes`, so that what comes next begins where vectors do. */
export const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/** An image with just the padding that its windows reach. Depth must be 1. */
export class PaddedImage {
  /** Rows and columns. */
  readonly height: number;
  readonly width: number;
  /** Bytes of one padded image, and of one as it is. */
  readonly bytes: number;
  readonly imageBytes: number;
  /** Whether the windows reach no padding, so that images can stay where they are. */
  readonly isWhole: boolean;
  /** Whether all pixels of an image are in the padded one. */
  readonly hasAll: boolean;
  /** The first pixel of the image in the padded one, and what both share: rows, and floats of a row. */
  private readonly start: number;
  private readonly rows: number;
  private readonly run: number;
  private readonly rowBytes: number;
  private readonly imageRowBytes: number;

  constructor({ size, out, window, stride, rate, pad, channels }: Windows) {
    const reach = (i: 1 | 2) => (out[i] - 1) * stride[i] + (window[i] - 1) * rate[i] + 1;
    const [height, width] = [reach(1), reach(2)];
    const pixel = channels * FLOAT;
    this.isWhole = pad[1] === 0 && pad[2] === 0 && height <= size[1] && width <= size[2];
    this.height = this.isWhole ? size[1] : height;
    this.width = this.isWhole ? size[2] : width;
    this.rowBytes = this.width * pixel;
    this.bytes = this.height * this.rowBytes;
    this.imageRowBytes = size[2] * pixel;
    this.imageBytes = size[1] * this.imageRowBytes;
    this.start = pad[1] * this.rowBytes + pad[2] * pixel;
    this.rows = Math.min(size[1], this.height - pad[1]);
    const columns = Math.min(size[2], this.width - pad[2]);
    this.run = columns * channels;
    this.hasAll = this.rows === size[1] && columns === size[2];
  }

  /** Bytes to work in: none where images stay where they are. */
  get scratch(): number {
    return this.isWhole ? 0 : aligned(this.bytes);
  }

  /** Copies the image at `image` into the padded one at `padded`, whose border is there already. */
  pad(image: number, padded: number): void {
    this.copy(padded + this.start, this.rowBytes, image, this.imageRowBytes);
  }

  /** The opposite of `pad`: what lies on the border is dropped. */
  crop(padded: number, image: number): void {
    this.copy(image, this.imageRowBytes, padded + this.start, this.rowBytes);
  }

  private copy(to: number, toRow: number, from: number, fromRow: number): void {
    const { rows, run } = this;
    generatedKernels()!.box(to, from, 1, 0, 0, 1, 0, 0, rows, toRow, fromRow, run, FLOAT, FLOAT);
  }
}
