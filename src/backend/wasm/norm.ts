/** Batch normalization of large images on the wasm heap. */

import { float32 } from '../../core/dtype.ts';
import type { Attrs, Value } from '../../core/kernels.ts';
import { HEAP_MINIMUM } from '../heap.ts';
import { type HeapKernel, heapKernel } from '../registry.ts';
import { HeapNorm, HeapNormGradient, isNormalizable } from './heap_norm.ts';
import { computedAll } from './operands.ts';

/** Whether the heap kernels take images `x` and `rows` with a number for each channel. */
function takes(x: Value, rows: readonly Value[], attrs: Attrs): boolean {
  if (x.size < HEAP_MINIMUM || !isNormalizable(x.shape, attrs)) return false;
  const isRow = ({ shape }: Value) => shape.length === 1 && shape[0] === x.shape[3];
  return [x, ...rows].every(({ dtype }) => dtype === float32) && rows.every(isRow);
}

const forward: HeapKernel = {
  when: ([x, scale, offset, mean, variance], attrs) =>
    takes(x!, attrs.is_training ? [scale!, offset!] : [scale!, offset!, mean!, variance!], attrs),
  run(heap, [x, scale, offset, mean, variance], attrs, context) {
    const work = new HeapNorm(x!.shape, attrs.epsilon as number);
    const row = scale!.shape;
    const given = attrs.is_training ? [] : [mean!, variance!];
    const inputs = [x!, scale!, offset!, ...given];
    const shapes = [x!.shape, row, row, row, row];
    return computedAll(heap, context, shapes, inputs, work.scratch, (outs, at, room) => {
      const [from, factor, shift, center, spread] = at as [number, number, number, number, number];
      const [y, mu, estimate, saved, sigma] = outs as [number, number, number, number, number];
      if (attrs.is_training) {
        work.train(from, factor, shift, y, mu, estimate, saved, sigma, room);
        return;
      }
      for (const to of [mu, saved]) work.pass(center, to);
      for (const to of [estimate, sigma]) work.pass(spread, to);
      work.apply(from, factor, shift, center, spread, y, room);
    });
  },
};

const gradient: HeapKernel = {
  when: ([dy, x, ...rows], attrs) =>
    takes(x!, rows.slice(0, 3), attrs) &&
    dy!.dtype === float32 &&
    dy!.shape.join() === x!.shape.join(),
  run(heap, inputs, attrs, context) {
    const [, x, scale] = inputs;
    const work = new HeapNormGradient(
      x!.shape,
      attrs.epsilon as number,
      attrs.is_training as boolean,
    );
    const shapes = [x!.shape, scale!.shape, scale!.shape];
    const read = inputs.slice(0, 5);
    const results = computedAll(heap, context, shapes, read, work.scratch, (outs, at, room) => {
      const [dy, from, factor, mean, variance] = at as [number, number, number, number, number];
      const [dx, dScale, dOffset] = outs as [number, number, number];
      work.run(dy, from, factor, mean, variance, dx, dScale, dOffset, room);
    });
    return [...results, context.alloc(float32, [0]), context.alloc(float32, [0])];
  },
};

// The third versions, which keep moving averages too, are the host's.
for (const version of ['', 'V2']) {
  heapKernel(`FusedBatchNorm${version}`, forward);
  heapKernel(`FusedBatchNormGrad${version}`, gradient);
}
