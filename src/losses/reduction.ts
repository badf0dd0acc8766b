/** How a loss becomes one number, or stays one per element: `tf.losses.Reduction`. */

import { ValueError } from '../core/errors.ts';

const KINDS = {
  /** As many losses as elements, weighted. */
  NONE: 'none',
  /** Their sum. */
  SUM: 'weighted_sum',
  /** The sum, divided by the sum of the weights. */
  MEAN: 'weighted_mean',
  /** The sum, divided by the number of losses. */
  SUM_OVER_BATCH_SIZE: 'weighted_sum_over_batch_size',
  /** The sum, divided by the number of weights that are not zero. */
  SUM_BY_NONZERO_WEIGHTS: 'weighted_sum_by_nonzero_weights',
  /** The same under its older name. */
  SUM_OVER_NONZERO_WEIGHTS: 'weighted_sum_by_nonzero_weights',
} as const;

/** A member of `Reduction`. */
export type ReductionKind = (typeof KINDS)[keyof typeof KINDS];

/** The reductions of losses. */
export const Reduction = {
  ...KINDS,
  /** Every reduction. */
  all(): readonly string[] {
    return [
      KINDS.NONE,
      KINDS.SUM,
      KINDS.MEAN,
      KINDS.SUM_OVER_BATCH_SIZE,
      KINDS.SUM_OVER_NONZERO_WEIGHTS,
      KINDS.SUM_BY_NONZERO_WEIGHTS,
    ];
  },
  /** ValueError for what is no reduction. */
  validate(key: string): void {
    if (!Reduction.all().includes(key)) throw new ValueError(`Invalid ReductionKey ${key}.`);
  },
};
