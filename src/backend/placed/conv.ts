/** Convolutions and their gradients; what they unroll stands in the plan's own memory. */

import { activationNumber } from '../../compiler/gemm.ts';
import { float32 } from '../../core/dtype.ts';
import { imageShape, type Windows } from '../host/windows.ts';
import { convolutionWindows, HeapConvolution } from '../wasm/heap_convolution.ts';
import { depthwiseWindows, HeapDepthwise } from '../wasm/heap_depthwise.ts';
import { type Activation, type Call, type Described, type PlacedNode, placed } from './registry.ts';

const NO_ROW = { at: 0 };

/** The windows of a convolution of float32 numbers, if `y` has the shape of its result. */
function windowsOf(
  windows: typeof convolutionWindows,
  { attrs }: PlacedNode,
  image: Described,
  filter: Described,
  y: Described,
): Windows | null {
  if (image.dtype !== float32) return null;
  const g = windows(image.shape, filter.shape, attrs);
  if (g === null) return null;
  const depth = y.shape.at(-1)!;
  return imageShape(4, false, g.batch, g.out, depth).join() === y.shape.join() ? g : null;
}

/** Whether the sizes that input `index` spells out are known to be right. */
const isKnown = ({ inputs }: PlacedNode, index: number): boolean =>
  inputs[index]!.constant !== undefined;

placed('Conv2D', (node) => {
  const [image, filter] = node.inputs as [Described, Described];
  const [y] = node.outputs as [Described];
  const g = windowsOf(convolutionWindows, node, image, filter, y);
  return g && convolution(new HeapConvolution(g, filter.shape[3]!));
});

/** The call of a convolution, with a row behind it where there is an activation. */
function convolution(work: HeapConvolution, activation?: Activation): Call {
  const end = activationNumber(activation ?? 'none');
  return {
    role: 'call',
    reads: activation ? [0, 1, 2] : [0, 1],
    writes: [],
    scratch: work.scratch,
    emit([x, filter, bias], [y], _heap, room) {
      const [from, weights, to] = [x!.home, filter!.home, y!.home];
      const row = activation ? bias!.home : NO_ROW;
      return () => work.forward(from.at, weights.at, to.at, room.at, row.at, end);
    },
    ...(activation ? {} : { withEpilogue: (other) => convolution(work, other) }),
  };
}

placed('Conv2DBackpropFilter', (node) => {
  const [image, , dy] = node.inputs as [Described, Described, Described];
  const [filter] = node.outputs as [Described];
  const g = windowsOf(convolutionWindows, node, image, filter, dy);
  if (g === null || !isKnown(node, 1) || dy.shape[3] !== filter.shape[3]) return null;
  const work = new HeapConvolution(g, filter.shape[3]!);
  return {
    role: 'call',
    reads: [0, 2],
    writes: [],
    scratch: work.scratch,
    emit([x, , gradient], [result], _heap, room) {
      const [from, change, to] = [x!.home, gradient!.home, result!.home];
      return () => work.filterGradient(from.at, change.at, to.at, room.at);
    },
  };
});

placed('Conv2DBackpropInput', (node) => {
  const [, filter, dy] = node.inputs as [Described, Described, Described];
  const [image] = node.outputs as [Described];
  const g = windowsOf(convolutionWindows, node, image, filter, dy);
  if (g === null || !isKnown(node, 0) || dy.shape[3] !== filter.shape[3]) return null;
  const work = new HeapConvolution(g, filter.shape[3]!);
  return {
    role: 'call',
    reads: [1, 2],
    writes: [],
    scratch: work.scratch,
    emit([, weights, gradient], [result], _heap, room) {
      const [from, change, to] = [weights!.home, gradient!.home, result!.home];
      return () => work.imageGradient(change.at, from.at, to.at, room.at);
    },
  };
});

// ---- one filter per channel --------------------------------------------------------------------

type Pass = 'forward' | 'imageGradient' | 'filterGradient';

/** The call of a depthwise convolution that reads two inputs. */
function depthwise(g: Windows | null, pass: Pass, reads: readonly [number, number]): Call | null {
  if (g === null) return null;
  const work = new HeapDepthwise(g);
  return {
    role: 'call',
    reads,
    writes: [],
    emit(inputs, [result]) {
      const [first, second] = reads.map((i) => inputs[i]!.home);
      const to = result!.home;
      return () => work[pass](first!.at, second!.at, to.at);
    },
  };
}

placed('DepthwiseConv2dNative', (node) => {
  const [image, filter] = node.inputs as [Described, Described];
  const [y] = node.outputs as [Described];
  return depthwise(windowsOf(depthwiseWindows, node, image, filter, y), 'forward', [0, 1]);
});

placed('DepthwiseConv2dNativeBackpropInput', (node) => {
  const [, filter, dy] = node.inputs as [Described, Described, Described];
  const [image] = node.outputs as [Described];
  const g = windowsOf(depthwiseWindows, node, image, filter, dy);
  return isKnown(node, 0) ? depthwise(g, 'imageGradient', [2, 1]) : null;
});

placed('DepthwiseConv2dNativeBackpropFilter', (node) => {
  const [image, , dy] = node.inputs as [Described, Described, Described];
  const [filter] = node.outputs as [Described];
  const g = windowsOf(depthwiseWindows, node, image, filter, dy);
  return isKnown(node, 1) ? depthwise(g, 'filterGradient', [0, 2]) : null;
});
