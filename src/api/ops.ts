/** The functions that are ops, by family; each family is one line. */

import '../ops/checkpoint.ts';
import '../ops/checkpoint_remapping.ts';
import '../ops/clustering.ts';
import '../ops/image/boxes.ts';
import '../ops/indexed_slices.ts';
import '../ops/nn/block_cells.ts';
import '../ops/no_nan.ts';
import '../ops/operators.ts';
import '../ops/stack.ts';
import '../ops/tensor_array_gradients.ts';
import '../ops/tensor_list.ts';

export { initialize_all_tables, tables_initializer } from '../data/lookup.ts';
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
  assert_equal,
  assert_greater,
  assert_greater_equal,
  assert_integer,
  assert_less,
  assert_less_equal,
  assert_near,
  assert_negative,
  assert_non_negative,
  assert_non_positive,
  assert_none_equal,
  assert_positive,
  assert_proper_iterable,
  assert_rank,
  assert_rank_at_least,
  assert_rank_in,
  assert_same_float_dtype,
  assert_scalar,
  assert_type,
  is_non_decreasing,
  is_numeric_tensor,
  is_strictly_increasing,
} from '../ops/assertions.ts';
export {
  bitcast,
  cast,
  saturate_cast,
  to_bfloat16,
  to_complex64,
  to_complex128,
  to_double,
  to_float,
  to_int32,
  to_int64,
} from '../ops/cast.ts';
export {
  Assert,
  check_numerics,
  Print,
  Print as print,
  verify_tensor_all_finite,
} from '../ops/checks.ts';
export {
  clip_by_average_norm,
  clip_by_global_norm,
  clip_by_norm,
  clip_by_value,
  global_norm,
} from '../ops/clip.ts';
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
export { confusion_matrix } from '../ops/confusion_matrix.ts';
export {
  constant,
  convert_to_tensor,
  placeholder,
  placeholder_with_default,
} from '../ops/constant.ts';
export { einsum, tensordot } from '../ops/contraction.ts';
export {
  diag,
  diag_part,
  matrix_band_part,
  matrix_diag,
  matrix_diag_part,
  matrix_set_diag,
} from '../ops/diag.ts';
export { edit_distance } from '../ops/edit_distance.ts';
export { eye } from '../ops/eye.ts';
export {
  fake_quant_with_min_max_args,
  fake_quant_with_min_max_args_gradient,
  fake_quant_with_min_max_vars,
  fake_quant_with_min_max_vars_gradient,
  fake_quant_with_min_max_vars_per_channel,
  fake_quant_with_min_max_vars_per_channel_gradient,
} from '../ops/fake_quant.ts';
export {
  fill,
  ones,
  ones_like,
  zeros,
  zeros_like,
} from '../ops/fill.ts';
export {
  dynamic_partition,
  dynamic_stitch,
  gather,
  gather_nd,
  one_hot,
  scatter_nd,
  sparse_to_dense,
} from '../ops/gather.ts';
export { constant_initializer, ones_initializer, zeros_initializer } from '../ops/initializers.ts';
export {
  concat,
  parallel_stack,
  split,
  stack,
  unstack,
} from '../ops/join.ts';
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
  boolean_mask,
  broadcast_dynamic_shape,
  broadcast_static_shape,
  meshgrid,
  sequence_mask,
} from '../ops/masks.ts';
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
  log_sigmoid,
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
  depth_to_space,
  invert_permutation,
  matrix_transpose,
  reverse,
  reverse_sequence,
  reverse_v2,
  space_to_depth,
  tile,
  transpose,
} from '../ops/move.ts';
export { extract_image_patches } from '../ops/nn/images.ts';
export { norm, trace } from '../ops/norms.ts';
export {
  batch_to_space,
  batch_to_space_nd,
  pad,
  required_space_to_batch_paddings,
  space_to_batch,
  space_to_batch_nd,
} from '../ops/pad.ts';
export { py_func } from '../ops/py_func.ts';
export { dequantize, quantize, quantize_v2 } from '../ops/quantized.ts';
export {
  FIFOQueue,
  PaddingFIFOQueue,
  PriorityQueue,
  QueueBase,
  RandomShuffleQueue,
} from '../ops/queue.ts';
export {
  multinomial,
  random_gamma,
  random_normal,
  random_poisson,
  random_shuffle,
  random_uniform,
  truncated_normal,
} from '../ops/random.ts';
export { random_crop } from '../ops/random_crop.ts';
export {
  glorot_normal_initializer,
  glorot_uniform_initializer,
  orthogonal_initializer,
  random_normal_initializer,
  random_uniform_initializer,
  truncated_normal_initializer,
  uniform_unit_scaling_initializer,
  variance_scaling_initializer,
} from '../ops/random_initializers.ts';
export { get_seed } from '../ops/random_seed.ts';
export {
  FixedLengthRecordReader,
  IdentityReader,
  ReaderBase,
  TextLineReader,
  TFRecordReader,
  WholeFileReader,
} from '../ops/readers.ts';
export {
  arg_max,
  arg_min,
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
  setdiff1d,
  unique,
  unique_with_counts,
  unravel_index,
  where,
} from '../ops/search.ts';
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
export {
  bincount,
  histogram_fixed_width,
  histogram_fixed_width_bins,
  lin_space,
  linspace,
  range,
} from '../ops/sequence.ts';
export {
  expand_dims,
  guarantee_const,
  identity,
  identity_n,
  rank,
  reshape,
  shape,
  shape_n,
  size,
  squeeze,
  stop_gradient,
} from '../ops/shape.ts';
export {
  newaxis,
  slice,
  strided_slice,
} from '../ops/slice.ts';
export {
  sparse_add,
  sparse_placeholder,
  sparse_reorder,
  sparse_tensor_dense_matmul,
  sparse_tensor_to_dense,
} from '../ops/sparse.ts';
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
export {
  as_string,
  decode_base64,
  decode_raw,
  encode_base64,
  reduce_join,
  regex_replace,
  string_join,
  string_split,
  string_strip,
  string_to_hash_bucket,
  string_to_hash_bucket_fast,
  string_to_hash_bucket_strong,
  string_to_number,
  substr,
} from '../ops/strings.ts';
export { TensorArray } from '../ops/tensor_array.ts';
