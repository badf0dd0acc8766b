/** Host kernels of grayscale dilation, a convolution with (max, +) in place of (+, *), and of its gradients. */

import type { TypedArray } from '../../core/dtype.ts';
import type { Attrs, Value } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';
import { invalid, shapeText } from './box.ts';
import { numbersOf, roundTo16, sameShape } from './numeric.ts';
import { windowCount } from './patches.ts';
import type { Windows } from './windows.ts';
import { eachPair, imageShape, windowsOver } from './windows.ts';

function windowsOfFilter({ shape }: Value, filter: Value, attrs: Attrs): Windows {
  if (shape.length !== 4) invalid(`input must be 4-dimensional${shapeText(shape)}`);
  const [height, width, depth] = filter.shape as [number, number, number];
  if (filter.shape.length !== 3) {
    invalid(`filter must be 3-dimensional: ${shapeText(filter.shape)}`);
  }
  if (shape[3] !== depth) {
    invalid(`input and filter must have the same depth: ${shape[3]} vs ${depth}`);
  }
  return windowsOver(shape, [1, height, width], attrs, attrs.rates);
}

/** For each output element, the first image and filter element whose sum is largest. */
interface Winners {
  readonly image: Int32Array;
  readonly filter: Int32Array;
}

function winnersOf(x: TypedArray, f: TypedArray, g: Windows): Winners {
  const { channels } = g;
  const image = new Int32Array(windowCount(g) * channels).fill(-1);
  const filter = new Int32Array(image.length);
  eachPair(g, (to, from, cell) => {
    const [yAt, xAt, fAt] = [to * channels, from * channels, cell * channels];
    for (let c = 0; c < channels; c++) {
      const best = image[yAt + c]!;
      if (best >= 0 && !(x[xAt + c]! + f[fAt + c]! > x[best]! + f[filter[yAt + c]!]!)) continue;
      image[yAt + c] = xAt + c;
      filter[yAt + c] = fAt + c;
    }
  });
  return { image, filter };
}

kernel('Dilation2D', ([input, filter], attrs, context) => {
  const g = windowsOfFilter(input!, filter!, attrs);
  const out = context.alloc(input!.dtype, imageShape(4, false, g.batch, g.out, g.channels));
  const [x, f, y] = [numbersOf(input!), numbersOf(filter!), numbersOf(out)];
  const winners = winnersOf(x, f, g);
  for (let i = 0; i < y.length; i++) y[i] = x[winners.image[i]!]! + f[winners.filter[i]!]!;
  roundTo16(y, out.dtype);
  return out;
});

/** The gradient with respect to the image or the filter: each output's goes to its winner there. */
function gradient(type: string, side: keyof Winners): void {
  kernel(type, ([input, filter, dy], attrs, context) => {
    const g = windowsOfFilter(input!, filter!, attrs);
    if (!sameShape(dy!.shape, imageShape(4, false, g.batch, g.out, g.channels))) {
      invalid(`out_backprop has incompatible size: ${shapeText(dy!.shape)}`);
    }
    const of = side === 'image' ? input! : filter!;
    const out = context.zeros(of.dtype, of.shape);
    const [result, grad] = [numbersOf(out), numbersOf(dy!)];
    const winners = winnersOf(numbersOf(input!), numbersOf(filter!), g)[side];
    for (let i = 0; i < grad.length; i++) {
      const to = winners[i]!;
      result[to] = result[to]! + grad[i]!;
    }
    roundTo16(result, out.dtype);
    return out;
  });
}
gradient('Dilation2DBackpropInput', 'image');
gradient('Dilation2DBackpropFilter', 'filter');
