/** Changes of type: by value, and by the bytes of the elements. */

import { toTensor } from '../core/convert.ts';
import { divideDim, multiplyDim, withValue } from '../core/dims.ts';
import {
  as_dtype,
  bfloat16,
  complex64,
  complex128,
  type DType,
  type DTypeLike,
  float32,
  float64,
  int32,
  int64,
} from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { nameScope } from '../core/mode.ts';
import { op } from '../core/op.ts';
import { fn } from '../core/signature.ts';
import { type Dims, type Name, type Static, Tensor, type TensorLike } from '../core/tensor.ts';
import { maximum, minimum } from './arithmetic.ts';

const isDifferentiable = (type: DType): boolean => type.is_floating || type.is_complex;

export const Cast = op('Cast', {
  inputs: ['x: SrcT'],
  outputs: ['y: DstT'],
  attrs: ['SrcT: type', 'DstT: type'],
  shape: ({ x }) => x.dims,
  known: ({ x }, { DstT }) => (DstT.is_integer && x.dtype.is_integer ? x.known : undefined),
}).gradient(({ x }, [dy]) => {
  const source = x.dtype.base_dtype;
  const flows = isDifferentiable(source) && isDifferentiable(dy.dtype.base_dtype);
  return { x: flows ? cast(dy, source) : null };
});

/** `x` with elements of type `dtype`: floats lose their fraction, complex numbers their imaginary part. */
export const cast = fn(
  ['x', 'dtype', 'name'],
  (x: TensorLike, dtype: DTypeLike, name: Name = null): Tensor => {
    const type = as_dtype(dtype).base_dtype;
    if (x instanceof Tensor && x.dtype === type) return x;
    return nameScope(name, 'Cast', (scope) => {
      const value = toTensor(x, null, 'x');
      if (value.dtype.base_dtype === type) return value;
      return Cast({ x: value }, { DstT: type }, scope);
    });
  },
);

/** `value` as `dtype`, first brought into its range, so that nothing wraps around. */
export const saturate_cast = fn(
  ['value', 'dtype', 'name'],
  (value: TensorLike, dtype: DTypeLike, name: Name = null): Tensor =>
    nameScope(name, 'saturate_cast', (scope) => {
      let x = toTensor(value, null, 'value');
      const type = as_dtype(dtype).base_dtype;
      if (x.dtype.min < type.min) x = maximum(x, toTensor(type.min, x.dtype, 'min'));
      if (x.dtype.max > type.max) x = minimum(x, toTensor(type.max, x.dtype, 'max'));
      return cast(x, type, scope);
    }),
);

const castTo = (type: DType, defaultName: string) =>
  fn(['x', 'name'], (x: TensorLike, name: Name = defaultName): Tensor => cast(x, type, name));

/** `x` as float32. */
export const to_float = castTo(float32, 'ToFloat');
/** `x` as float64. */
export const to_double = castTo(float64, 'ToDouble');
/** `x` as int32. */
export const to_int32 = castTo(int32, 'ToInt32');
/** `x` as int64. */
export const to_int64 = castTo(int64, 'ToInt64');
/** `x` as complex64. */
export const to_complex64 = castTo(complex64, 'ToComplex64');
/** `x` as complex128. */
export const to_complex128 = castTo(complex128, 'ToComplex128');
/** `x` as bfloat16. */
export const to_bfloat16 = castTo(bfloat16, 'ToBFloat16');

const BITS =
  '{bfloat16, half, float, double, int64, int32, uint8, uint16, int8, int16, complex64, complex128, qint8, quint8, qint16, quint16, qint32}';

/** A wider type takes up the last dimension; a narrower one adds it. */
function bitcastDims({ input }: { readonly input: Static }, to: DType): Dims {
  const { dims, dtype } = input;
  const from = dtype.base_dtype.size;
  if (dims === null || from === to.size) return dims;
  if (from > to.size) return [...dims, divideDim(from, to.size)];
  const last = dims.at(-1);
  if (last === undefined) {
    throw new ValueError(`Cannot bitcast due to shape. 1 * ${from} does not fit ${to.size}.`);
  }
  withValue(multiplyDim(last, from), to.size);
  return dims.slice(0, -1);
}

export const Bitcast = op('Bitcast', {
  inputs: ['input: T'],
  outputs: ['output: type'],
  attrs: [`T: ${BITS}`, `type: ${BITS}`],
  shape: (inputs, attrs) => bitcastDims(inputs, attrs.type),
}).gradient(null);
/** The bytes of `input`, read as elements of `type`, without a change. */
export const bitcast = fn(
  ['input', 'type', 'name'],
  (input: TensorLike, type: DTypeLike, name: Name = null): Tensor =>
    Bitcast({ input }, { type: as_dtype(type) }, name),
);
