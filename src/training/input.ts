/**
 * TF1's input pipelines: producers of names and numbers, and batches of what is made of them. Each
 * keeps a queue, and adds to the graph the runner that fills it while a session runs.
 */

import { toTensor } from '../core/convert.ts';
import { type DType, int32, int64, string } from '../core/dtype.ts';
import { RuntimeError, ValueError } from '../core/errors.ts';
import { controlDependencies, executing_eagerly, nameScope } from '../core/mode.ts';
import { Operand } from '../core/operand.ts';
import { type ShapeLike, TensorShape } from '../core/shape.ts';
import { fn, isPlainObject } from '../core/signature.ts';
import { SparseTensor } from '../core/sparse_tensor.ts';
import type { Name, Tensor, TensorLike } from '../core/tensor.ts';
import { GraphKeys } from '../graph/collections.ts';
import { get_default_graph } from '../graph/default_graph.ts';
import { maximum } from '../ops/arithmetic.ts';
import { to_float } from '../ops/cast.ts';
import { Assert } from '../ops/checks.ts';
import { greater } from '../ops/compare.ts';
import { constant } from '../ops/constant.ts';
import { gather } from '../ops/gather.ts';
import { matching_files } from '../ops/io.ts';
import { integers } from '../ops/literals.ts';
import { FIFOQueue, PaddingFIFOQueue, type QueueBase, RandomShuffleQueue } from '../ops/queue.ts';
import { random_shuffle } from '../ops/random.ts';
import { range } from '../ops/sequence.ts';
import { identity, shape, size } from '../ops/shape.ts';
import { ScalarSummary } from '../ops/summary.ts';
import { Variable } from '../variables/variable.ts';
import { add_queue_runner, QueueRunner } from './queue_runner.ts';

/** Tensors to batch: one, a list, or by key. */
type Tensors = TensorLike | readonly TensorLike[] | Readonly<Record<string, TensorLike>>;
/** Batches in the form in which tensors were given. */
type Batched = Tensor & readonly Tensor[] & Readonly<Record<string, Tensor>>;

/** The files that match `pattern`, found once: a local variable, which `tf.local_variables_initializer` fills. */
export const match_filenames_once = fn(
  ['pattern', 'name'],
  (pattern: TensorLike, name: Name = null): Variable =>
    nameScope(name, 'matching_filenames', (scope) => {
      const initial_value = matching_files(pattern);
      const collections = [GraphKeys.LOCAL_VARIABLES];
      const options = { trainable: false, validate_shape: false, collections, name: scope };
      return new Variable(initial_value, options);
    }),
);

/** `tensor`, until it was read `num_epochs` times: then an OutOfRangeError. A local variable counts. */
export const limit_epochs = fn(
  ['tensor', 'num_epochs', 'name'],
  (tensor: TensorLike, num_epochs: number | null = null, name: Name = null): Tensor => {
    if (num_epochs === null) return toTensor(tensor);
    if (num_epochs <= 0) throw new ValueError(`num_epochs must be > 0 not ${num_epochs}.`);
    return nameScope(name, 'limit_epochs', (scope) => {
      const epochs = new Variable(constant(0, int64), {
        name: 'epochs',
        trainable: false,
        collections: [GraphKeys.LOCAL_VARIABLES],
      });
      const counter = epochs.count_up_to(num_epochs);
      return controlDependencies([counter], () => identity(tensor, scope));
    });
  },
);

/**
 * A queue of the rows of `input_tensor`, again and again or `num_epochs` times, shuffled anew each time.
 * ValueError where the rows' shape is not known.
 */
export const input_producer = fn(
  [
    'input_tensor',
    'element_shape',
    'num_epochs',
    'shuffle',
    'seed',
    'capacity',
    'shared_name',
    'summary_name',
    'name',
    'cancel_op',
  ],
  (
    input_tensor: TensorLike,
    element_shape: ShapeLike | null = null,
    num_epochs: number | null = null,
    shuffle: boolean = true,
    seed: number | null = null,
    capacity: number = 32,
    shared_name: string | null = null,
    summary_name: string | null = null,
    name: Name = null,
    cancel_op: Tensor['op'] | null = null,
  ): QueueBase => {
    refuseEager();
    return nameScope(name, 'input_producer', () => {
      let rows = toTensor(input_tensor, null, 'input_tensor');
      const known = rowShape(rows.shape).merge_with(element_shape);
      if (!known.is_fully_defined()) {
        throw new ValueError(
          'Either `input_tensor` must have a fully defined shape or `element_shape` must be specified',
        );
      }
      if (shuffle) rows = random_shuffle(rows, seed);
      rows = limit_epochs(rows, num_epochs);
      const options = { shapes: [known], shared_name, name };
      const queue = new FIFOQueue(capacity, [rows.dtype.base_dtype], options);
      const enqueue_ops = [queue.enqueue_many([rows])];
      add_queue_runner(new QueueRunner({ queue, enqueue_ops, cancel_op }));
      if (summary_name !== null) {
        summarize(summary_name, to_float(queue.size()).multiply(1 / capacity));
      }
      return queue;
    });
  },
);

