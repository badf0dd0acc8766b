/**
 * The ops of tensor arrays. A handle names the array, and `flow`, a number that nobody reads, orders
 * what is done with it: what needs the flow of a write runs after it. The three generations of these
 * ops differ in the type of the handle: a reference, a string, a resource.
 */

import { withRank } from '../core/dims.ts';
import { op } from '../core/op.ts';
import type { Dims, Static } from '../core/tensor.ts';

const REFERENCE = 'handle: Ref(string)';
const TEXT = 'handle: string';
const RESOURCE = 'handle: resource';

/** Later ops of one array: flow goes in, a value or flow comes out. */
const flowShape = ({ flow_in }: { readonly flow_in: Static }): Dims => withRank(flow_in.dims, 0);
const SHAPE = 'element_shape: shape = null';
const SHAPE_EXCEPT0 = 'element_shape_except0: shape = null';
const DYNAMIC = 'dynamic_size: bool = false';
const CLEAR = 'clear_after_read: bool = true';
const NAME = "tensor_array_name: string = ''";

// ---- the array itself --------------------------------------------------------------------------

/** The first form of the array's node, behind a reference. */
export const TensorArrayV1 = op('TensorArray', {
  inputs: ['size: int32'],
  outputs: [REFERENCE],
  attrs: ['dtype: type', DYNAMIC, CLEAR, NAME, SHAPE],
  shape: () => [2],
  stateful: true,
}).gradient(null);

export const TensorArrayV2 = op('TensorArrayV2', {
  inputs: ['size: int32'],
  outputs: [TEXT],
  attrs: ['dtype: type', SHAPE, DYNAMIC, CLEAR, NAME],
  shape: () => [2],
  stateful: true,
}).gradient(null);

export const TensorArrayV3 = op('TensorArrayV3', {
  inputs: ['size: int32'],
  outputs: [RESOURCE, 'flow: float'],
  attrs: ['dtype: type', SHAPE, DYNAMIC, CLEAR, 'identical_element_shapes: bool = false', NAME],
  shape: ({ size }) => {
    withRank(size.dims, 0);
    return [[2], []];
  },
  stateful: true,
}).gradient(null);

export const TensorArrayGrad = op('TensorArrayGrad', {
  inputs: [TEXT, 'flow_in: float'],
  outputs: ['grad_handle: Ref(string)'],
  attrs: ['source: string'],
  shape: () => [2],
  stateful: true,
}).gradient(null);

export const TensorArrayGradV2 = op('TensorArrayGradV2', {
  inputs: [TEXT, 'flow_in: float'],
  outputs: ['grad_handle: string'],
  attrs: ['source: string'],
  shape: () => [2],
  stateful: true,
}).gradient(null);

export const TensorArrayGradV3 = op('TensorArrayGradV3', {
  inputs: [RESOURCE, 'flow_in: float'],
  outputs: ['grad_handle: resource', 'flow_out: float'],
  attrs: ['source: string'],
  shape: () => [[2], []],
  stateful: true,
}).gradient(null);

const size = <const H extends string>(handle: H, stateful: boolean) =>
  ({
    inputs: [handle, 'flow_in: float'],
    outputs: ['size: int32'],
    attrs: [],
    shape: () => [],
    stateful,
  }) as const;
export const TensorArraySize = op('TensorArraySize', size(REFERENCE, false)).gradient(null);
export const TensorArraySizeV2 = op('TensorArraySizeV2', size(TEXT, false)).gradient(null);
export const TensorArraySizeV3 = op('TensorArraySizeV3', size(RESOURCE, true)).gradient(null);

const close = <const H extends string>(handle: H, stateful: boolean) =>
  ({ inputs: [handle], outputs: [], attrs: [], stateful }) as const;
export const TensorArrayClose = op('TensorArrayClose', close(REFERENCE, false)).gradient(null);
export const TensorArrayCloseV2 = op('TensorArrayCloseV2', close(TEXT, false)).gradient(null);
export const TensorArrayCloseV3 = op('TensorArrayCloseV3', close(RESOURCE, true)).gradient(null);

