/** Softmax and its cross entropies, over rows of float32 numbers. */

import { float32, int32 } from '../../core/dtype.ts';
import { generatedKernels } from '../wasm/generated.ts';
import { areWithin, integersAt, refuse, zeros } from './indices.ts';
import { type Call, type Described, type PlacedNode, placed } from './registry.ts';

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

// Labels that name no class are the kernel's to tell of.
placed('SparseSoftmaxCrossEntropyWithLogits', (node) => {
  const [logits, labels] = node.inputs as [Described, Described];
  if (labels.dtype !== int32 || labels.shape.join() !== String(logits.shape[0])) return null;
  const call = crossEntropy(node, 'sparseCrossEntropy');
  if (call === null) return null;
  const [rows, depth] = logits.shape as [number, number];
  return {
    ...call,
    mayFail: true,
    emit(inputs, outputs, heap, scratch) {
      const run = call.emit(inputs, outputs, heap, scratch);
      const classes = inputs[1]!;
      return () => {
        if (!areWithin(heap, classes.home.at, rows, 0, depth)) {
          refuse(node.type, [zeros(logits.shape), integersAt(classes, heap)]);
        }
        run();
      };
    },
  };
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
