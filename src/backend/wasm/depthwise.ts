/** Depthwise convolution of large images on the wasm heap. */

import { float32 } from '../../core/dtype.ts';
import type { Attrs, Value } from '../../core/kernels.ts';
import { imageShape, type Windows } from '../host/windows.ts';
import { heapKernel } from '../registry.ts';
import { depthwiseWindows, HeapDepthwise } from './heap_depthwise.ts';
import { computed } from './operands.ts';

/** Fewer multiplications than this are left to the host kernels. */
const MINIMUM_WORK = 1 << 15;

/** The windows, if the heap kernels take this convolution; otherwise the host kernel does, or says what is wrong. */
function windowsIf(
  image: readonly number[],
  filter: readonly number[],
  attrs: Attrs,
  values: readonly Value[],
): Windows | null {
  if (values.some((value) => value.dtype !== float32)) return null;
  const g = depthwiseWindows(image, filter, attrs);
  if (g === null) return null;
  const work = g.batch * g.out[1] * g.out[2] * g.channels * g.window[1] * g.window[2];
  return work >= MINIMUM_WORK ? g : null;
}

const spelled = (sizes: Value): number[] => Array.from(sizes.data as ArrayLike<number>);
const outputShape = (g: Windows): number[] => imageShape(4, false, g.batch, g.out, g.channels);
/** Whether `dy` has the shape of the convolution's output. */
const fits = (g: Windows, dy: Value): boolean => outputShape(g).join() === dy.shape.join();

heapKernel('DepthwiseConv2dNative', {
  when: ([input, filter], attrs) =>
    windowsIf(input!.shape, filter!.shape, attrs, [input!, filter!]) !== null,
  run(heap, [input, filter], attrs, context) {
    const g = depthwiseWindows(input!.shape, filter!.shape, attrs)!;
    const work = new HeapDepthwise(g);
    return computed(heap, context, outputShape(g), [input!, filter!], 0, (y, at) =>
      work.forward(at[0]!, at[1]!, y),
    );
  },
});

heapKernel('DepthwiseConv2dNativeBackpropInput', {
  when([sizes, filter, dy], attrs) {
    const g = windowsIf(spelled(sizes!), filter!.shape, attrs, [filter!, dy!]);
    return g !== null && fits(g, dy!);
  },
  run(heap, [sizes, filter, dy], attrs, context) {
    const shape = spelled(sizes!);
    const work = new HeapDepthwise(depthwiseWindows(shape, filter!.shape, attrs)!);
    return computed(heap, context, shape, [dy!, filter!], 0, (dx, at) =>
      work.imageGradient(at[0]!, at[1]!, dx),
    );
  },
});

heapKernel('DepthwiseConv2dNativeBackpropFilter', {
  when([input, sizes, dy], attrs) {
    const g = windowsIf(input!.shape, spelled(sizes!), attrs, [input!, dy!]);
    return g !== null && fits(g, dy!);
  },
  run(heap, [input, sizes, dy], attrs, context) {
    const shape = spelled(sizes!);
    const work = new HeapDepthwise(depthwiseWindows(input!.shape, shape, attrs)!);
    return computed(heap, context, shape, [input!, dy!], 0, (dw, at) =>
      work.filterGradient(at[0]!, at[1]!, dw),
    );
  },
});
