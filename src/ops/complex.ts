/** Complex numbers: made of their parts, and taken apart. */

import { toTensor } from '../core/convert.ts';
import { broadcastDims } from '../core/dims.ts';
import { complex64, complex128, float32, float64 } from '../core/dtype.ts';
import { nameScope } from '../core/mode.ts';
import { op } from '../core/op.ts';
import { fn } from '../core/signature.ts';
import { type Name, Tensor, type TensorLike } from '../core/tensor.ts';
import { multiply, negative } from './arithmetic.ts';
import { summedTo } from './broadcast_gradient.ts';
import { zeros_like } from './fill.ts';
import { reciprocal, sign } from './math.ts';

const COMPLEX = 'T: {complex64, complex128} = DT_COMPLEX64';

/** Real numbers as complex ones. */
const withoutImaginary = (re: Tensor): Tensor => complex(re, zeros_like(re));

export const Complex = op('Complex', {
  inputs: ['real: T', 'imag: T'],
  outputs: ['out: Tout'],
  attrs: ['T: {float, double} = DT_FLOAT', 'Tout: {complex64, complex128} = DT_COMPLEX64'],
  shape: ({ real, imag }) => broadcastDims(real.dims, imag.dims),
}).gradient(({ real: re, imag: im }, [dy]) => ({
  real: summedTo(real(dy), re, im),
  imag: summedTo(imag(dy), im, re),
}));
/** The complex numbers `real + i imag`, from two float32 or two float64 tensors. */
export const complex = fn(
  ['real', 'imag', 'name'],
  (real: TensorLike, imag: TensorLike, name: Name = null): Tensor => {
    const re = toTensor(real, null, 'real');
    const im = toTensor(imag, null, 'imag');
    return nameScope(name, 'Complex', (scope) => {
      const [p, q] = [re.dtype.base_dtype, im.dtype.base_dtype];
      if (p !== q || (p !== float32 && p !== float64)) {
        throw new TypeError(`real and imag have incorrect types: ${p.name} ${q.name}`);
      }
      const Tout = p === float64 ? complex128 : complex64;
      return Complex({ real: re, imag: im }, { Tout }, scope);
    });
  },
);

function partOp(type: string) {
  return op(type, {
    inputs: ['input: T'],
    outputs: ['output: Tout'],
    attrs: [COMPLEX, 'Tout: {float, double} = DT_FLOAT'],
    shape: ({ input }) => input.dims,
  });
}
type PartOp = ReturnType<typeof partOp>;

const part = (scopeName: string, call: PartOp) =>
  fn(
    ['input', 'name'],
    (input: TensorLike, name: Name = null): Tensor =>
      nameScope(name, scopeName, (scope) => {
        const x = toTensor(input, null, 'input');
        return call({ input: x }, { Tout: x.dtype.real_dtype }, scope);
      }),
  );

export const Real = partOp('Real').gradient((_, [dy]) => ({ input: withoutImaginary(dy) }));
/** The real part; a real tensor is its own. */
export const real = fn(
  ['input', 'name'],
  (input: TensorLike, name: Name = null): Tensor =>
    nameScope(name, 'Real', (scope) => {
      const x = toTensor(input, null, 'input');
      return x.dtype.is_complex ? Real({ input: x }, { Tout: x.dtype.real_dtype }, scope) : x;
    }),
);

export const Imag = partOp('Imag').gradient((_, [dy]) => ({
  input: complex(zeros_like(dy), dy),
}));
/** The imaginary part. */
export const imag = part('Imag', Imag);

export const Angle = partOp('Angle').gradient(({ input }, [dy]) => ({
  input: negative(multiply(withoutImaginary(dy), reciprocal(complex(imag(input), real(input))))),
}));
/** The angle of each complex number in radians, `atan2(imag, real)`. */
export const angle = part('Angle', Angle);

export const ComplexAbs = op('ComplexAbs', {
  inputs: ['x: T'],
  outputs: ['y: Tout'],
  attrs: [COMPLEX, 'Tout: {float, double} = DT_FLOAT'],
  shape: ({ x }) => x.dims,
}).gradient(({ x }, [dy]) => ({ x: multiply(withoutImaginary(dy), sign(x)) }));

export const Conj = op('Conj', {
  inputs: ['input: T'],
  outputs: ['output: T'],
  attrs: ['T: {complex64, complex128, variant} = DT_COMPLEX64'],
  shape: ({ input }) => input.dims,
}).gradient((_, [dy]) => ({ input: conj(dy) }));
/** The complex conjugate; a real tensor is its own. TypeError for what is no number. */
export const conj = fn(['x', 'name'], (x: TensorLike, name: Name = null): Tensor => {
  if (x instanceof Tensor && (x.dtype.is_floating || x.dtype.is_integer)) return x;
  return nameScope(name, 'Conj', (scope) => {
    const value = toTensor(x, null, 'x');
    if (value.dtype.is_complex) return Conj({ input: value }, {}, scope);
    if (value.dtype.is_floating || value.dtype.is_integer) return value;
    throw new TypeError(`Expected numeric or variant tensor, got dtype ${value.dtype}`);
  });
});
