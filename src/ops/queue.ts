/**
 * `tf.FIFOQueue` and the other queues: tensors that a session keeps until something takes them. One
 * element is a tensor, or a tuple of tensors, which may have names.
 */

import { toTensor } from '../core/convert.ts';
import { Dimension } from '../core/dimension.ts';
import { as_dtype, type DType, type DTypeLike, int64, resource } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { executing_eagerly, nameScope } from '../core/mode.ts';
import { type ShapeLike, TensorShape } from '../core/shape.ts';
import { type ArgsOf, isPlainObject, signature } from '../core/signature.ts';
import type { Name, Node, Tensor, TensorLike } from '../core/tensor.ts';
import { intsOf } from './literals.ts';
import {
  FIFOQueueV2,
  PaddingFIFOQueueV2,
  PriorityQueueV2,
  QueueClose,
  QueueCloseV2,
  QueueDequeue,
  QueueDequeueMany,
  QueueDequeueManyV2,
  QueueDequeueUpTo,
  QueueDequeueUpToV2,
  QueueDequeueV2,
  QueueEnqueue,
  QueueEnqueueMany,
  QueueEnqueueManyV2,
  QueueEnqueueV2,
  QueueIsClosed,
  QueueIsClosedV2,
  QueueSize,
  QueueSizeV2,
  RandomShuffleQueueV2,
} from './queue_nodes.ts';
import { seedAttrs } from './random_seed.ts';

/** The types of the components: one, or a list. */
export type DTypes = DTypeLike | readonly DTypeLike[];
/** The shapes of the components: one, or a list. */
export type Shapes = ShapeLike | readonly ShapeLike[] | null;
/** What is put into a queue: a tensor, one per component, or by name. */
export type Element = TensorLike | readonly TensorLike[] | Readonly<Record<string, TensorLike>>;
/** What comes out: a tensor, one per component, or by name. */
export type Taken = Tensor & readonly Tensor[] & Readonly<Record<string, Tensor>>;

const elementArguments = (name: string) =>
  signature(['vals', 'name'], (vals: Element, name: Name = null) => ({ vals, name }), {
    name,
    objects: ['vals'],
  });
const named = (name: string) => signature(['name'], (name: Name = null) => name, { name });
const counted = (name: string) =>
  signature(['n', 'name'], (n: TensorLike, name: Name = null) => ({ n, name }), { name });
const enqueueArguments = elementArguments('enqueue');
const enqueueManyArguments = elementArguments('enqueue_many');
const dequeueArguments = named('dequeue');
const sizeArguments = named('size');
const isClosedArguments = named('is_closed');
const dequeueManyArguments = counted('dequeue_many');
const dequeueUpToArguments = counted('dequeue_up_to');
const closeArguments = signature(
  ['cancel_pending_enqueues', 'name'],
  (cancel_pending_enqueues: boolean = false, name: Name = null) => ({
    cancel_pending_enqueues,
    name,
  }),
  { name: 'close' },
);

const queueArguments = signature(
  ['dtypes', 'shapes', 'names', 'queue_ref'],
  (
    dtypes: readonly DType[],
    shapes: readonly ShapeLike[] | null,
    names: readonly string[] | null,
    queue_ref: Tensor,
  ) => ({ dtypes, shapes, names, queue_ref }),
);

/** A queue. Make one of the classes that extend this one. */
export class QueueBase {
  private readonly types: readonly DType[];
  private readonly componentShapes: readonly TensorShape[];
  private readonly componentNames: readonly string[] | null;
  private readonly reference: Tensor;

  constructor(...args: ArgsOf<typeof queueArguments>) {
    const { dtypes, shapes, names, queue_ref } = queueArguments(...args);
    if (shapes !== null && shapes.length !== dtypes.length) {
      throw new ValueError(
        `Queue shapes must have the same length as dtypes, received len(shapes)=${shapes.length}, len(dtypes)=${dtypes.length}`,
      );
    }
    this.types = dtypes;
    this.componentShapes = dtypes.map((_, i) => new TensorShape(shapes?.[i] ?? null));
    this.componentNames = names;
    this.reference = queue_ref;
  }

  /** The handle of the queue. */
  get queue_ref(): Tensor {
    return this.reference;
  }
  /** The name of the operation that makes it. */
  get name(): string {
    return executing_eagerly() ? 'queue' : this.reference.op.name;
  }
  /** The name without scopes, with which its operations begin. */
  private get label(): string {
    return this.name.split('/').at(-1)!;
  }
  /** The components' types. */
  get dtypes(): readonly DType[] {
    return this.types;
  }
  /** The components' shapes. */
  get shapes(): readonly TensorShape[] {
    return this.componentShapes;
  }
  /** The components' names, or `null`. */
  get names(): readonly string[] | null {
    return this.componentNames;
  }

