/** `tf.linalg`: linear algebra under its shorter names. */

export { einsum, tensordot } from '../ops/contraction.ts';
export {
  matrix_band_part as band_part,
  matrix_diag as diag,
  matrix_diag_part as diag_part,
  matrix_set_diag as set_diag,
} from '../ops/diag.ts';
export { eye } from '../ops/eye.ts';
export {
  adjoint,
  cholesky,
  cholesky_solve,
  logdet,
  matrix_determinant as det,
  matrix_inverse as inv,
  matrix_solve as solve,
  matrix_solve_ls as lstsq,
  matrix_triangular_solve as triangular_solve,
  qr,
  self_adjoint_eig as eigh,
  self_adjoint_eigvals as eigvalsh,
  slogdet,
  svd,
} from '../ops/linear_algebra.ts';
export { matrix_transpose as transpose } from '../ops/move.ts';
export { norm, trace } from '../ops/norms.ts';
