/** The functions that are ops, by family; each family is one line. */

import '../ops/operators.ts';

export {
  add,
  atan2,
  div,
  divide,
  floor_div,
  floordiv,
  floormod,
  maximum,
  minimum,
  mod,
  multiply,
  negative,
  pow,
  realdiv,
  scalar_mul,
  squared_difference,
  subtract,
  truediv,
  truncatediv,
  truncatemod,
} from '../ops/arithmetic.ts';
export {
  bitcast,
  cast,
  saturate_cast,
  to_bfloat16,
  to_double,
  to_float,
  to_int32,
  to_int64,
} from '../ops/cast.ts';
export {
  equal,
  greater,
  greater_equal,
  less,
  less_equal,
  logical_and,
  logical_not,
  logical_or,
  logical_xor,
  not_equal,
} from '../ops/compare.ts';
export { angle, complex, conj, imag, real } from '../ops/complex.ts';
export {
  constant,
  convert_to_tensor,
  placeholder,
  placeholder_with_default,
} from '../ops/constant.ts';
export { cross, matmul, sparse_matmul } from '../ops/linear.ts';
export {
  cholesky,
  cholesky_solve,
  matrix_determinant,
  matrix_inverse,
  matrix_solve,
  matrix_solve_ls,
  matrix_triangular_solve,
  qr,
  self_adjoint_eig,
  self_adjoint_eigvals,
  svd,
} from '../ops/linear_algebra.ts';
export {
  abs,
  accumulate_n,
  acos,
  acosh,
  add_n,
  asin,
  asinh,
  atan,
  atanh,
  ceil,
  cos,
  cosh,
  exp,
  expm1,
  floor,
  is_finite,
  is_inf,
  is_nan,
  log,
  log1p,
  reciprocal,
  rint,
  round,
  rsqrt,
  sigmoid,
  sign,
  sin,
  sinh,
  sqrt,
  square,
  tan,
  tanh,
} from '../ops/math.ts';
export {
  multinomial,
  random_gamma,
  random_normal,
  random_poisson,
  random_shuffle,
  random_uniform,
  truncated_normal,
} from '../ops/random.ts';
export { get_seed } from '../ops/random_seed.ts';
export {
  argmax,
  argmin,
  count_nonzero,
  reduce_all,
  reduce_any,
  reduce_logsumexp,
  reduce_max,
  reduce_mean,
  reduce_min,
  reduce_prod,
  reduce_sum,
} from '../ops/reduce.ts';
export { cumprod, cumsum } from '../ops/scan.ts';
export {
  segment_max,
  segment_mean,
  segment_min,
  segment_prod,
  segment_sum,
  unsorted_segment_max,
  unsorted_segment_mean,
  unsorted_segment_min,
  unsorted_segment_prod,
  unsorted_segment_sqrt_n,
  unsorted_segment_sum,
} from '../ops/segment.ts';
export { bincount, histogram_fixed_width, lin_space, linspace, range } from '../ops/sequence.ts';
export {
  sparse_segment_mean,
  sparse_segment_sqrt_n,
  sparse_segment_sum,
} from '../ops/sparse_segment.ts';
export {
  betainc,
  digamma,
  erf,
  erfc,
  igamma,
  igammac,
  lbeta,
  lgamma,
  polygamma,
  zeta,
} from '../ops/special.ts';