  private get isResource(): boolean {
    return this.reference.dtype === resource;
  }

  /** Adds one element: a value per component, or an object by name. ValueError where shapes do not fit. */
  enqueue(...args: ArgsOf<typeof enqueueArguments>): Node {
    const { vals, name } = enqueueArguments(...args);
    return nameScope(name, `${this.label}_enqueue`, (scope) => {
      const components = this.componentsOf(vals);
      components.forEach((value, i) => {
        value.shape.assert_is_compatible_with(this.shapes[i]!);
      });
      const inputs = { handle: this.reference, components };
      return this.isResource ? QueueEnqueueV2(inputs, {}, scope) : QueueEnqueue(inputs, {}, scope);
    });
  }

  /** Adds as many elements as the components have rows. ValueError where shapes do not fit. */
  enqueue_many(...args: ArgsOf<typeof enqueueManyArguments>): Node {
    const { vals, name } = enqueueManyArguments(...args);
    return nameScope(name, `${this.label}_EnqueueMany`, (scope) => {
      const components = this.componentsOf(vals);
      let rows = new Dimension(null);
      components.forEach(({ shape }, i) => {
        const known = shape.with_rank_at_least(1);
        if (known.ndims === null) return;
        rows = rows.merge_with(known.as_list()[0]!);
        new TensorShape(known.as_list().slice(1)).assert_is_compatible_with(this.shapes[i]!);
      });
      const inputs = { handle: this.reference, components };
      return this.isResource
        ? QueueEnqueueManyV2(inputs, {}, scope)
        : QueueEnqueueMany(inputs, {}, scope);
    });
  }

  private componentsOf(vals: Element): Tensor[] {
    const values = this.orderOf(vals);
    return this.types
      .slice(0, values.length)
      .map((dtype, i) => toTensor(values[i]!, dtype, `component_${i}`));
  }

  /** The values by component. ValueError where names are missing, or there are none. */
  private orderOf(vals: Element): readonly TensorLike[] {
    const { names } = this;
    if (isPlainObject(vals)) {
      const given = vals as Readonly<Record<string, TensorLike>>;
      if (names === null) throw new ValueError('Queue must have names to enqueue a dictionary');
      const keys = Object.keys(given).sort();
      if (keys.join() !== [...names].sort().join()) {
        throw new ValueError(
          `Keys in dictionary to enqueue do not match names of Queue.  Dictionary: (${listText(keys)}), Queue: (${listText([...names].sort())})`,
        );
      }
      return names.map((name) => given[name]!);
    }
    if (names !== null) {
      throw new ValueError('You must enqueue a dictionary in a Queue with names');
    }
    return Array.isArray(vals) ? (vals as readonly TensorLike[]) : [vals as TensorLike];
  }

  /** Takes one element. OutOfRangeError when the run finds the queue closed and empty. */
  dequeue(...args: ArgsOf<typeof dequeueArguments>): Taken {
    const name = dequeueArguments(...args) ?? `${this.label}_Dequeue`;
    const inputs = { handle: this.reference };
    const attrs = { component_types: this.types };
    const taken = this.isResource
      ? QueueDequeueV2(inputs, attrs, name)
      : QueueDequeue(inputs, attrs, name);
    return this.taken(taken, new TensorShape([]));
  }

  /** Takes `n` elements, stacked. OutOfRangeError when the run finds the queue closed with fewer. */
  dequeue_many(...args: ArgsOf<typeof dequeueManyArguments>): Taken {
    const { n, name } = dequeueManyArguments(...args);
    const inputs = { handle: this.reference, n };
    const attrs = { component_types: this.types };
    const label = name ?? `${this.label}_DequeueMany`;
    const taken = this.isResource
      ? QueueDequeueManyV2(inputs, attrs, label)
      : QueueDequeueMany(inputs, attrs, label);
    const count = executing_eagerly() ? null : intsOf(taken[0]!.op.inputs[1]!)?.[0];
    return this.taken(taken, new TensorShape([count ?? null]));
  }

