/** `tf.make_tensor_proto` and `tf.make_ndarray`: values as the messages that files keep tensors in, and back. */

import { toLiteral } from '../core/convert.ts';
import { as_dtype, type DTypeLike } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { as_shape, type ShapeLike } from '../core/shape.ts';
import { fn } from '../core/signature.ts';
import type { TensorLike } from '../core/tensor.ts';
import { TensorProto } from '../formats/graph_messages.ts';
import { literalOf, setValues, shapeProto, tensorProto } from '../formats/tensor_proto.ts';
import { NdArray } from './ndarray.ts';
import { sizeOf } from './shapes.ts';

/**
 * The message of `values`, of `dtype` or the type that they have. With `shape`, fewer values than it
 * has elements are written as they are, and the last one repeats where the message is read; more are a
 * ValueError. `verify_shape` makes another shape a TypeError. A message is returned as it is.
 */
export const make_tensor_proto = fn(
  ['values', 'dtype', 'shape', 'verify_shape'],
  (
    values: TensorLike | TensorProto,
    dtype: DTypeLike | null = null,
    shape: ShapeLike = null,
    verify_shape: boolean = false,
  ): TensorProto => {
    if (isTensorProto(values)) return values;
    const literal = toLiteral(values, dtype === null ? null : as_dtype(dtype), null);
    if (shape === null) return tensorProto(literal);
    const dims = as_shape(shape).as_list() as number[];
    if (verify_shape && dims.join() !== literal.shape.join()) {
      throw new TypeError(
        `Expected Tensor's shape: ${as_shape(dims)}, got ${as_shape(literal.shape)}.`,
      );
    }
    const [size, count] = [sizeOf(dims), sizeOf(literal.shape)];
    if (count > size) {
      throw new ValueError(
        `Too many elements provided. Needed at most ${size}, but received ${count}`,
      );
    }
    if (count === size) return tensorProto({ ...literal, shape: dims });
    const message = new TensorProto({
      dtype: literal.dtype.as_datatype_enum,
      tensor_shape: shapeProto(dims),
    });
    setValues(message, literal.dtype, literal.data);
    return message;
  },
  { objects: ['values'] },
);

const isTensorProto = (value: unknown): value is TensorProto => value instanceof TensorProto;

/** The array that a message holds. TypeError for a type that has no values, such as resources. */
export function make_ndarray(tensor: TensorProto): NdArray {
  const dtype = as_dtype(tensor.dtype);
  if (dtype.row.array === null && dtype.name !== 'string') {
    throw new TypeError(`Unsupported tensor type: ${tensor.dtype}`);
  }
  const { shape, data } = literalOf(tensor);
  return new NdArray(dtype, shape, data);
}
