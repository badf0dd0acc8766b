/** Calls of the caller's own functions from a graph. */

import type { Data } from '../../core/dtype.ts';
import {
  InvalidArgumentError,
  NotImplementedError,
  OpError,
  OutOfRangeError,
  StopIteration,
  UnimplementedError,
  UnknownError,
  ValueError,
} from '../../core/errors.ts';
import { hostFunction } from '../../core/host_functions.ts';
import type { Kernel } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';

const call: Kernel = (inputs, { token }, context) => {
  const f = hostFunction(token as string);
  if (!f) {
    throw new InvalidArgumentError(
      null,
      null,
      `ValueError: callback ${String(token)} is not found`,
    );
  }
  const arrays = inputs.map(({ dtype, shape, data }) => ({
    dtype,
    shape,
    data: data.slice() as Data,
  }));
  try {
    return f(arrays).map(({ dtype, shape, data }) =>
      context.wrap(dtype, shape, data.slice() as Data),
    );
  } catch (error) {
    throw asOpError(error);
  }
};

/** The error that TensorFlow makes of what the function raised. */
function asOpError(error: unknown): unknown {
  if (error instanceof OpError || !(error instanceof Error)) return error;
  const text = `${error.name}: ${error.message}`;
  if (error instanceof TypeError || error instanceof ValueError)
    return new InvalidArgumentError(null, null, text);
  if (error instanceof StopIteration) return new OutOfRangeError(null, null, text);
  if (error instanceof NotImplementedError) return new UnimplementedError(null, null, text);
  return new UnknownError(null, null, text);
}

kernel('PyFunc', call);
kernel('PyFuncStateless', call);
