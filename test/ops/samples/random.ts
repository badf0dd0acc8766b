/** Samples of the random ops. Each has a seed of its own, so that its stream is at its start. */

import * as dtypes from '../../../src/core/dtype.ts';
import { f32, f64, i32, type Samples, sample, spread } from '../sample.ts';

type Ops = typeof import('../../../src/ops/random.ts') &
  typeof import('../../../src/ops/random_crop.ts') &
  typeof import('../../../src/ops/stateless_random.ts');
const noGradient = { gradient: false };

/** Ops without a sample are no public function of TensorFlow's today: test/backend/random.test.ts has them. */
export const random = {
  RandomUniform: [
    sample('random_uniform', [[2, 3]], { seed: 11 }),
    sample('random_uniform', [[], -1.5, 2.5], { seed: 12, dtype: dtypes.float64 }),
    sample('random_uniform', [[300], 0.5], { seed: 13, maxval: 2.5 }),
    sample('random_uniform', [[4], f32([1, 2, 3, 4]), f32([2, 4, 6, 8])], { seed: 14 }, noGradient),
    sample('random_uniform', [[0, 2]], { seed: 15, dtype: dtypes.float16 }),
  ],
  RandomUniformInt: [
    sample('random_uniform', [[2, 3], -4, 9], { seed: 16, dtype: dtypes.int32 }),
    sample('random_uniform', [[50], 5, 2 ** 40], { seed: 17, dtype: dtypes.int64 }),
  ],
  RandomStandardNormal: [
    sample('random_normal', [[2, 3]], { seed: 18 }),
    sample('random_normal', [[301], 1.5, 0.5], { seed: 19, dtype: dtypes.float64 }),
    sample('random_normal', [[2, 3], f32([1, 2, 3]), f32([[1], [2]])], { seed: 20 }, noGradient),
  ],
  TruncatedNormal: [
    sample('truncated_normal', [[2, 3]], { seed: 21 }),
    sample('truncated_normal', [[301], 1.5, 0.5], { seed: 22, dtype: dtypes.float64 }),
    sample('truncated_normal', [[5], f32(2), f32(0.1)], { seed: 23 }, noGradient),
  ],
  ParameterizedTruncatedNormal: [],
  Multinomial: [
    sample('multinomial', [spread([3, 4]), 5, 28], {}, noGradient),
    sample('multinomial', [spread([1, 7], -3, 3, dtypes.float64), 0, 29], {}, noGradient),
  ],
  RandomGamma: [
    sample('random_gamma', [[3], f32([0.5, 1, 4])], { seed: 24 }, noGradient),
    sample(
      'random_gamma',
      [[2], f64([2, 3])],
      { beta: f64([[1], [4]]), dtype: dtypes.float64, seed: 26 },
      noGradient,
    ),
  ],
  RandomPoisson: [],
  RandomPoissonV2: [
    sample('random_poisson', [f32([0.5, 8, 40]), [4]], { seed: 25 }, noGradient),
    sample('random_poisson', [f64([3]), []], { dtype: dtypes.int32, seed: 27 }, noGradient),
  ],
  RandomShuffle: [
    sample('random_shuffle', [i32([1, 2, 3, 4, 5, 6, 7]), 30]),
    sample('random_shuffle', [spread([5, 2, 3]), 31], {}, noGradient),
  ],
  RandomCrop: [sample('random_crop', [spread([6, 5, 3]), [4, 4, 3], 32], {}, noGradient)],
  StatelessRandomUniform: [],
  StatelessRandomNormal: [],
  StatelessTruncatedNormal: [],
  StatelessMultinomial: [],
} satisfies Samples<Ops>;