// ---- elements ----------------------------------------------------------------------------------

const read = <const H extends string>(handle: H, stateful: boolean) =>
  ({
    inputs: [handle, 'index: int32', 'flow_in: float'],
    outputs: ['value: dtype'],
    attrs: ['dtype: type'],
    stateful,
  }) as const;
export const TensorArrayRead = op('TensorArrayRead', read(REFERENCE, false));
export const TensorArrayReadV2 = op('TensorArrayReadV2', read(TEXT, false));
export const TensorArrayReadV3 = op('TensorArrayReadV3', read(RESOURCE, true));

const write = <const H extends string>(handle: H, stateful: boolean) =>
  ({
    inputs: [handle, 'index: int32', 'value: T', 'flow_in: float'],
    outputs: ['flow_out: float'],
    attrs: ['T: type'],
    shape: flowShape,
    stateful,
  }) as const;
export const TensorArrayWrite = op('TensorArrayWrite', write(REFERENCE, false));
export const TensorArrayWriteV2 = op('TensorArrayWriteV2', write(TEXT, false));
export const TensorArrayWriteV3 = op('TensorArrayWriteV3', write(RESOURCE, true));

const gather = <const H extends string>(handle: H, stateful: boolean) =>
  ({
    inputs: [handle, 'indices: int32', 'flow_in: float'],
    outputs: ['value: dtype'],
    attrs: ['dtype: type', SHAPE],
    stateful,
  }) as const;
export const TensorArrayGather = op('TensorArrayGather', gather(REFERENCE, false));
export const TensorArrayGatherV2 = op('TensorArrayGatherV2', gather(TEXT, false));
export const TensorArrayGatherV3 = op('TensorArrayGatherV3', gather(RESOURCE, true));

export const TensorArrayPack = op('TensorArrayPack', {
  inputs: [REFERENCE, 'flow_in: float'],
  outputs: ['value: dtype'],
  attrs: ['dtype: type', SHAPE],
});

const scatter = <const H extends string>(handle: H, stateful: boolean) =>
  ({
    inputs: [handle, 'indices: int32', 'value: T', 'flow_in: float'],
    outputs: ['flow_out: float'],
    attrs: ['T: type'],
    shape: flowShape,
    stateful,
  }) as const;
export const TensorArrayScatter = op('TensorArrayScatter', scatter(REFERENCE, false));
export const TensorArrayScatterV2 = op('TensorArrayScatterV2', scatter(TEXT, false));
export const TensorArrayScatterV3 = op('TensorArrayScatterV3', scatter(RESOURCE, true));

export const TensorArrayUnpack = op('TensorArrayUnpack', {
  inputs: [REFERENCE, 'value: T', 'flow_in: float'],
  outputs: ['flow_out: float'],
  attrs: ['T: type'],
  shape: flowShape,
});

const concat = <const H extends string>(handle: H, stateful: boolean) =>
  ({
    inputs: [handle, 'flow_in: float'],
    outputs: ['value: dtype', 'lengths: int64'],
    attrs: ['dtype: type', SHAPE_EXCEPT0],
    shape: () => [null, [null]],
    stateful,
  }) as const;
export const TensorArrayConcat = op('TensorArrayConcat', concat(REFERENCE, false));
export const TensorArrayConcatV2 = op('TensorArrayConcatV2', concat(TEXT, false));
export const TensorArrayConcatV3 = op('TensorArrayConcatV3', concat(RESOURCE, true));

const split = <const H extends string>(handle: H, stateful: boolean) =>
  ({
    inputs: [handle, 'value: T', 'lengths: int64', 'flow_in: float'],
    outputs: ['flow_out: float'],
    attrs: ['T: type'],
    shape: flowShape,
    stateful,
  }) as const;
export const TensorArraySplit = op('TensorArraySplit', split(REFERENCE, false));
export const TensorArraySplitV2 = op('TensorArraySplitV2', split(TEXT, false));
export const TensorArraySplitV3 = op('TensorArraySplitV3', split(RESOURCE, true));
