/** Depthwise convolution of large images on the wasm heap, where every channel has one filter. */

import { depthwiseModule } from '../../compiler/depthwise.ts';
import { float32 } from '../../core/dtype.ts';
import type { Attrs, Value } from '../../core/kernels.ts';
import type { Heap } from '../heap.ts';
import { imageShape, type Windows, windowsOver } from '../host/windows.ts';
import { heapKernel } from '../registry.ts';
import type { BackendValue } from '../value.ts';
import { heapMemory } from './generated.ts';
import { FLOAT } from './window_kernels.ts';

type Run = (...numbers: number[]) => void;
interface DepthwiseKernels {
  readonly forward: Run;
  readonly image: Run;
  readonly weights: Run;
}

/** Fewer multiplications than this are left to the host kernels. */
const MINIMUM_WORK = 1 << 15;
/** Larger windows are left to the host kernels. */
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

/** The windows, if the heap kernels take this convolution; otherwise the host kernel does, or says what is wrong. */
function windowsIf(
  image: readonly number[],
  filter: readonly number[],
  attrs: Attrs,
  values: readonly Value[],
): Windows | null {
  if (heapMemory() === null || attrs.data_format === 'NCHW') return null;
  if (values.some((value) => value.dtype !== float32)) return null;
  if (image.length !== 4 || filter.length !== 4 || image[3] !== filter[2]) return null;
  if (filter[3] !== 1 || image[3]! % 4 !== 0) return null;
  if (!isOne(attrs.strides as number[]) || !isOne(attrs.dilations as number[])) return null;
  const cells = filter[0]! * filter[1]!;
  if (cells === 0 || cells > LARGEST_WINDOW) return null;
  const g = windowsOver(image, [1, filter[0]!, filter[1]!], attrs);
  if (g.stride[1] !== g.stride[2]) return null;
  return g.batch * g.out[1] * g.out[2] * g.channels * cells >= MINIMUM_WORK ? g : null;
}

const floats = (value: Value): Float32Array => value.data as Float32Array;
const address = (value: Value): number => floats(value).byteOffset;

/** A value on the heap: itself, or a copy; to be released. */
function placed(heap: Heap, value: Value): BackendValue {
  const given = value as BackendValue;
  return given.buffer.heap ? given.view(value.shape) : heap.upload(value.shape, floats(value));
}

/** Runs a kernel on each image: `y` with the channels of windows, `x` with those of images. */
function run(kernel: keyof DepthwiseKernels, g: Windows, y: Value, x: Value, filter: Value): void {
  const { channels, size, out, window, stride, pad, rate } = g;
  const pixel = channels * FLOAT;
  const call = kernelsFor(window[1], window[2])[kernel];
  const [yAt, xAt, fAt] = [address(y), address(x), address(filter)];
  for (let b = 0; b < g.batch; b++) {
    call(
      yAt + b * out[1] * out[2] * pixel,
      xAt + b * size[1] * size[2] * pixel,
      fAt,
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

const filterWindow = (filter: readonly number[]) => [1, filter[0]!, filter[1]!] as const;
const spelled = (sizes: Value): number[] => Array.from(sizes.data as ArrayLike<number>);
/** Whether `dy` has the shape of the convolution's output. */
const fits = (g: Windows, dy: Value): boolean =>
  imageShape(4, false, g.batch, g.out, g.channels).join() === dy.shape.join();

heapKernel('DepthwiseConv2dNative', {
  when: ([input, filter], attrs) =>
    windowsIf(input!.shape, filter!.shape, attrs, [input!, filter!]) !== null,
  run(heap, [input, filter], attrs) {
    const g = windowsOver(input!.shape, filterWindow(filter!.shape), attrs);
    const shape = imageShape(4, false, g.batch, g.out, g.channels);
    const out = heap.alloc(shape, g.batch * g.out[1] * g.out[2] * g.channels);
    const [x, f] = [placed(heap, input!), placed(heap, filter!)];
    run('forward', g, out, x, f);
    for (const value of [x, f]) value.release();
    return out;
  },
});

heapKernel('DepthwiseConv2dNativeBackpropInput', {
  when([sizes, filter, dy], attrs) {
    const g = windowsIf(spelled(sizes!), filter!.shape, attrs, [filter!, dy!]);
    return g !== null && fits(g, dy!);
  },
  run(heap, [sizes, filter, dy], attrs) {
    const shape = spelled(sizes!);
    const g = windowsOver(shape, filterWindow(filter!.shape), attrs);
    const out = heap.alloc(shape, g.batch * g.size[1] * g.size[2] * g.channels);
    floats(out).fill(0);
    const [y, f] = [placed(heap, dy!), placed(heap, filter!)];
    run('image', g, y, out, f);
    for (const value of [y, f]) value.release();
    return out;
  },
});

heapKernel('DepthwiseConv2dNativeBackpropFilter', {
  when([input, sizes, dy], attrs) {
    const g = windowsIf(input!.shape, spelled(sizes!), attrs, [input!, dy!]);
    return g !== null && fits(g, dy!);
  },
  run(heap, [input, sizes, dy], attrs, context) {
    const shape = spelled(sizes!);
    const g = windowsOver(input!.shape, filterWindow(shape), attrs);
    const sums = heap.alloc(shape, g.window[1] * g.window[2] * g.channels);
    floats(sums).fill(0);
    const [x, y] = [placed(heap, input!), placed(heap, dy!)];
    run('weights', g, y, x, sums);
    const out = context.alloc(float32, shape);
    floats(out).set(floats(sums));
    for (const value of [x, y, sums]) value.release();
    return out;
  },
});
