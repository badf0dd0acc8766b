/** Gradients of broadcasting: what an operand gets is summed over the axes where it was repeated. */

import { isFullyDefined, sameDims } from '../core/dims.ts';
import { op } from '../core/op.ts';
import type { Tensor } from '../core/tensor.ts';
import { reduce_sum } from './reduce.ts';
import { reshape, shape } from './shape.ts';

export const BroadcastGradientArgs = op('BroadcastGradientArgs', {
  inputs: ['s0: T', 's1: T'],
  outputs: ['r0: T', 'r1: T'],
  attrs: ['T: {int32, int64} = DT_INT32'],
  shape: () => [[null], [null]],
}).gradient(null);

/** The gradient of `x`, which was broadcast with `y`, from that of the result. */
export function summedTo(dz: Tensor, x: Tensor, y: Tensor): Tensor {
  if (isFullyDefined(x.dims) && isFullyDefined(dz.dims)) {
    if (sameDims(x.dims, dz.dims)) return dz;
    return summedToDims(dz, x.dims, dz.dims);
  }
  if (isFullyDefined(x.dims) && x.dims.length === 0) return reduce_sum(dz);
  const size = shape(x);
  const [axes] = BroadcastGradientArgs({ s0: size, s1: shape(y) });
  return reshape(reduce_sum(dz, axes), size);
}

function summedToDims(dz: Tensor, to: readonly number[], from: readonly number[]): Tensor {
  const axes = from.flatMap((n, d) => {
    const own = to[d - from.length + to.length];
    return own === undefined || (own === 1 && n !== 1) ? [d] : [];
  });
  const sum = axes.length === 0 ? dz : reduce_sum(dz, axes);
  return sameDims(sum.dims, to) ? sum : reshape(sum, [...to]);
}
