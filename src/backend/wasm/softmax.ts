/** Softmax and the cross entropies of large logits on the wasm heap. */

import { float32, type TypedArray } from '../../core/dtype.ts';
import type { Value } from '../../core/kernels.ts';
import { HEAP_MINIMUM, type Heap } from '../heap.ts';
import { sameShape } from '../host/numeric.ts';
import { heapKernel } from '../registry.ts';
import type { BackendValue } from '../value.ts';
import { generatedKernels } from './generated.ts';

const isLarge = (x: Value): boolean =>
  x.dtype === float32 &&
  x.size >= HEAP_MINIMUM &&
  (x as BackendValue).buffer.heap !== null &&
  generatedKernels() !== null;
const address = (x: Value): number => (x.data as Float32Array).byteOffset;

for (const [type, kernel] of [
  ['Softmax', 'softmax'],
  ['LogSoftmax', 'logSoftmax'],
] as const) {
  heapKernel(type, {
    when: ([logits]) => isLarge(logits!) && logits!.shape.length > 0,
    run(heap, [logits]) {
      const out = heap.alloc(logits!.shape, logits!.size);
      const depth = logits!.shape.at(-1)!;
      const rows = logits!.size / depth;
      generatedKernels()![kernel](address(out), address(logits!), rows, depth);
      return out;
    },
  });
}

/** Where the numbers are on the heap: themselves, or a copy to be released. */
function placed(heap: Heap, value: Value): BackendValue {
  const given = value as BackendValue;
  return given.buffer.heap
    ? given.view(value.shape)
    : heap.upload(value.shape, value.data as Float32Array);
}

heapKernel('SoftmaxCrossEntropyWithLogits', {
  when: ([logits, labels]) =>
    isLarge(logits!) &&
    logits!.shape.length === 2 &&
    labels!.dtype === float32 &&
    sameShape(logits!.shape, labels!.shape),
  run(heap, [logits, labels], _, context) {
    const [rows, depth] = logits!.shape as [number, number];
    const dx = heap.alloc([rows, depth], rows * depth);
    const sums = heap.alloc([rows], rows);
    const t = placed(heap, labels!);
    const places = [address(sums), address(dx), address(logits!), address(t)];
    generatedKernels()!.crossEntropy(...places, rows, depth);
    const loss = context.alloc(float32, [rows]);
    (loss.data as Float32Array).set(sums.data as Float32Array);
    for (const value of [sums, t]) value.release();
    return [loss, dx];
  },
});

heapKernel('SparseSoftmaxCrossEntropyWithLogits', {
  when([logits, labels]) {
    const { shape } = logits!;
    if (!isLarge(logits!) || shape.length !== 2 || labels!.shape.length !== 1) return false;
    return (
      labels!.size === shape[0] &&
      (labels!.data as TypedArray).every((c) => c >= 0 && c < shape[1]!)
    );
  },
  run(heap, [logits, labels], _, context) {
    const [rows, depth] = logits!.shape as [number, number];
    const dx = heap.alloc([rows, depth], rows * depth);
    const sums = heap.alloc([rows], rows);
    const classes = heap.alloc([rows], rows);
    const { buffer } = classes.data as Float32Array;
    new Int32Array(buffer, address(classes), rows).set(labels!.data as TypedArray);
    const places = [address(sums), address(dx), address(logits!), address(classes)];
    generatedKernels()!.sparseCrossEntropy(...places, rows, depth);
    const loss = context.alloc(float32, [rows]);
    (loss.data as Float32Array).set(sums.data as Float32Array);
    for (const value of [sums, classes]) value.release();
    return [loss, dx];
  },
});