/** A queue of strings, such as names of files, again and again or `num_epochs` times. ValueError where there are none. */
export const string_input_producer = fn(
  [
    'string_tensor',
    'num_epochs',
    'shuffle',
    'seed',
    'capacity',
    'shared_name',
    'name',
    'cancel_op',
  ],
  (
    string_tensor: TensorLike,
    num_epochs: number | null = null,
    shuffle: boolean = true,
    seed: number | null = null,
    capacity: number = 32,
    shared_name: string | null = null,
    name: Name = null,
    cancel_op: Tensor['op'] | null = null,
  ): QueueBase => {
    refuseEager();
    const text = 'string_input_producer requires a non-null input tensor';
    if (Array.isArray(string_tensor) && string_tensor.length === 0) throw new ValueError(text);
    return nameScope(name, 'input_producer', (scope) => {
      const given = toTensor(string_tensor, string);
      const isAny = Assert(greater(size(given), 0), [text]);
      const input_tensor = controlDependencies([isAny], () => identity(given));
      return input_producer(input_tensor, {
        element_shape: [],
        ...{ num_epochs, shuffle, seed, capacity, shared_name, cancel_op, name: scope },
        summary_name: `fraction_of_${capacity}_full`,
      });
    });
  },
);

/** A queue of the integers below `limit`, again and again or `num_epochs` times. */
export const range_input_producer = fn(
  ['limit', 'num_epochs', 'shuffle', 'seed', 'capacity', 'shared_name', 'name'],
  (
    limit: TensorLike,
    num_epochs: number | null = null,
    shuffle: boolean = true,
    seed: number | null = null,
    capacity: number = 32,
    shared_name: string | null = null,
    name: Name = null,
  ): QueueBase => {
    refuseEager();
    return nameScope(name, 'input_producer', (scope) =>
      input_producer(range(integers(limit)), {
        element_shape: [],
        ...{ num_epochs, shuffle, seed, capacity, shared_name, name: scope },
        summary_name: `fraction_of_${capacity}_full`,
      }),
    );
  },
);

/** One row of each tensor of `tensor_list`, the same row of all: each step another. */
export const slice_input_producer = fn(
  ['tensor_list', 'num_epochs', 'shuffle', 'seed', 'capacity', 'shared_name', 'name'],
  (
    tensor_list: readonly TensorLike[],
    num_epochs: number | null = null,
    shuffle: boolean = true,
    seed: number | null = null,
    capacity: number = 32,
    shared_name: string | null = null,
    name: Name = null,
  ): Tensor[] =>
    nameScope(name, 'input_producer', () => {
      const tensors = tensor_list.map((tensor) => toTensor(tensor));
      if (tensors.length === 0) {
        throw new ValueError('Expected at least one tensor in slice_input_producer().');
      }
      const count = shape(tensors[0]!).at(0);
      const options = { num_epochs, shuffle, seed, capacity, shared_name };
      const index = range_input_producer(count, options).dequeue();
      return tensors.map((tensor) => gather(tensor, index));
    }),
);

// ---- batches -----------------------------------------------------------------------------------

interface BatchOptions {
  readonly label: string;
  readonly name: Name;
  readonly batch_size: TensorLike;
  readonly capacity: number;
  readonly num_threads: number;
  readonly enqueue_many: boolean;
  readonly shapes: readonly ShapeLike[] | null;
  readonly dynamic_pad: boolean;
  readonly allow_smaller_final_batch: boolean;
  readonly shared_name: string | null;
  readonly shuffle: { readonly min_after_dequeue: number; readonly seed: number | null } | null;
}

