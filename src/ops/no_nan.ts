/** Arithmetic in which zero wins over infinity and NaN, as graphs of later versions have it. */

import { multiply, negative } from './arithmetic.ts';
import { summedTo } from './broadcast_gradient.ts';
import { conj } from './complex.ts';
import { binaryOp } from './elementwise.ts';

const TYPES = 'T: {half, float, bfloat16, double, complex64, complex128}';

/** `x / y`, and 0 where `y` is 0. */
export const DivNoNan = binaryOp('DivNoNan', TYPES).gradient(({ x, y }, [dz]) => {
  const [p, q] = [conj(x), conj(y)];
  const slope = DivNoNan({ x: DivNoNan({ x: negative(p), y: q }), y: q });
  return {
    x: summedTo(DivNoNan({ x: dz, y: q }), x, y),
    y: summedTo(multiply(dz, slope), y, x),
  };
});

/** `x * y`, and 0 where `y` is 0, whatever `x` is. */
export const MulNoNan = binaryOp(
  'MulNoNan',
  'T: {bfloat16, half, float, double, complex64, complex128}',
).gradient(({ x, y }, [dz]) => ({
  x: summedTo(MulNoNan({ x: dz, y }), x, y),
  y: summedTo(MulNoNan({ x, y: dz }), y, x),
}));
