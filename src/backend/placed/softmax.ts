/** Softmax and its cross entropies, over rows of float32 numbers. */

import { float32, int32 } from '../../core/dtype.ts';
import { generatedKernels } from '../wasm/generated.ts';
import { type Call, type PlacedNode, placed } from './registry.ts';

for (const [type, name] of [
  ['Softmax', 'softmax'],
  ['LogSoftmax', 'logSoftmax'],
] as const) {
  placed(type, ({ inputs: [x] }) => {
    const kernels = generatedKernels();
    if (!kernels || x!.dtype !== float32 || x!.shape.length === 0) return null;
    const run = kernels[name];
    const depth = x!.shape.at(-1)!;
    const rows = x!.shape.slice(0, -1).reduce((product, size) => product * size, 1);
    return {
      role: 'call',
      reads: [0],
      writes: [],
      emit: ([input], [output]) => {
        const [from, to] = [input!.home, output!.home];
        return () => run(to.at, from.at, rows, depth);
      },
    };
  });
}

placed('SoftmaxCrossEntropyWithLogits', (node) => {
  const [logits, labels] = node.inputs;
  return logits!.shape.join() === labels!.shape.join() && labels!.dtype === float32
    ? crossEntropy(node, 'crossEntropy')
    : null;
});

// Labels that name no class are the kernel's to tell of, so only those that are known are taken.
placed('SparseSoftmaxCrossEntropyWithLogits', (node) => {
  const [logits, labels] = node.inputs;
  const classes = labels!.constant?.data as ArrayLike<number> | undefined;
  if (!classes || labels!.dtype !== int32) return null;
  const isClass = (label: number) => label >= 0 && label < logits!.shape[1]!;
  return Array.from(classes).every(isClass) ? crossEntropy(node, 'sparseCrossEntropy') : null;
});

function crossEntropy(
  { inputs: [logits] }: PlacedNode,
  name: 'crossEntropy' | 'sparseCrossEntropy',
): Call | null {
  const kernels = generatedKernels();
  if (!kernels || logits!.dtype !== float32 || logits!.shape.length !== 2) return null;
  const run = kernels[name];
  const [rows, depth] = logits!.shape as [number, number];
  return {
    role: 'call',
    reads: [0, 1],
    writes: [],
    emit: ([x, y], [loss, backprop]) => {
      const [from, target, to, gradient] = [x!, y!, loss!, backprop!].map(({ home }) => home);
      return () => run(to!.at, gradient!.at, from!.at, target!.at, rows, depth);
    },
  };
}
