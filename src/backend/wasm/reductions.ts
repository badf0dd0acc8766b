/** Reductions of large float32 values on the wasm heap. */

import { float32, type TypedArray } from '../../core/dtype.ts';
import type { Attrs, KernelContext, Value } from '../../core/kernels.ts';
import { HEAP_MINIMUM, type Heap } from '../heap.ts';
import { heapKernel } from '../registry.ts';
import { type BackendValue, sizeOf } from '../value.ts';
import { type FoldName, generatedKernels } from './generated.ts';

const isLarge = (x: Value): boolean =>
  x.dtype === float32 && x.size >= HEAP_MINIMUM && (x as BackendValue).buffer.heap !== null;
const address = (x: Value): number => (x.data as Float32Array).byteOffset;

/** A run of dimensions that are all reduced, or all kept. */
interface Run {
  readonly size: number;
  readonly isReduced: boolean;
}

/** The dimensions of `shape` in runs; `null` for an axis outside of it, of which the host kernel tells. */
function runsOf(shape: readonly number[], axes: ArrayLike<number>): Run[] | null {
  const rank = shape.length;
  const reduced = new Array<boolean>(rank).fill(false);
  for (let i = 0; i < axes.length; i++) {
    const axis = axes[i]! < 0 ? axes[i]! + rank : axes[i]!;
    if (axis < 0 || axis >= rank) return null;
    reduced[axis] = true;
  }
  const runs: Run[] = [];
  shape.forEach((size, d) => {
    if (size === 1) return;
    const last = runs.at(-1);
    if (last && last.isReduced === reduced[d]) {
      runs[runs.length - 1] = { size: last.size * size, isReduced: last.isReduced };
    } else runs.push({ size, isReduced: reduced[d]! });
  });
  return runs;
}

/** The result's shape. */
function resultShape(shape: readonly number[], axes: ArrayLike<number>, attrs: Attrs): number[] {
  const gone = new Set(Array.from(axes, (axis) => (axis < 0 ? axis + shape.length : axis)));
  if (attrs.keep_dims === true) return shape.map((size, d) => (gone.has(d) ? 1 : size));
  return shape.filter((_, d) => !gone.has(d));
}

/** Reduces the last run of `runs` that is reduced, and those before it in further rounds. */
function reduce(
  heap: Heap,
  fold: FoldName,
  x: BackendValue,
  runs: readonly Run[],
  divisor: number,
): BackendValue {
  const at = runs.findLastIndex((run) => run.isReduced);
  const product = (part: readonly Run[]) => sizeOf(part.map(({ size }) => size));
  const [outer, n, inner] = [
    product(runs.slice(0, at)),
    runs[at]!.size,
    product(runs.slice(at + 1)),
  ];
  const rest = [...runs.slice(0, at), ...runs.slice(at + 1)];
  const isLast = !rest.some((run) => run.isReduced);
  const y = heap.alloc([outer * inner], outer * inner);
  const kernels = generatedKernels()!;
  const by = isLast ? divisor : 1;
  if (inner === 1) kernels[`${fold}Rows`](address(y), address(x), outer, n, by);
  else kernels[`${fold}Columns`](address(y), address(x), outer, n, inner, by);
  if (isLast) return y;
  const result = reduce(heap, fold === 'sumOfSquares' ? 'sum' : fold, y, rest, divisor);
  y.release();
  return result;
}

/** A result under its shape, where its size belongs: small values are in JavaScript's memory. */
function settled(y: BackendValue, shape: readonly number[], context: KernelContext): Value {
  const out = y.size < HEAP_MINIMUM ? context.alloc(float32, shape) : y.view(shape);
  if (y.size < HEAP_MINIMUM) (out.data as Float32Array).set(y.data as Float32Array);
  y.release();
  return out;
}

function reduction(type: string, fold: FoldName, isMean: boolean): void {
  heapKernel(type, {
    when([x, axes]) {
      if (!isLarge(x!) || generatedKernels() === null) return false;
      const runs = runsOf(x!.shape, axes!.data as TypedArray);
      return runs?.some((run) => run.isReduced) ?? false;
    },
    run(heap, [x, axes], attrs, context) {
      const indices = axes!.data as TypedArray;
      const runs = runsOf(x!.shape, indices)!;
      const shape = resultShape(x!.shape, indices, attrs);
      const y = reduce(heap, fold, x as BackendValue, runs, isMean ? x!.size / sizeOf(shape) : 1);
      return settled(y, shape, context);
    },
  });
}

reduction('Sum', 'sum', false);
reduction('Mean', 'sum', true);
reduction('Max', 'max', false);
reduction('Min', 'min', false);

heapKernel('L2Loss', {
  when: ([x]) => isLarge(x!) && generatedKernels() !== null,
  run(heap, [x], _, context) {
    const runs = [{ size: x!.size, isReduced: true }];
    return settled(reduce(heap, 'sumOfSquares', x as BackendValue, runs, 2), [], context);
  },
});

heapKernel('BiasAddGrad', {
  when: ([dy]) => isLarge(dy!) && dy!.shape.length >= 2 && generatedKernels() !== null,
  run(heap, [dy], attrs, context) {
    const { shape } = dy!;
    const channel = attrs.data_format === 'NCHW' ? 1 : shape.length - 1;
    const axes = shape.map((_, d) => d).filter((d) => d !== channel);
    const runs = runsOf(shape, axes)!;
    if (!runs.some((run) => run.isReduced)) runs.push({ size: 1, isReduced: true });
    return settled(reduce(heap, 'sum', dy as BackendValue, runs, 1), [shape[channel]!], context);
  },
});