/** Batches of `batch_size` of what `tensors` are step by step; with `enqueue_many` each step has several rows. */
export const batch = fn(
  [
    'tensors',
    'batch_size',
    'num_threads',
    'capacity',
    'enqueue_many',
    'shapes',
    'dynamic_pad',
    'allow_smaller_final_batch',
    'shared_name',
    'name',
  ],
  (
    tensors: Tensors,
    batch_size: TensorLike,
    num_threads: number = 1,
    capacity: number = 32,
    enqueue_many: boolean = false,
    shapes: readonly ShapeLike[] | null = null,
    dynamic_pad: boolean = false,
    allow_smaller_final_batch: boolean = false,
    shared_name: string | null = null,
    name: Name = null,
  ): Batched =>
    batched([tensors], {
      label: 'batch',
      ...{ name, batch_size, capacity, num_threads, enqueue_many, shapes, dynamic_pad },
      ...{ allow_smaller_final_batch, shared_name, shuffle: null },
    }),
  { objects: ['tensors'] },
);

/** The same of several lists of tensors alike, each of which fills the queue. */
export const batch_join = fn(
  [
    'tensors_list',
    'batch_size',
    'capacity',
    'enqueue_many',
    'shapes',
    'dynamic_pad',
    'allow_smaller_final_batch',
    'shared_name',
    'name',
  ],
  (
    tensors_list: readonly Tensors[],
    batch_size: TensorLike,
    capacity: number = 32,
    enqueue_many: boolean = false,
    shapes: readonly ShapeLike[] | null = null,
    dynamic_pad: boolean = false,
    allow_smaller_final_batch: boolean = false,
    shared_name: string | null = null,
    name: Name = null,
  ): Batched =>
    batched(tensors_list, {
      label: 'batch_join',
      ...{ name, batch_size, capacity, num_threads: 1, enqueue_many, shapes, dynamic_pad },
      ...{ allow_smaller_final_batch, shared_name, shuffle: null },
    }),
);

/** Batches of elements drawn at random from a queue in which at least `min_after_dequeue` stay. */
export const shuffle_batch = fn(
  [
    'tensors',
    'batch_size',
    'capacity',
    'min_after_dequeue',
    'num_threads',
    'seed',
    'enqueue_many',
    'shapes',
    'allow_smaller_final_batch',
    'shared_name',
    'name',
  ],
  (
    tensors: Tensors,
    batch_size: TensorLike,
    capacity: number,
    min_after_dequeue: number,
    num_threads: number = 1,
    seed: number | null = null,
    enqueue_many: boolean = false,
    shapes: readonly ShapeLike[] | null = null,
    allow_smaller_final_batch: boolean = false,
    shared_name: string | null = null,
    name: Name = null,
  ): Batched =>
    batched([tensors], {
      label: 'shuffle_batch',
      ...{ name, batch_size, capacity, num_threads, enqueue_many, shapes, dynamic_pad: false },
      ...{ allow_smaller_final_batch, shared_name, shuffle: { min_after_dequeue, seed } },
    }),
  { objects: ['tensors'] },
);

/** The same of several lists of tensors alike, each of which fills the queue. */
export const shuffle_batch_join = fn(
  [
    'tensors_list',
    'batch_size',
    'capacity',
    'min_after_dequeue',
    'seed',
    'enqueue_many',
    'shapes',
    'allow_smaller_final_batch',
    'shared_name',
    'name',
  ],
  (
    tensors_list: readonly Tensors[],
    batch_size: TensorLike,
    capacity: number,
    min_after_dequeue: number,
    seed: number | null = null,
    enqueue_many: boolean = false,
    shapes: readonly ShapeLike[] | null = null,
    allow_smaller_final_batch: boolean = false,
    shared_name: string | null = null,
    name: Name = null,
  ): Batched =>
    batched(tensors_list, {
      label: 'shuffle_batch_join',
      ...{ name, batch_size, capacity, num_threads: 1, enqueue_many, shapes, dynamic_pad: false },
      ...{ allow_smaller_final_batch, shared_name, shuffle: { min_after_dequeue, seed } },
    }),
);

