/**
 * Turns what callers pass into tensors, as `ops.internal_convert_to_tensor` does. Higher layers
 * register what they know how to convert.
 */

import { as_dtype, type DType, int32 } from './dtype.ts';
import { ValueError } from './errors.ts';
import { currentMode } from './mode.ts';
import { Operand } from './operand.ts';
import { Dimension, TensorShape } from './shape.ts';
import { type Literal, type Name, Tensor, type TensorLike } from './tensor.ts';

type ToLiteral = (value: unknown, dtype: DType | null, shape: readonly number[] | null) => Literal;
type Pack = (values: readonly TensorLike[], dtype: DType | null, name: string) => Tensor;
/** Converts `value`, or answers `undefined` to leave it to the next. */
export type Conversion = (
  value: unknown,
  dtype: DType | null,
  name: Name,
  as_ref: boolean,
) => Tensor | undefined;

let spellOut: ToLiteral | undefined;
let pack: Pack | undefined;
const conversions: { priority: number; convert: Conversion }[] = [];

/** `numpy/` says how plain values are spelled out. */
export function registerLiterals(toLiteral: ToLiteral): void {
  spellOut = toLiteral;
}

/** `ops/` says how a list that holds tensors is packed into one. */
export function registerPacking(packing: Pack): void {
  pack = packing;
}

/** Registers a conversion; lower priorities are asked first. */
export function registerConversion(convert: Conversion, priority = 100): void {
  conversions.push({ priority, convert });
  conversions.sort((a, b) => a.priority - b.priority);
}

/** The numbers of a plain value; numbers are float32 unless `dtype` says otherwise. */
export function toLiteral(
  value: unknown,
  dtype: DType | null = null,
  shape: readonly number[] | null = null,
): Literal {
  if (!spellOut) throw new Error('Arrays are not loaded.');
  return spellOut(value, dtype, shape);
}

/** The tensor that stands for `value`. A given `dtype` must be its type, or become it. */
export function toTensor(
  value: TensorLike,
  dtype: DType | null = null,
  name: Name = null,
  preferred: DType | null = null,
  asRef = false,
): Tensor {
  if (value instanceof Tensor) return currentMode().accept(value, dtype);
  if (value instanceof Operand)
    return currentMode().accept(value._toTensor(dtype, name, asRef), dtype);
  if (dtype === null && preferred !== null) {
    try {
      return convertPlain(value, preferred, name, asRef);
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof ValueError)) throw error;
    }
  }
  return convertPlain(value, dtype, name, asRef);
}

function convertPlain(value: TensorLike, dtype: DType | null, name: Name, asRef: boolean): Tensor {
  for (const { convert } of conversions) {
    const tensor = convert(value, dtype, name, asRef);
    if (tensor) return tensor;
  }
  const label = name ?? 'Const';
  if (value instanceof TensorShape || value instanceof Dimension) {
    return currentMode().constant(
      toLiteral(shapeNumbers(value), dtype ?? int32),
      name ?? 'shape_as_tensor',
    );
  }
  if (pack && Array.isArray(value) && holdsOperand(value))
    return pack(value, dtype, name ?? 'packed');
  return currentMode().constant(toLiteral(value, dtype?.base_dtype), label);
}

function shapeNumbers(value: TensorShape | Dimension): unknown {
  if (value instanceof Dimension) {
    if (value.value === null)
      throw new ValueError(`Cannot convert an unknown Dimension to a Tensor: ${value}`);
    return value.value;
  }
  if (!value.is_fully_defined()) {
    throw new ValueError(`Cannot convert a partially known TensorShape to a Tensor: ${value}`);
  }
  return value.as_list();
}

function holdsOperand(values: readonly unknown[]): boolean {
  return values.some(
    (v) => v instanceof Operand || v instanceof Dimension || (Array.isArray(v) && holdsOperand(v)),
  );
}

/** What TF1 says where a tensor has another type than the place asks for. */
export function assertDType(tensor: Tensor, dtype: DType | null): Tensor {
  if (dtype !== null && !as_dtype(dtype).is_compatible_with(tensor.dtype)) {
    throw new ValueError(
      `Tensor conversion requested dtype ${dtype.name} for Tensor with dtype ${tensor.dtype.name}: '${tensor}'`,
    );
  }
  return tensor;
}
