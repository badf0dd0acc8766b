/** One tensor as bytes, a serialized TensorProto, as the ops ParseTensor and SerializeTensor have it. */

import { string, type TypedArray } from '../core/dtype.ts';
import { InvalidArgumentError, OpError, withHint } from '../core/errors.ts';
import type { Literal } from '../core/tensor.ts';
import { fileBytes } from './checkpoint/element_bytes.ts';
import { TensorProto } from './graph_messages.ts';
import { joinBytes } from './streams.ts';
import { literalOf, setValues, shapeProto } from './tensor_proto.ts';

/** The tensor that the bytes hold. InvalidArgumentError where they hold none. */
export function parseTensor(bytes: Uint8Array): Literal {
  try {
    return literalOf(TensorProto.FromString(bytes));
  } catch (error) {
    if (error instanceof OpError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new InvalidArgumentError(
      null,
      null,
      withHint('Could not parse `serialized` as TensorProto', why),
    );
  }
}

/** A tensor's bytes: numbers as they are in memory, strings as a list. */
export function serializeTensor({ dtype, shape, data }: Literal): Uint8Array {
  const message = new TensorProto({
    dtype: dtype.as_datatype_enum,
    tensor_shape: shapeProto(shape),
  });
  message.tensor_shape.SetInParent();
  if (dtype === string) setValues(message, dtype, data);
  else if (data.length > 0) {
    message.tensor_content = joinBytes([...fileBytes(dtype, data as TypedArray)]);
  }
  return message.SerializeToString();
}
