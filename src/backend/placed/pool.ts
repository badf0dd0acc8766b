/** Pooling and its gradients. */

import { float32 } from '../../core/dtype.ts';
import { imageShape, type Windows } from '../host/windows.ts';
import { HeapPooling, poolingWindows } from '../wasm/heap_pooling.ts';
import { type Described, type PlacedNode, placed } from './registry.ts';

/** The work on images like `image` by windows with results like `y`; `null` if kernels have to do it. */
function poolingOf(
  { attrs }: PlacedNode,
  image: Described,
  ...results: readonly Described[]
): HeapPooling | null {
  const g = image.dtype === float32 ? poolingWindows(image.shape, attrs) : null;
  return g !== null && results.every((y) => fits(g, y)) ? new HeapPooling(g) : null;
}

const fits = (g: Windows, { shape }: Described): boolean =>
  imageShape(4, false, g.batch, g.out, g.channels).join() === shape.join();

for (const [type, fold] of [
  ['MaxPool', 'maxima'],
  ['AvgPool', 'means'],
] as const) {
  placed(type, (node) => {
    const work = poolingOf(node, node.inputs[0]!, node.outputs[0]!);
    return (
      work && {
        role: 'call',
        reads: [0],
        writes: [],
        scratch: work.scratch,
        emit([x], [y], _heap, room) {
          const [from, to] = [x!.home, y!.home];
          return () => work[fold](from.at, to.at, room.at);
        },
      }
    );
  });
}

placed('MaxPoolGrad', (node) => {
  const [image, output, dy] = node.inputs as [Described, Described, Described];
  const work = poolingOf(node, image, output, dy);
  return (
    work && {
      role: 'call',
      reads: [0, 1, 2],
      writes: [],
      scratch: 2 * work.scratch,
      emit([x, y, gradient], [dx], _heap, room) {
        const [from, largest, change, to] = [x!.home, y!.home, gradient!.home, dx!.home];
        return () => work.maximaGradient(from.at, largest.at, change.at, to.at, room.at);
      },
    }
  );
});

placed('AvgPoolGrad', (node) => {
  const work = poolingOf(node, node.outputs[0]!, node.inputs[1]!);
  if (work === null || !node.inputs[0]!.constant) return null;
  return {
    role: 'call',
    reads: [1],
    writes: [],
    scratch: work.scratch,
    emit([, gradient], [dx], _heap, room) {
      const [change, to] = [gradient!.home, dx!.home];
      return () => work.meansGradient(change.at, to.at, room.at);
    },
  };
});
