/** How IndexedSlices become dense tensors. */

import { registerDensify } from '../core/indexed_slices.ts';
import { unsorted_segment_sum } from './segment.ts';

registerDensify(({ values, indices, dense_shape }) =>
  unsorted_segment_sum(values, indices, dense_shape!.at(0)),
);
