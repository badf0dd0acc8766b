/**
 * Pooling of large images on the wasm heap. tfjs's MaxPoolGrad is wrong where a window holds negative
 * numbers, so the gradients are ours as well.
 */

import { float32 } from '../../core/dtype.ts';
import type { Attrs, Value } from '../../core/kernels.ts';
import { imageShape, type Windows } from '../host/windows.ts';
import { heapKernel } from '../registry.ts';
import { HeapPooling, poolingWindows } from './heap_pooling.ts';
import { computed } from './operands.ts';

/** Smaller images are left to the host kernels. */
const MINIMUM_SIZE = 4096;

/** The windows, if the heap kernels take this pooling. */
function windowsIf(
  shape: readonly number[],
  attrs: Attrs,
  values: readonly Value[],
): Windows | null {
  if (values.some((value) => value.dtype !== float32)) return null;
  return shape.reduce((a, b) => a * b, 1) >= MINIMUM_SIZE ? poolingWindows(shape, attrs) : null;
}

const outputShape = (g: Windows): number[] => imageShape(4, false, g.batch, g.out, g.channels);
/** Whether `value` has the shape of the output. */
const fits = (g: Windows, { shape }: Value): boolean => outputShape(g).join() === shape.join();

heapKernel('MaxPool', {
  when: ([input], attrs) => windowsIf(input!.shape, attrs, [input!]) !== null,
  run(heap, [input], attrs, context) {
    const g = poolingWindows(input!.shape, attrs)!;
    const work = new HeapPooling(g);
    return computed(heap, context, outputShape(g), [input!], work.scratch, (y, at, room) =>
      work.maxima(at[0]!, y, room),
    );
  },
});

heapKernel('MaxPoolGrad', {
  when([image, output, dy], attrs) {
    const g = windowsIf(image!.shape, attrs, [image!, output!, dy!]);
    return g !== null && fits(g, dy!) && fits(g, output!);
  },
  run(heap, [image, output, dy], attrs, context) {
    const work = new HeapPooling(poolingWindows(image!.shape, attrs)!);
    const inputs = [image!, output!, dy!];
    return computed(heap, context, image!.shape, inputs, 2 * work.scratch, (dx, at, room) =>
      work.maximaGradient(at[0]!, at[1]!, at[2]!, dx, room),
    );
  },
});

heapKernel('AvgPool', {
  when: ([value], attrs) => windowsIf(value!.shape, attrs, [value!]) !== null,
  run(heap, [value], attrs, context) {
    const g = poolingWindows(value!.shape, attrs)!;
    const work = new HeapPooling(g);
    return computed(heap, context, outputShape(g), [value!], work.scratch, (y, at, room) =>
      work.means(at[0]!, y, room),
    );
  },
});

const spelled = (sizes: Value): number[] => Array.from(sizes.data as ArrayLike<number>);

heapKernel('AvgPoolGrad', {
  when([sizes, dy], attrs) {
    const g = windowsIf(spelled(sizes!), attrs, [dy!]);
    return g !== null && fits(g, dy!);
  },
  run(heap, [sizes, dy], attrs, context) {
    const shape = spelled(sizes!);
    const work = new HeapPooling(poolingWindows(shape, attrs)!);
    return computed(heap, context, shape, [dy!], work.scratch, (dx, at, room) =>
      work.meansGradient(at[0]!, dx, room),
    );
  },
});
