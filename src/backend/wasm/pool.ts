/**
 * Pooling of large images on the wasm heap, four channels at a time. tfjs's MaxPoolGrad is wrong
 * where a window holds negative numbers, so the gradients are ours as well.
 */

import { float32 } from '../../core/dtype.ts';
import type { Attrs, Value } from '../../core/kernels.ts';
import type { Heap } from '../heap.ts';
import { imageShape, spatial, type Windows, windowsOver } from '../host/windows.ts';
import { heapKernel } from '../registry.ts';
import type { BackendValue } from '../value.ts';
import {
  cropImage,
  FLOAT,
  paddedImage,
  padImage,
  type WindowKernels,
  windowKernels,
} from './window_kernels.ts';

/** Smaller images are left to the host kernels. */
const MINIMUM_SIZE = 4096;
const LOWEST = -3.4028234663852886e38;

const floats = (value: Value): Float32Array => value.data as Float32Array;

/** The windows, if the heap kernels take this pooling. */
function windowsIf(
  shape: readonly number[],
  attrs: Attrs,
  values: readonly Value[],
): Windows | null {
  const [ksize, strides] = [attrs.ksize as number[], attrs.strides as number[]];
  if (windowKernels() === null || attrs.data_format === 'NCHW' || shape.length !== 4) return null;
  if (values.some((value) => value.dtype !== float32)) return null;
  if ([ksize[0], ksize[3], strides[0], strides[3]].some((n) => n !== 1)) return null;
  const size = shape.reduce((a, b) => a * b, 1);
  if (shape[3]! % 4 !== 0 || size < MINIMUM_SIZE) return null;
  return windowsOver(shape, spatial(ksize, false), attrs, null);
}

/** Whether `dy` has the shape of the output. */
function fits(g: Windows, dy: Value): boolean {
  return imageShape(4, false, g.batch, g.out, g.channels).join() === dy.shape.join();
}

type Kernel = 'maxPool' | 'maxPoolGradient' | 'averagePool' | 'averagePoolGradient';

/** Calls a kernel on one image, of rows `width` pixels wide. */
function call(
  kernel: Kernel,
  g: Windows,
  width: number,
  out: number,
  image: number,
  ...more: readonly number[]
): void {
  const pixel = g.channels * FLOAT;
  const row = width * pixel;
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
    ...more,
  );
}

/** An input on the heap: itself, or a copy to be released. */
function onHeap(heap: Heap, value: Value): BackendValue {
  if ((value as BackendValue).buffer.heap) return (value as BackendValue).view(value.shape);
  return heap.upload(value.shape, floats(value));
}

const imageFloats = (g: Windows): number => g.size[1] * g.size[2] * g.channels;
const outputFloats = (g: Windows): number => g.out[1] * g.out[2] * g.channels;
const address = (value: Value): number => floats(value).byteOffset;

heapKernel('MaxPool', {
  when: ([input], attrs) => windowsIf(input!.shape, attrs, [input!]) !== null,
  run(heap, [input], attrs) {
    const g = windowsOver(input!.shape, spatial(attrs.ksize as number[], false), attrs, null);
    const shape = paddedImage(g);
    const out = heap.alloc([g.batch, g.out[1], g.out[2], g.channels], g.batch * outputFloats(g));
    const image = shape.whole ? onHeap(heap, input!) : heap.alloc([shape.size], shape.size);
    if (!shape.whole) floats(image).fill(LOWEST);
    for (let b = 0; b < g.batch; b++) {
      if (!shape.whole) padImage(floats(input!), b, g, shape, floats(image));
      const from = address(image) + (shape.whole ? b * imageFloats(g) * FLOAT : 0);
      call('maxPool', g, shape.width, address(out) + b * outputFloats(g) * FLOAT, from);
    }
    image.release();
    return out;
  },
});

heapKernel('MaxPoolGrad', {
  when([image, output, dy], attrs) {
    const g = windowsIf(image!.shape, attrs, [image!, output!, dy!]);
    return g !== null && fits(g, dy!) && fits(g, output!);
  },
  run(heap, [image, output, dy], attrs) {
    const g = windowsOver(image!.shape, spatial(attrs.ksize as number[], false), attrs, null);
    const shape = paddedImage(g);
    const out = heap.alloc(image!.shape, g.batch * imageFloats(g));
    const [y, gradient] = [onHeap(heap, output!), onHeap(heap, dy!)];
    const x = shape.whole ? onHeap(heap, image!) : heap.alloc([shape.size], shape.size);
    const dx = shape.whole ? out.view(out.shape) : heap.alloc([shape.size], shape.size);
    floats(out).fill(0);
    if (!shape.whole) floats(x).fill(LOWEST);
    for (let b = 0; b < g.batch; b++) {
      const at = b * outputFloats(g) * FLOAT;
      if (!shape.whole) {
        padImage(floats(image!), b, g, shape, floats(x));
        floats(dx).fill(0);
      }
      const skip = shape.whole ? b * imageFloats(g) * FLOAT : 0;
      const away = [address(gradient) - address(y), address(dx) - address(x)];
      call('maxPoolGradient', g, shape.width, address(y) + at, address(x) + skip, ...away);
      if (!shape.whole) cropImage(floats(dx), floats(out), b, g, shape);
    }
    for (const value of [y, gradient, x, dx]) value.release();
    return out;
  },
});

/** Averages leave out the padding, so only windows without any are taken. */
function wholeIf(shape: readonly number[], attrs: Attrs, value: Value): Windows | null {
  const g = windowsIf(shape, attrs, [value]);
  return g !== null && paddedImage(g).whole ? g : null;
}

heapKernel('AvgPool', {
  when: ([value], attrs) => wholeIf(value!.shape, attrs, value!) !== null,
  run(heap, [value], attrs) {
    const g = windowsOver(value!.shape, spatial(attrs.ksize as number[], false), attrs, null);
    const out = heap.alloc([g.batch, g.out[1], g.out[2], g.channels], g.batch * outputFloats(g));
    const image = onHeap(heap, value!);
    const scale = 1 / (g.window[1] * g.window[2]);
    for (let b = 0; b < g.batch; b++) {
      const to = address(out) + b * outputFloats(g) * FLOAT;
      const from = address(image) + b * imageFloats(g) * FLOAT;
      call('averagePool', g, g.size[2], to, from, scale);
    }
    image.release();
    return out;
  },
});

heapKernel('AvgPoolGrad', {
  when([sizes, dy], attrs) {
    const shape = Array.from(sizes!.data as ArrayLike<number>);
    const g = wholeIf(shape, attrs, dy!);
    return g !== null && fits(g, dy!);
  },
  run(heap, [sizes, dy], attrs) {
    const shape = Array.from(sizes!.data as ArrayLike<number>);
    const g = windowsOver(shape, spatial(attrs.ksize as number[], false), attrs, null);
    const out = heap.alloc(shape, g.batch * imageFloats(g));
    const gradient = onHeap(heap, dy!);
    floats(out).fill(0);
    const scale = 1 / (g.window[1] * g.window[2]);
    for (let b = 0; b < g.batch; b++) {
      const from = address(gradient) + b * outputFloats(g) * FLOAT;
      const to = address(out) + b * imageFloats(g) * FLOAT;
      call('averagePoolGradient', g, g.size[2], from, to, scale);
    }
    gradient.release();
    return out;
  },
});
