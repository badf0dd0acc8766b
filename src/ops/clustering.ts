/** Points and their nearest centers, as k-means graphs have them. */

import { op } from '../core/op.ts';

/** For each point the `k` nearest centers, the nearest first, and the squares of their distances. */
export const NearestNeighbors = op('NearestNeighbors', {
  inputs: ['points: float', 'centers: float', 'k: int64'],
  outputs: ['nearest_center_indices: int64', 'nearest_center_distances: float'],
  attrs: [],
}).gradient(null);
