/** The kernels of queues, of both kinds of handle. */

import {
  bool,
  type DType,
  elementWidth,
  int32,
  int64,
  resource,
  string,
} from '../../core/dtype.ts';
import type { Attrs, Kernel, KernelContext, Value } from '../../core/kernels.ts';
import { QUEUE_FEEDERS, QueueFeeders } from '../../core/queue_feeders.ts';
import type { Dims } from '../../core/tensor.ts';
import { ByPriority, Fifo, Shuffled } from '../queue_orders.ts';
import { type Order, QueueStore, type Sources, type Tuple } from '../queue_store.ts';
import { kernel } from '../registry.ts';
import type { BackendValue } from '../value.ts';
import { copyBox, copyRun, invalid, scalar, sizeOf, stridesOf, wholeOf } from './box.ts';

let created = 0;

const ORDERS: Readonly<Record<string, (attrs: Attrs) => Order>> = {
  FIFOQueue: () => new Fifo(),
  PaddingFIFOQueue: () => new Fifo(),
  RandomShuffleQueue: ({ seed, seed2 }) => new Shuffled(seed as number, seed2 as number),
  PriorityQueue: () => new ByPriority(),
};

function storeFor(kind: string, attrs: Attrs): QueueStore {
  const types = attrs.component_types as readonly DType[];
  const shapes = attrs.shapes as readonly Dims[];
  const byPriority = kind === 'PriorityQueue';
  return new QueueStore({
    kind,
    name: (attrs.shared_name as string) || `_${created++}_${attrs.node as string}`,
    types: byPriority ? [int64, ...types] : types,
    shapes: byPriority && shapes.length === types.length ? [[], ...shapes] : shapes,
    capacity: attrs.capacity as number,
    minAfterDequeue: (attrs.min_after_dequeue as number | undefined) ?? 0,
    order: ORDERS[kind]!(attrs),
  });
}

function create(kind: string, handleType: DType): Kernel {
  return (_inputs, attrs, context) => {
    const shared = attrs.shared_name as string;
    const make = () => storeFor(kind, { ...attrs, node: context.nodeName });
    const store =
      shared === ''
        ? context.state(make)
        : context.resource(attrs.container as string, shared, make);
    store.makers.add(context.nodeName);
    return context.handle(handleType, store);
  };
}

/** The queue that a handle refers to. */
export function queueOf(value: Value | undefined): QueueStore {
  if (value?.handle instanceof QueueStore) return value.handle;
  return invalid('The handle is not a queue of this session.');
}

/** What brings more elements in the session of `context`. */
export function sourcesOf(context: KernelContext): Sources {
  return { feeders: context.resource('', QUEUE_FEEDERS, () => new QueueFeeders()) };
}

/** The rows of `values`, one element each, which the caller releases. */
function rowsOf(values: Tuple, count: number, context: KernelContext): Tuple[] {
  return Array.from({ length: count }, (_, row) =>
    values.map((value) => {
      const shape = value.shape.slice(1);
      const result = context.alloc(value.dtype, shape);
      const width = sizeOf(shape) * elementWidth(value.dtype);
      copyRun(result.data, 0, value.data, row * width, width);
      return result as BackendValue;
    }),
  );
}

/** The elements' components, each stacked along a new first axis. */
function stacked(store: QueueStore, elements: readonly Tuple[], context: KernelContext): Value[] {
  const { types, shapes } = store.parts;
  return types.map((dtype, i) => {
    const parts = elements.map((element) => element[i]!);
    const shape = commonShape(shapes[i]!, parts);
    const result = context.zeros(dtype, [parts.length, ...shape]);
    const { strides } = wholeOf(shape);
    parts.forEach((part, row) => {
      const target = { offset: row * sizeOf(shape), strides };
      const source = { offset: 0, strides: stridesOf(part.shape) };
      copyBox(dtype, part.shape, result.data, target, part.data, source);
    });
    return result;
  });
}

/** Where sizes are not given: the largest of the parts'. */
function commonShape(dims: Dims, parts: Tuple): number[] {
  return (dims ?? []).map(
    (size, axis) => size ?? Math.max(0, ...parts.map(({ shape }) => shape[axis]!)),
  );
}

const enqueue: Kernel = ([handle, ...values]) => {
  const store = queueOf(handle);
  store.checkElement(values as BackendValue[]);
  store.enqueue([values as BackendValue[]]);
  return null;
};

const enqueueMany: Kernel = ([handle, ...values], _attrs, context) => {
  const store = queueOf(handle);
  const count = store.checkBatch(values as BackendValue[]);
  const rows = rowsOf(values as BackendValue[], count, context);
  try {
    store.enqueue(rows);
  } finally {
    for (const value of rows.flat()) value.release();
  }
  return null;
};

const dequeue: Kernel = ([handle], _attrs, context) =>
  queueOf(handle).dequeue(1, false, sourcesOf(context))[0]!;

function dequeueSome(label: string, upTo: boolean): Kernel {
  return ([handle, n], _attrs, context) => {
    const store = queueOf(handle);
    const count = scalar(n!);
    if (count < 0) invalid(`${label} requested ${count} < 0 elements`);
    store.checkStackable();
    const elements = count === 0 ? [] : store.dequeue(count, upTo, sourcesOf(context));
    try {
      return stacked(store, elements, context);
    } finally {
      for (const value of elements.flat()) value.release();
    }
  };
}

for (const kind of Object.keys(ORDERS)) {
  kernel(kind, create(kind, string._as_ref));
  kernel(`${kind}V2`, create(kind, resource));
}
for (const version of ['', 'V2']) {
  kernel(`QueueEnqueue${version}`, enqueue);
  kernel(`QueueEnqueueMany${version}`, enqueueMany);
  kernel(`QueueDequeue${version}`, dequeue);
  kernel(`QueueDequeueMany${version}`, dequeueSome('DequeueManyOp', false));
  kernel(`QueueDequeueUpTo${version}`, dequeueSome('DequeueUpToOp', true));
  kernel(`QueueClose${version}`, ([handle]) => {
    queueOf(handle).close();
    return null;
  });
  kernel(`QueueSize${version}`, ([handle], _attrs, context) =>
    context.wrap(int32, [], Int32Array.of(queueOf(handle).size)),
  );
  kernel(`QueueIsClosed${version}`, ([handle], _attrs, context) =>
    context.wrap(bool, [], Uint8Array.of(Number(queueOf(handle).isClosed))),
  );
}
