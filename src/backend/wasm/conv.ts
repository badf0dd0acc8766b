/**
 * Convolution of large images on the wasm heap. tfjs has no gradient kernel for filters on wasm, and its
 * gradient for images is a plain loop.
 */

import { float32 } from '../../core/dtype.ts';
import type { Attrs, Value } from '../../core/kernels.ts';
import { windowSize } from '../host/patches.ts';
import { imageShape, type Windows } from '../host/windows.ts';
import { heapKernel } from '../registry.ts';
import { convolutionWindows, HeapConvolution } from './heap_convolution.ts';
import { computed } from './operands.ts';

/** Fewer multiplications than this are left to the host kernels. */
const MINIMUM_WORK = 1 << 17;

/** The windows, if the heap kernels take this convolution; otherwise the host kernel does, or says what is wrong. */
function windowsIf(
  image: readonly number[],
  filter: readonly number[],
  attrs: Attrs,
  values: readonly Value[],
): Windows | null {
  if (values.some((value) => value.dtype !== float32)) return null;
  const g = convolutionWindows(image, filter, attrs);
  if (g === null) return null;
  const work = g.batch * g.out[1] * g.out[2] * windowSize(g) * filter[3]!;
  return work >= MINIMUM_WORK ? g : null;
}

/** The shape that an integer input spells out. */
const spelled = (sizes: Value): number[] => Array.from(sizes.data as ArrayLike<number>);

const outputShape = (g: Windows, depth: number): number[] =>
  imageShape(4, false, g.batch, g.out, depth);

/** Whether `dy` has the shape of the convolution's output. */
const fits = (g: Windows, depth: number, dy: Value): boolean =>
  outputShape(g, depth).join() === dy.shape.join();

heapKernel('Conv2D', {
  when: ([input, filter], attrs) =>
    windowsIf(input!.shape, filter!.shape, attrs, [input!, filter!]) !== null,
  run(heap, [input, filter], attrs, context) {
    const depth = filter!.shape[3]!;
    const g = convolutionWindows(input!.shape, filter!.shape, attrs)!;
    const work = new HeapConvolution(g, depth);
    const inputs = [input!, filter!];
    return computed(heap, context, outputShape(g, depth), inputs, work.scratch, (y, at, room) =>
      work.forward(at[0]!, at[1]!, y, room, 0, 0),
    );
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
    const g = convolutionWindows(input!.shape, shape, attrs)!;
    const work = new HeapConvolution(g, shape[3]!);
    return computed(heap, context, shape, [input!, dy!], work.scratch, (dw, at, room) =>
      work.filterGradient(at[0]!, at[1]!, dw, room),
    );
  },
});

heapKernel('Conv2DBackpropInput', {
  when([sizes, filter, dy], attrs) {
    const g = windowsIf(spelled(sizes!), filter!.shape, attrs, [filter!, dy!]);
    return g !== null && fits(g, filter!.shape[3]!, dy!);
  },
  run(heap, [sizes, filter, dy], attrs, context) {
    const shape = spelled(sizes!);
    const g = convolutionWindows(shape, filter!.shape, attrs)!;
    const work = new HeapConvolution(g, filter!.shape[3]!);
    return computed(heap, context, shape, [dy!, filter!], work.scratch, (dx, at, room) =>
      work.imageGradient(at[0]!, at[1]!, dx, room),
    );
  },
});