  /** Takes `n` elements, stacked; when the queue is closed, what is left. */
  dequeue_up_to(...args: ArgsOf<typeof dequeueUpToArguments>): Taken {
    const { n, name } = dequeueUpToArguments(...args);
    const inputs = { handle: this.reference, n };
    const attrs = { component_types: this.types };
    const label = name ?? `${this.label}_DequeueUpTo`;
    const taken = this.isResource
      ? QueueDequeueUpToV2(inputs, attrs, label)
      : QueueDequeueUpTo(inputs, attrs, label);
    return this.taken(taken, new TensorShape([null]));
  }

  private taken(tensors: readonly Tensor[], batch: TensorShape): Taken {
    if (!executing_eagerly()) {
      tensors.forEach((tensor, i) => {
        tensor.set_shape(batch.concatenate(this.shapes[i]!));
      });
    }
    const { names } = this;
    const result: unknown = names
      ? Object.fromEntries(names.map((name, i) => [name, tensors[i]!]))
      : tensors.length === 1
        ? tensors[0]
        : tensors;
    return result as Taken;
  }

  /** Closes the queue: no more elements are taken in, and what is in it can be taken out. */
  close(...args: ArgsOf<typeof closeArguments>): Node {
    const { cancel_pending_enqueues, name } = closeArguments(...args);
    const inputs = { handle: this.reference };
    const label = name ?? `${this.label}_Close`;
    return this.isResource
      ? QueueCloseV2(inputs, { cancel_pending_enqueues }, label)
      : QueueClose(inputs, { cancel_pending_enqueues }, label);
  }

  /** Whether the queue is closed, as a tensor. */
  is_closed(...args: ArgsOf<typeof isClosedArguments>): Tensor {
    const name = isClosedArguments(...args) ?? `${this.label}_Is_Closed`;
    const inputs = { handle: this.reference };
    return this.isResource ? QueueIsClosedV2(inputs, {}, name) : QueueIsClosed(inputs, {}, name);
  }

  /** How many elements it holds, as a tensor. */
  size(...args: ArgsOf<typeof sizeArguments>): Tensor {
    const name = sizeArguments(...args) ?? `${this.label}_Size`;
    const inputs = { handle: this.reference };
    return this.isResource ? QueueSizeV2(inputs, {}, name) : QueueSize(inputs, {}, name);
  }
}

// ---- the kinds ---------------------------------------------------------------------------------

const fifoArguments = signature(
  ['capacity', 'dtypes', 'shapes', 'names', 'shared_name', 'name'],
  (
    capacity: number,
    dtypes: DTypes,
    shapes: Shapes = null,
    names: string | readonly string[] | null = null,
    shared_name: string | null = null,
    name: Name = 'fifo_queue',
  ) => {
    const types = typesOf(dtypes);
    return {
      types,
      shapes: fullShapes(shapes),
      names: namesOf(names, types),
      attrs: { capacity, shared_name: sharedName(shared_name) },
      name,
    };
  },
);

/** A queue that gives its elements back in the order in which they came. */
export class FIFOQueue extends QueueBase {
  constructor(...args: ArgsOf<typeof fifoArguments>) {
    const { types, shapes, names, attrs, name } = fifoArguments(...args);
    const made = { component_types: types, shapes: dimsOf(shapes), ...attrs };
    super(types, shapes, names, FIFOQueueV2({}, made, name));
  }
}

const paddingArguments = signature(
  ['capacity', 'dtypes', 'shapes', 'names', 'shared_name', 'name'],
  (
    capacity: number,
    dtypes: DTypes,
    shapes: Shapes,
    names: string | readonly string[] | null = null,
    shared_name: string | null = null,
    name: string = 'padding_fifo_queue',
  ) => {
    const types = typesOf(dtypes);
    const partial = partialShapes(shapes);
    if (partial.length !== types.length) {
      throw new ValueError(
        `Shapes must be provided for all components, but received ${types.length} dtypes and ${partial.length} shapes.`,
      );
    }
    return {
      types,
      shapes: partial,
      names: namesOf(names, types),
      attrs: { capacity, shared_name: sharedName(shared_name) },
      name,
    };
  },
);

/** A FIFOQueue whose elements may differ in size: those that are taken together are padded with zeros. */
export class PaddingFIFOQueue extends QueueBase {
  constructor(...args: ArgsOf<typeof paddingArguments>) {
    const { types, shapes, names, attrs, name } = paddingArguments(...args);
    const made = { component_types: types, shapes: dimsOf(shapes), ...attrs };
    super(types, shapes, names, PaddingFIFOQueueV2({}, made, name));
  }
}

