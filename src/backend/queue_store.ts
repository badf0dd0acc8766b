/**
 * Queues of tensors, which live in a session. There is one thread: an operation that would wait in
 * TensorFlow asks the session's feeders for more elements, and fails where nothing can bring any.
 */

import { compatible, dimsText, isFullyDefined } from '../core/dims.ts';
import type { DType } from '../core/dtype.ts';
import {
  CancelledError,
  DeadlineExceededError,
  OutOfRangeError,
  withHint,
} from '../core/errors.ts';
import type { QueueFeeders } from '../core/queue_feeders.ts';
import type { Dims } from '../core/tensor.ts';
import { invalid, shapeText } from './host/box.ts';
import { keptValue, SessionResource } from './state.ts';
import type { BackendValue } from './value.ts';

/** One element of a queue: a value per component. */
export type Tuple = readonly BackendValue[];

/** The order in which a queue gives its elements back. */
export interface Order {
  readonly size: number;
  push(element: Tuple): void;
  pop(): Tuple;
}

/** What a queue is made with. */
export interface QueueParts {
  /** `FIFOQueue`, `PaddingFIFOQueue`, `RandomShuffleQueue`, `PriorityQueue`. */
  readonly kind: string;
  readonly name: string;
  readonly types: readonly DType[];
  /** The components' shapes; empty where they are not given. */
  readonly shapes: readonly Dims[];
  /** Negative for no limit. */
  readonly capacity: number;
  /** How many elements a dequeue leaves, until the queue is closed. */
  readonly minAfterDequeue: number;
  readonly order: Order;
}

/** What a queue can ask for more. */
export interface Sources {
  readonly feeders: QueueFeeders;
}

/** One queue. */
export class QueueStore extends SessionResource {
  readonly parts: QueueParts;
  /** The operations that made it: several where they share a name. */
  readonly makers = new Set<string>();
  private closed = false;
  /** Whether a feeder runs: what it adds may exceed the capacity, for it cannot wait for room. */
  private feeding = false;

  constructor(parts: QueueParts) {
    super();
    this.parts = parts;
  }

  get size(): number {
    return this.parts.order.size;
  }

  get isClosed(): boolean {
    return this.closed;
  }

  /** Whether another element would have to wait. */
  get isFull(): boolean {
    return this.parts.capacity >= 0 && this.size >= this.parts.capacity;
  }

  /** Adds `elements`, all or none; they are held from now on. */
  enqueue(elements: readonly Tuple[]): void {
    const { kind, name, capacity, order } = this.parts;
    if (elements.length === 0) return;
    if (this.closed) throw new CancelledError(null, null, `${kind} '${name}' is closed.`);
    if (capacity >= 0 && this.size + elements.length > capacity && !this.feeding) {
      throw this.waitsForever(
        `${kind} '${name}' has capacity ${capacity} and holds ${this.size} elements; ${elements.length} more do not fit.`,
        'Nothing else runs while this run waits. Dequeue elements first, or give the queue a larger capacity.',
      );
    }
    for (const element of elements) order.push(element.map((value) => keptValue(value)));
  }

  /** Takes `count` elements, which the caller releases; with `upTo` fewer, once the queue is closed. */
  dequeue(count: number, upTo: boolean, { feeders }: Sources): Tuple[] {
    const { order } = this.parts;
    while (!this.closed && this.available < count) {
      if (!this.feed(feeders)) this.refuseEmpty(count);
    }
    if (this.available < count && !(upTo && this.size > 0)) {
      const { kind, name } = this.parts;
      throw new OutOfRangeError(
        null,
        null,
        `${kind} '${name}' is closed and has insufficient elements (requested ${count}, current size ${this.size})`,
      );
    }
    return Array.from({ length: Math.min(count, this.size) }, () => order.pop());
  }

  private feed(feeders: QueueFeeders): boolean {
    this.feeding = true;
    try {
      return [...this.makers].some((maker) => feeders.feed(maker));
    } finally {
      this.feeding = false;
    }
  }

  /** How many elements may be taken now. */
  private get available(): number {
    return this.closed ? this.size : this.size - this.parts.minAfterDequeue;
  }

  private refuseEmpty(count: number): never {
    const { kind, name, minAfterDequeue } = this.parts;
    const left = minAfterDequeue > 0 ? ` and leaves ${minAfterDequeue}` : '';
    throw this.waitsForever(
      `${kind} '${name}' holds ${this.size} elements; this dequeue takes ${count}${left}.`,
      'Nothing fills the queue while this run waits. Run its enqueue operation first, start its queue runners by tf.train.start_queue_runners(sess), or feed the tensor that is dequeued.',
    );
  }

  private waitsForever(what: string, todo: string): DeadlineExceededError {
    const text = withHint('Timed out waiting for notification', `${what} ${todo}`);
    return new DeadlineExceededError(null, null, text);
  }

  /** No more elements are taken in. CancelledError where it is closed already. */
  close(): void {
    const { name } = this.parts;
    if (this.closed) throw new CancelledError(null, null, `Queue '${name}' is already closed.`);
    this.closed = true;
  }

  release(): void {
    const { order } = this.parts;
    while (order.size > 0) for (const value of order.pop()) value.release();
  }

  // ---- checks --------------------------------------------------------------------------------

  /** InvalidArgumentError unless `values` are one element. */
  checkElement(values: Tuple): void {
    this.checkTypes(values);
    this.parts.shapes.forEach((shape, i) => {
      this.checkShape(i, shape, values[i]!.shape);
    });
  }

  /** InvalidArgumentError unless `values` are the rows of elements; returns how many. */
  checkBatch(values: Tuple): number {
    this.checkTypes(values);
    const count = values[0]!.shape[0] ?? 0;
    values.forEach(({ shape }, i) => {
      const row = this.parts.shapes[i];
      if (row !== undefined) this.checkShape(i, row === null ? null : [count, ...row], shape);
      else if (shape[0] !== count) {
        invalid(
          `All input tensors must have the same size in the 0th dimension. Component ${i} has ${shape[0] ?? 0}, and should have ${count}`,
        );
      }
    });
    return count;
  }

  private checkTypes(values: Tuple): void {
    const { types } = this.parts;
    if (values.length !== types.length) {
      invalid(
        `Wrong number of components in tuple. Expected ${types.length}, got ${values.length}`,
      );
    }
    values.forEach(({ dtype }, i) => {
      if (dtype.base_dtype !== types[i]) {
        invalid(
          `Type mismatch in tuple component ${i}. Expected ${types[i]!.row.text}, got ${dtype.row.text}`,
        );
      }
    });
  }

  private checkShape(index: number, expected: Dims, shape: readonly number[]): void {
    if (compatible(expected, shape)) return;
    invalid(
      `Shape mismatch in tuple component ${index}. Expected ${dimsText(expected)}, got ${shapeText(shape)}`,
    );
  }

  /** InvalidArgumentError where elements cannot be stacked, because their shapes are not given. */
  checkStackable(): void {
    const { kind, types, shapes } = this.parts;
    const pads = kind === 'PaddingFIFOQueue';
    if (shapes.length === types.length && (pads || shapes.every(isFullyDefined))) return;
    invalid(
      `${kind}'s DequeueMany and DequeueUpTo require the components to have specified shapes.`,
    );
  }
}
