/** Running sums and products. */

import { toTensor } from '../core/convert.ts';
import { nameScope } from '../core/mode.ts';
import { op } from '../core/op.ts';
import { fn } from '../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../core/tensor.ts';
import { divide, multiply } from './arithmetic.ts';
import { integers } from './literals.ts';

function scanOp(type: string) {
  return op(type, {
    inputs: ['x: T', 'axis: Tidx'],
    outputs: ['out: T'],
    attrs: [
      'exclusive: bool = false',
      'reverse: bool = false',
      'T: numbertype',
      'Tidx: {int32, int64} = DT_INT32',
    ],
    shape: ({ x }) => x.dims,
  });
}

const scanning = (call: ReturnType<typeof scanOp>) =>
  fn(
    ['x', 'axis', 'exclusive', 'reverse', 'name'],
    (
      x: TensorLike,
      axis: TensorLike = 0,
      exclusive: boolean = false,
      reverse: boolean = false,
      name: Name = null,
    ): Tensor =>
      nameScope(name, call.type, (scope) =>
        call({ x: toTensor(x, null, 'x'), axis: integers(axis) }, { exclusive, reverse }, scope),
      ),
  );

export const Cumsum = scanOp('Cumsum').gradient(({ axis }, [dy], { exclusive, reverse }) => ({
  x: cumsum(dy, axis, exclusive, !reverse),
  axis: null,
}));
/** Sums of all elements up to each one along `axis`: without it if `exclusive`, from the end if `reverse`. */
export const cumsum = scanning(Cumsum);

export const Cumprod = scanOp('Cumprod').gradient(({ x, axis }, [dy], { exclusive, reverse }) => {
  const products = cumprod(x, axis, exclusive, reverse);
  const sums = cumsum(multiply(products, dy), axis, exclusive, !reverse);
  return { x: divide(sums, x), axis: null };
});
/** Products of all elements up to each one along `axis`: without it if `exclusive`, from the end if `reverse`. */
export const cumprod = scanning(Cumprod);
