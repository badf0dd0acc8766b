/** The array functions that the other families build on, from the files that declare them. */

export { fill, ones, ones_like, zeros, zeros_like } from './fill.ts';
export { gather, gather_nd, scatter_nd } from './gather.ts';
export { concat, split, stack, unstack } from './join.ts';
export { invert_permutation, reverse, tile, transpose } from './move.ts';
export { pad } from './pad.ts';
export {
  expand_dims,
  identity,
  rank,
  reshape,
  shape,
  size,
  squeeze,
  stop_gradient,
} from './shape.ts';
export { slice, strided_slice } from './slice.ts';
