/** The passes around products on the wasm heap: sums of rows, softmax. */

import { float32 } from '../../core/dtype.ts';
import type { Attrs, Value } from '../../core/kernels.ts';
import type { Heap } from '../heap.ts';
import { heapKernel } from '../registry.ts';
import type { BackendValue } from '../value.ts';
import { FLOAT, windowKernels } from './window_kernels.ts';

/** Values that lie on the heap already are worth a call; others are left to the host kernels. */
function onHeap(value: Value): boolean {
  return value.dtype === float32 && (value as BackendValue).buffer.heap !== null;
}

const floats = (value: Value): Float32Array => value.data as Float32Array;
const address = (value: Value): number => floats(value).byteOffset;

const channelsOf = (value: Value): number => value.shape[value.shape.length - 1]!;

/** Whether rows of channels can be walked four channels at a time. */
function takesRows(value: Value, attrs: Attrs): boolean {
  if (windowKernels() === null || attrs.data_format === 'NCHW' || !onHeap(value)) return false;
  return value.shape.length >= 2 && channelsOf(value) % 4 === 0;
}

/** Rows that are summed in single precision, before their sums are in double precision. */
const ROWS = 256;

heapKernel('BiasAddGrad', {
  when: ([dy], attrs) => takesRows(dy!, attrs),
  run(heap, [dy], _, context) {
    const channels = channelsOf(dy!);
    const rows = dy!.size / channels;
    const out = context.alloc(float32, [channels]);
    floats(out).set(sumOfRows(heap, dy!, rows, channels));
    return out;
  },
});

function sumOfRows(heap: Heap, dy: Value, rows: number, channels: number): Float64Array {
  const part = heap.alloc([channels], channels);
  const sums = new Float64Array(channels);
  for (let start = 0; start < rows; start += ROWS) {
    const count = Math.min(ROWS, rows - start);
    const from = address(dy) + start * channels * FLOAT;
    windowKernels()!.sumRows(address(part), from, count, channels * FLOAT);
    const numbers = floats(part);
    for (let c = 0; c < channels; c++) sums[c] = sums[c]! + numbers[c]!;
  }
  part.release();
  return sums;
}

heapKernel('Softmax', {
  when: ([logits]) => onHeap(logits!) && logits!.shape.length > 0,
  run: (heap, [logits]) =>
    heap.run('Softmax', { logits: logits! }, { dim: logits!.shape.length - 1 }),
});
