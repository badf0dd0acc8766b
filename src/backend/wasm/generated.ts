/** The generated kernels of copies, reductions and softmax over the wasm heap; they take addresses and counts. */

import { copiesModule } from '../../compiler/copies.ts';
import { reductionsModule } from '../../compiler/reductions.ts';
import { softmaxModule } from '../../compiler/softmax.ts';
import { transposeModule } from '../../compiler/transpose.ts';

import { type CopyWalk, useBoxCopy } from '../host/box.ts';

type Run = (...numbers: number[]) => void;
const KEYS = ['sum', 'sumOfSquares', 'max', 'min'] as const;
/** What can be reduced. */
export type FoldName = (typeof KEYS)[number];
/** `Rows`: (y, x, outer, n, divisor); `Columns`: (y, x, outer, n, inner, divisor). */
type ReductionName = `${FoldName}${'Rows' | 'Columns'}`;
/** (y, x, rows, depth) and (loss, dx, x, labels, rows, depth); the labels of the sparse one are int32. */
type SoftmaxName = 'softmax' | 'logSoftmax' | 'crossEntropy' | 'sparseCrossEntropy';
/**
 * (to, from, n1, to1, from1, ... n4, to4, from4); (to, from, indices, n, bytes);
 * (to, from, indices, n, bytes, scale); (to, from, n1, to1, from1, n2, to2, from2, rows, columns, toStep, fromStep).
 */
type CopyName = 'box' | 'gather' | 'addRows' | 'transpose';

/** The exports of the generated modules. */
export type GeneratedKernels = Readonly<Record<ReductionName | SoftmaxName | CopyName, Run>>;

let memory: WebAssembly.Memory | null = null;
let kernels: GeneratedKernels | null = null;

/** Says on which heap the kernels run. */
export function installGenerated(heap: WebAssembly.Memory): void {
  memory = heap;
  kernels = null;
  useBoxCopy(copyBox);
}

/** The memory of the heap; `null` where there is none. */
export function heapMemory(): WebAssembly.Memory | null {
  return memory;
}

const FOLDS = KEYS.flatMap((key) => [`${key}Rows`, `${key}Columns`] as const);
/** The modules and what they export: a module is made when one of its kernels is first asked for. */
const MODULES = [
  [copiesModule, ['box', 'gather', 'addRows']],
  [reductionsModule, FOLDS],
  [softmaxModule, ['softmax', 'logSoftmax', 'crossEntropy', 'sparseCrossEntropy']],
  [transposeModule, ['transpose']],
] as const;

/** The kernels; `null` where there is no heap. */
export function generatedKernels(): GeneratedKernels | null {
  if (kernels === null && memory !== null) kernels = kernelsOver(memory);
  return kernels;
}

function kernelsOver(heap: WebAssembly.Memory): GeneratedKernels {
  const lazy: Partial<Record<keyof GeneratedKernels, Run>> = {};
  for (const [bytes, names] of MODULES) {
    const make = () => {
      const module = new WebAssembly.Module(bytes() as BufferSource);
      const { exports } = new WebAssembly.Instance(module, { env: { memory: heap } });
      for (const name of names) Object.defineProperty(lazy, name, { value: exports[name] });
    };
    for (const name of names) {
      Object.defineProperty(lazy, name, {
        configurable: true,
        get() {
          make();
          return lazy[name];
        },
      });
    }
  }
  return lazy as GeneratedKernels;
}

/** Fewer numbers than this are copied by the host's loop. */
const SMALLEST_BOX = 256;
const LEVELS = 4;
const FLOAT = 4;

/** Copies a box that lies on the heap on both sides; whether it did. */
function copyBox({ counts, to, from, target, source }: CopyWalk): boolean {
  if (to.buffer !== memory!.buffer || from.buffer !== memory!.buffer) return false;
  const levels = counts.length;
  if (levels > LEVELS || counts.reduce((size, n) => size * n, 1) < SMALLEST_BOX) return false;
  const steps: number[] = [];
  for (let i = levels; i < LEVELS; i++) steps.push(1, 0, 0);
  for (let i = 0; i < levels; i++) {
    steps.push(counts[i]!, FLOAT * target.steps[i]!, FLOAT * source.steps[i]!);
  }
  const at = to.byteOffset + FLOAT * target.at;
  generatedKernels()!.box(at, from.byteOffset + FLOAT * source.at, ...steps);
  return true;
}
