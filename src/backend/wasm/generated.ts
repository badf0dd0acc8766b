/** The generated kernels of reductions and of softmax over the wasm heap; they take addresses, counts and a divisor. */

import { reductionsModule } from '../../compiler/reductions.ts';
import { softmaxModule } from '../../compiler/softmax.ts';

type Run = (...numbers: number[]) => void;
const KEYS = ['sum', 'sumOfSquares', 'max', 'min'] as const;
/** What can be reduced. */
export type FoldName = (typeof KEYS)[number];
/** `Rows`: (y, x, outer, n, divisor); `Columns`: (y, x, outer, n, inner, divisor). */
type ReductionName = `${FoldName}${'Rows' | 'Columns'}`;
/** (y, x, rows, depth) and (loss, dx, x, labels, rows, depth); the labels of the sparse one are int32. */
type SoftmaxName = 'softmax' | 'logSoftmax' | 'crossEntropy' | 'sparseCrossEntropy';

/** The exports of the generated modules. */
export type GeneratedKernels = Readonly<Record<ReductionName | SoftmaxName, Run>>;

let memory: WebAssembly.Memory | null = null;
let kernels: GeneratedKernels | null = null;

/** Says on which heap the kernels run. */
export function installGenerated(heap: WebAssembly.Memory): void {
  memory = heap;
  kernels = null;
}

/** The memory of the heap; `null` where there is none. */
export function heapMemory(): WebAssembly.Memory | null {
  return memory;
}

/** The kernels, made at first use; `null` where there is no heap. */
export function generatedKernels(): GeneratedKernels | null {
  if (kernels !== null || memory === null) return kernels;
  const env = { memory };
  const exported = [reductionsModule(), softmaxModule()].map(
    (bytes) =>
      new WebAssembly.Instance(new WebAssembly.Module(bytes as BufferSource), { env }).exports,
  );
  kernels = Object.assign({}, ...exported) as GeneratedKernels;
  return kernels;
}
