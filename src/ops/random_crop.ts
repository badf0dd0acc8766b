/** Windows at random places. */

import { toTensor } from '../core/convert.ts';
import { withRank } from '../core/dims.ts';
import { int32 } from '../core/dtype.ts';
import { nameScope } from '../core/mode.ts';
import { op } from '../core/op.ts';
import { fn } from '../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../core/tensor.ts';
import { Assert } from './checks.ts';
import { greater_equal } from './compare.ts';
import { with_dependencies } from './control_flow.ts';
import { random_uniform } from './random.ts';
import { reduce_all } from './reduce.ts';
import { shape } from './shape.ts';
import { slice } from './slice.ts';

/** Replaced by `random_crop`, which builds a Slice; older graphs have it. */
export const RandomCrop = op('RandomCrop', {
  inputs: ['image: T', 'size: int64'],
  outputs: ['output: T'],
  attrs: [
    'T: {uint8, int8, int16, int32, int64, float, double}',
    'seed: int = 0',
    'seed2: int = 0',
  ],
  shape: ({ image, size }) => {
    const [, , channels] = withRank(image.dims, 3);
    const [height, width] = size.known ?? [null, null];
    return [height ?? null, width ?? null, channels!];
  },
  stateful: true,
}).gradient(null);

/**
 * A window of shape `size` at a random place of `value`. InvalidArgumentError, when it runs, unless
 * every size fits.
 */
export const random_crop = fn(
  ['value', 'size', 'seed', 'name'],
  (value: TensorLike, size: TensorLike, seed: number | null = null, name: Name = null): Tensor =>
    nameScope(name, 'random_crop', (scope) => {
      const whole = toTensor(value, null, 'value');
      const window = toTensor(size, int32, 'size');
      const dims = shape(whole);
      const check = Assert(
        reduce_all(greater_equal(dims, window)),
        ['Need value.shape >= size, got ', dims, window],
        1000,
      );
      const checked = with_dependencies([check], dims) as Tensor;
      const limit = checked.subtract(window).add(1);
      const drawn = random_uniform(shape(dims), 0, int32.max, int32, seed);
      return slice(whole, drawn.mod(limit), window, scope);
    }),
);
