/**
 * Gradients of tensor arrays. What was read is written to a second array, what was written is read
 * from it; the gradient of a flow is the flow of that array, so that its writes come before its reads.
 */

import type { DType } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { gradientSource } from '../core/gradient_source.ts';
import type { Tensor } from '../core/tensor.ts';
import { TensorArray } from './tensor_array.ts';
import {
  TensorArrayConcatV3,
  TensorArrayGatherV3,
  TensorArrayReadV3,
  TensorArrayScatterV3,
  TensorArraySplitV3,
  TensorArrayWriteV3,
} from './tensor_array_nodes.ts';

/** The call of `tf.gradients` that makes `gradient`, by which its array is found again. */
function sourceOf({ name }: Tensor): string {
  const source = gradientSource();
  if (source !== null) return source;
  const parts = name.split('/');
  const last = parts.findLastIndex((part) => part.startsWith('gradients'));
  if (last < 0) {
    throw new ValueError(
      `Expected op/tensor name to start with gradients (excluding scope), got: ${name}`,
    );
  }
  return parts.slice(0, last + 1).join('/');
}

/** The array that collects the gradients of the array `handle`. */
function gradientArray(dtype: DType, handle: Tensor, flow: Tensor, dy: Tensor): TensorArray {
  const forward = new TensorArray({ dtype, handle, flow, colocate_with_first_write_call: false });
  return forward.grad(sourceOf(dy), flow);
}

TensorArrayReadV3.gradient(({ handle, index, flow_in }, [dy], { dtype }) => ({
  handle: null,
  index: null,
  flow_in: gradientArray(dtype, handle, flow_in, dy).write(index, dy).flow,
}));

TensorArrayWriteV3.gradient(({ handle, index }, [flow], { T }) => ({
  handle: null,
  index: null,
  value: gradientArray(T, handle, flow, flow).read(index),
  flow_in: flow,
}));

TensorArrayGatherV3.gradient(({ handle, indices, flow_in }, [dy], { dtype }) => ({
  handle: null,
  indices: null,
  flow_in: gradientArray(dtype, handle, flow_in, dy).scatter(indices, dy).flow,
}));

TensorArrayScatterV3.gradient(({ handle, indices }, [flow], { T }) => ({
  handle: null,
  indices: null,
  value: gradientArray(T, handle, flow, flow).gather(indices),
  flow_in: flow,
}));

TensorArrayConcatV3.gradient(({ handle, flow_in }, [dy], { dtype }, { lengths }) => ({
  handle: null,
  flow_in: gradientArray(dtype, handle, flow_in, dy).split(dy, lengths).flow,
}));

TensorArraySplitV3.gradient(({ handle }, [flow], { T }) => ({
  handle: null,
  value: gradientArray(T, handle, flow, flow).concat(),
  lengths: null,
  flow_in: flow,
}));