const shuffleArguments = signature(
  ['capacity', 'min_after_dequeue', 'dtypes', 'shapes', 'names', 'seed', 'shared_name', 'name'],
  (
    capacity: number,
    min_after_dequeue: number,
    dtypes: DTypes,
    shapes: Shapes = null,
    names: string | readonly string[] | null = null,
    seed: number | null = null,
    shared_name: string | null = null,
    name: string = 'random_shuffle_queue',
  ) => {
    const types = typesOf(dtypes);
    return {
      types,
      shapes: fullShapes(shapes),
      names: namesOf(names, types),
      attrs: {
        capacity,
        min_after_dequeue,
        ...seedAttrs(seed),
        shared_name: sharedName(shared_name),
      },
      name,
    };
  },
);

/** A queue that gives back any of its elements, at random; `min_after_dequeue` stay in it to mix with. */
export class RandomShuffleQueue extends QueueBase {
  constructor(...args: ArgsOf<typeof shuffleArguments>) {
    const { types, shapes, names, attrs, name } = shuffleArguments(...args);
    const made = { component_types: types, shapes: dimsOf(shapes), ...attrs };
    super(types, shapes, names, RandomShuffleQueueV2({}, made, name));
  }
}

const priorityArguments = signature(
  ['capacity', 'types', 'shapes', 'names', 'shared_name', 'name'],
  (
    capacity: number,
    types: DTypes,
    shapes: Shapes = null,
    names: string | readonly string[] | null = null,
    shared_name: string | null = null,
    name: string = 'priority_queue',
  ) => {
    const component_types = typesOf(types);
    return {
      types: component_types,
      shapes: fullShapes(shapes),
      names: namesOf(names, [int64, ...component_types]),
      attrs: { capacity, shared_name: sharedName(shared_name) },
      name,
    };
  },
);

/** A queue whose first component is an int64 priority: the smallest comes first. */
export class PriorityQueue extends QueueBase {
  constructor(...args: ArgsOf<typeof priorityArguments>) {
    const { types, shapes, names, attrs, name } = priorityArguments(...args);
    const made = { component_types: types, shapes: dimsOf(shapes), ...attrs };
    const all = shapes && shapes.length > 0 ? [new TensorShape([]), ...shapes] : null;
    super([int64, ...types], all, names, PriorityQueueV2({}, made, name));
  }
}

// ---- what constructors take --------------------------------------------------------------------

let anonymous = 0;

/** In eager mode every queue is its own. */
function sharedName(shared_name: string | null): string {
  return shared_name ?? (executing_eagerly() ? `anonymous_queue_${anonymous++}` : '');
}

function typesOf(dtypes: DTypes): DType[] {
  return (Array.isArray(dtypes) ? dtypes : [dtypes]).map((dtype) => as_dtype(dtype as DTypeLike));
}

function namesOf(
  names: string | readonly string[] | null,
  types: readonly DType[],
): readonly string[] | null {
  if (names === null) return null;
  const list = typeof names === 'string' ? [names] : names;
  if (list.length === types.length) return list;
  throw new ValueError(
    `List of names must have the same length as the list of dtypes, received len(names)=${list.length},len(dtypes)=${types.length}`,
  );
}

const isSize = (value: unknown): boolean => value === null || typeof value === 'number';

function shapesOf(shapes: ShapeLike | readonly ShapeLike[]): TensorShape[] {
  if (shapes instanceof TensorShape) return [shapes];
  if (!Array.isArray(shapes)) {
    throw new TypeError('shapes must be a TensorShape or a list or tuple of TensorShapes.');
  }
  const list = shapes.every(isSize) ? [shapes] : shapes;
  return list.map((shape) => new TensorShape(shape as ShapeLike));
}

function fullShapes(shapes: Shapes): TensorShape[] | null {
  if (shapes === null) return null;
  const list = shapesOf(shapes);
  if (list.every((shape) => shape.is_fully_defined())) return list;
  throw new ValueError(`All shapes must be fully defined: [${list.join(', ')}]`);
}

function partialShapes(shapes: Shapes): TensorShape[] {
  if (!Array.isArray(shapes) || shapes.length === 0 || shapes.some(isSize)) {
    throw new ValueError('When providing partial shapes, a list of shapes must be provided.');
  }
  const list = shapesOf(shapes);
  if (list.every(({ ndims }) => ndims !== null)) return list;
  throw new ValueError(`All shapes must have a defined rank: [${list.join(', ')}]`);
}

function dimsOf(shapes: readonly TensorShape[] | null): (readonly (number | null)[])[] {
  return (shapes ?? []).map((shape) => shape.as_list());
}

function listText(names: readonly string[]): string {
  return `[${names.map((name) => `'${name}'`).join(', ')}]`;
}
