/** Pooling and its gradients. */

import { float32 } from '../../core/dtype.ts';
import { imageShape, type Windows } from '../host/windows.ts';
import { averageWindows, HeapPooling, poolingWindows } from '../wasm/heap_pooling.ts';
import { type Described, type PlacedNode, placed } from './registry.ts';

/** The work on images like `image` by windows with results like `y`; `null` if kernels have to do it. */
function poolingOf(
  windows: typeof poolingWindows,
  { attrs }: PlacedNode,
  image: Described,
  ...results: readonly Described[]
): HeapPooling | null {
  const g = image.dtype === float32 ? windows(image.shape, attrs) : null;
  return g !== null && results.every((y) => fits(g, y)) ? new HeapPooling(g) : null;
}

const fits = (g: Windows, { shape }: Described): boolean =>
  imageShape(4, false, g.batch, g.out, g.channels).join() === shape.join();

placed('MaxPool', (node) => {
  const work = poolingOf(poolingWindows, node, node.inputs[0]!, node.outputs[0]!);
  return (
    work && {
      role: 'call',
      reads: [0],
      writes: [],
      scratch: work.scratch,
      emit([x], [y], _heap, room) {
        const [from, to] = [x!.home, y!.home];
        return () => work.maxima(from.at, to.at, room.at);
      },
    }
  );
});

placed('MaxPoolGrad', (node) => {
  const [image, output, dy] = node.inputs as [Described, Described, Described];
  const work = poolingOf(poolingWindows, node, image, output, dy);
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

placed('AvgPool', (node) => {
  const work = poolingOf(averageWindows, node, node.inputs[0]!, node.outputs[0]!);
  return (
    work && {
      role: 'call',
      reads: [0],
      writes: [],
      emit([x], [y]) {
        const [from, to] = [x!.home, y!.home];
        return () => work.means(from.at, to.at);
      },
    }
  );
});

placed('AvgPoolGrad', (node) => {
  const work = poolingOf(averageWindows, node, node.outputs[0]!, node.inputs[1]!);
  if (work === null || !node.inputs[0]!.constant) return null;
  return {
    role: 'call',
    reads: [1],
    writes: [],
    emit([, gradient], [dx]) {
      const [change, to] = [gradient!.home, dx!.home];
      return () => work.meansGradient(change.at, to.at);
    },
  };
});
