/** Feeds: what `feed_dict` may be, and how its values become arrays of the tensors' types. */

import { heap } from '../backend/backend.ts';
import { HEAP_MINIMUM } from '../backend/heap.ts';
import { BackendValue, Buffer } from '../backend/value.ts';
import { pythonType } from '../core/call.ts';
import { compatible } from '../core/dims.ts';
import { float32 } from '../core/dtype.ts';
import { ValueError, withHint } from '../core/errors.ts';
import { Operand } from '../core/operand.ts';
import { isPlainObject } from '../core/signature.ts';
import type { TensorLike } from '../core/tensor.ts';
import type { Graph } from '../graph/graph.ts';
import type { SymbolicTensor } from '../graph/symbolic_tensor.ts';
import { asArray, NdArray } from '../numpy/index.ts';

/** What may be fed for a tensor: plain values, arrays, matrices; parts for a composite. */
export type FeedValue = TensorLike | object | null;
/** A tensor, its name, a variable, or a structure of them. */
export type FeedKey = Operand | string | readonly FeedKey[] | object;
/** A Map, a list of `[tensor, value]` pairs, or an object keyed by tensor name. */
export type FeedDict =
  | ReadonlyMap<FeedKey, FeedValue>
  | readonly (readonly [FeedKey, FeedValue])[]
  | Readonly<Record<string, FeedValue>>;

/** A feed as it is given: its key, and what is fed. */
export type Entry = readonly [key: unknown, value: unknown];

/** One tensor and the array that replaces it. */
export interface Feed {
  readonly tensor: SymbolicTensor;
  readonly array: NdArray;
}

/** Reads `feed_dict` for `graph`. Errors have TF1's words. */
export function readFeeds(graph: Graph, feed_dict: FeedDict | null | undefined): Feed[] {
  const feeds: Feed[] = [];
  for (const [key, value] of entriesOf(feed_dict)) addFeeds(graph, key, value, feeds);
  return feeds;
}

/** The keys and values of `feed_dict`. TypeError for what is no such thing. @internal */
export function entriesOf(feed_dict: FeedDict | null | undefined): readonly Entry[] {
  if (feed_dict === null || feed_dict === undefined) return [];
  if (Array.isArray(feed_dict)) return feed_dict as readonly Entry[];
  if (feed_dict instanceof Map) return [...feed_dict];
  if (isPlainObject(feed_dict)) return Object.entries(feed_dict);
  throw new TypeError(
    withHint(
      `feed_dict must be a Map, a list of pairs or an object, not ${pythonType(feed_dict)}`,
      'Write feed_dict: [[x, value]], new Map([[x, value]]) or { "x:0": value }.',
    ),
  );
}

function addFeeds(graph: Graph, key: unknown, value: unknown, feeds: Feed[]): void {
  const parts = partsOf(key);
  if (parts) {
    const values = partsOf(value) ?? [];
    if (values.length !== parts.length) {
      throw new ValueError(
        `The feed for a structure of ${parts.length} tensors has ${values.length} values.`,
      );
    }
    parts.forEach((part, i) => {
      if (part !== null) addFeeds(graph, part, values[i], feeds);
    });
    return;
  }
  feeds.push(oneFeed(graph, key, value));
}

/** The members of a structure that is one key: a namedtuple, a SparseTensor. */
function partsOf(key: unknown): readonly unknown[] | null {
  if (Array.isArray(key)) return key;
  if (typeof key === 'object' && key !== null && '_fetchParts' in key) {
    return (key as { _fetchParts(): { parts: readonly unknown[] } })._fetchParts().parts;
  }
  return null;
}

/** Finds the tensor of a feed key. */
export function feedTensor(graph: Graph, key: unknown): SymbolicTensor {
  try {
    return graph.as_graph_element(key, true, false) as SymbolicTensor;
  } catch (error) {
    throw new TypeError(`Cannot interpret feed_dict key as Tensor: ${(error as Error).message}`);
  }
}

function oneFeed(graph: Graph, key: unknown, value: unknown): Feed {
  const tensor = feedTensor(graph, key);
  return { tensor, array: fedArray(graph, tensor, value) };
}

/** The same for the value of a `feed_dict`, which may not be a tensor. */
export function fedArray(graph: Graph, tensor: SymbolicTensor, value: unknown): NdArray {
  if (value instanceof Operand) {
    throw new TypeError(
      `The value of a feed cannot be a tf.Tensor object. Acceptable feed values include Python scalars, strings, lists, numpy ndarrays, or TensorHandles.For reference, the tensor object was ${value} which was passed to the feed with key ${tensor}.`,
    );
  }
  return feedArray(graph, tensor, value);
}

/** The array that feeding `value` for `tensor` gives. */
export function feedArray(graph: Graph, tensor: SymbolicTensor, value: unknown): NdArray {
  const dtype = tensor.dtype.base_dtype;
  if (
    typeof value === 'number' &&
    Number.isInteger(value) &&
    dtype.is_integer &&
    (value < dtype.min || value > dtype.max)
  ) {
    throw new TypeError(
      `Type of feed value ${value} with type <class 'int'> is not compatible with Tensor type ${dtype.name}. Try explicitly setting the type of the feed tensor to a larger type (e.g. int64).`,
    );
  }
  const array = shaped(asArray(value, dtype), tensor, value);
  if (!compatible(tensor.dims, array.shape)) {
    throw new ValueError(
      withHint(
        `Cannot feed value of shape ${tuple(array.shape)} for Tensor '${tensor.name}', which has shape '${tensor.shape}'`,
        `The value given has ${array.size} elements.`,
      ),
    );
  }
  if (!graph.is_feedable(tensor)) throw new ValueError(`Tensor ${tensor} may not be fed.`);
  return array;
}

/** A fed array as a value: large floats are copied to the heap, other memory belongs to the caller. */
export function feedValue({ dtype, shape, data }: NdArray): BackendValue {
  if (heap !== null && dtype === float32 && data.length >= HEAP_MINIMUM) {
    return heap.upload(shape, data as Float32Array);
  }
  const buffer = new Buffer(data, null);
  buffer.foreign = true;
  return new BackendValue(dtype, shape, buffer);
}

/** A flat typed array takes the tensor's shape where that is fully known. */
function shaped(array: NdArray, { dims }: SymbolicTensor, value: unknown): NdArray {
  if (!ArrayBuffer.isView(value) || dims === null || dims.length === 1) return array;
  if (!dims.every((n) => n !== null)) return array;
  const shape = dims as readonly number[];
  return shape.reduce((a, b) => a * b, 1) === array.size
    ? new NdArray(array.dtype, [...shape], array.data)
    : array;
}

/** A shape as Python prints a tuple. */
function tuple(shape: readonly number[]): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
}