function batched(lists: readonly Tensors[], options: BatchOptions): Batched {
  refuseEager();
  const { label, enqueue_many, num_threads, batch_size } = options;
  const members = lists.map(membersOf);
  return nameScope(options.name, label, (scope) => {
    const tensors = members.map((list) => list.map((tensor) => toTensor(tensor)));
    if (!tensors[0]?.length) throw new ValueError(`Expected at least one tensor in ${label}().`);
    constant(true);
    const types = tensors[0].map(({ dtype }) => dtype.base_dtype);
    const queue = queueFor(types, options.shapes ?? commonShapes(tensors, enqueue_many), options);
    const made = tensors.map((list) =>
      enqueue_many ? queue.enqueue_many(list) : queue.enqueue(list),
    );
    const enqueue_ops = made.flatMap((operation) => new Array(num_threads).fill(operation));
    add_queue_runner(new QueueRunner(queue, enqueue_ops));
    summarizeFullness(queue, options);
    const taken = options.allow_smaller_final_batch
      ? queue.dequeue_up_to(batch_size, scope)
      : queue.dequeue_many(batch_size, scope);
    return likeGiven(lists[0]!, types.length === 1 ? [taken] : taken);
  });
}

function queueFor(
  types: readonly DType[],
  shapes: readonly ShapeLike[],
  { capacity, shared_name, dynamic_pad, shuffle }: BatchOptions,
): QueueBase {
  if (shuffle) {
    const { min_after_dequeue, seed } = shuffle;
    return new RandomShuffleQueue(capacity, min_after_dequeue, types, {
      shapes: shapes as ShapeLike[],
      seed,
      shared_name,
    });
  }
  const list = shapes as ShapeLike[];
  return dynamic_pad
    ? new PaddingFIFOQueue(capacity, types, list, { shared_name })
    : new FIFOQueue(capacity, types, { shapes: list, shared_name });
}

function summarizeFullness(queue: QueueBase, { capacity, shuffle }: BatchOptions): void {
  if (!shuffle) {
    const fraction = to_float(queue.size()).multiply(1 / capacity);
    summarize(`fraction_of_${capacity}_full`, fraction);
    return;
  }
  const room = capacity - shuffle.min_after_dequeue;
  const above = maximum(int32(0), queue.size().subtract(shuffle.min_after_dequeue));
  const name = `fraction_over_${shuffle.min_after_dequeue}_of_${room}_full`;
  summarize(name, to_float(above).multiply(1 / room));
}

/** The summary of a scalar, under the name that it gets. */
function summarize(name: string, values: Tensor): void {
  nameScope(name, name, (scope) => {
    const summary = ScalarSummary({ tags: scope.replace(/\/$/, ''), values }, {}, scope);
    get_default_graph().add_to_collection(GraphKeys.SUMMARIES, summary);
  });
}

/** What the lists agree on of each tensor's shape. ValueError where a rank is not known. */
function commonShapes(lists: readonly Tensor[][], rows: boolean): TensorShape[] {
  return lists[0]!.map((_, i) => {
    const shapes = lists.map((list) => {
      const tensor = list[i]!;
      if (tensor.dims === null) throw new ValueError(`Cannot infer Tensor's rank: ${tensor}`);
      return rows ? rowShape(tensor.shape) : tensor.shape;
    });
    return shapes.reduce((all, shape) => all.most_specific_compatible_shape(shape));
  });
}

function rowShape(whole: TensorShape): TensorShape {
  return whole.ndims === null ? whole : new TensorShape(whole.as_list().slice(1));
}

/** The tensors of a list, of an object in the order of its keys, or the only one. */
function membersOf(tensors: Tensors): TensorLike[] {
  const list = isPlainObject(tensors)
    ? Object.keys(tensors)
        .sort()
        .map((key) => tensors[key] as TensorLike)
    : Array.isArray(tensors) && tensors.some((member) => member instanceof Operand)
      ? (tensors as TensorLike[])
      : [tensors as TensorLike];
  const sparse: unknown = list.find((member: unknown) => member instanceof SparseTensor);
  if (sparse) throw new ValueError('Batches of SparseTensors are not made here: make them dense.');
  return list;
}

function likeGiven(given: Tensors, taken: readonly Tensor[]): Batched {
  const result: unknown = isPlainObject(given)
    ? Object.fromEntries(
        Object.keys(given)
          .sort()
          .map((key, i) => [key, taken[i]!]),
      )
    : Array.isArray(given) && given.some((member) => member instanceof Operand)
      ? [...taken]
      : taken[0];
  return result as Batched;
}

function refuseEager(): void {
  if (!executing_eagerly()) return;
  throw new RuntimeError(
    'Input pipelines based on Queues are not supported when eager execution is enabled. Please use tf.data to ingest data into your model instead.',
  );
}
