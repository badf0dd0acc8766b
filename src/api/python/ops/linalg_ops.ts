/** `tf.python.ops.linalg_ops`. */

export { cholesky, cholesky_solve, einsum, eye, norm, qr, svd } from '../../linalg.ts';
export {
  matrix_determinant,
  matrix_inverse,
  matrix_solve,
  matrix_solve_ls,
  matrix_triangular_solve,
  self_adjoint_eig,
  self_adjoint_eigvals,
} from '../../ops.ts';
