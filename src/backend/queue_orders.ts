/** The orders in which queues give elements back: as they came, at random, by priority. */

import type { TypedArray } from '../core/dtype.ts';
import type { Order, Tuple } from './queue_store.ts';
import { Philox, Words, wordsOf } from './random/philox.ts';

/** First in, first out. */
export class Fifo implements Order {
  private items: Tuple[] = [];
  private first = 0;

  get size(): number {
    return this.items.length - this.first;
  }

  push(element: Tuple): void {
    this.items.push(element);
  }

  pop(): Tuple {
    const element = this.items[this.first++]!;
    if (this.first > 32 && this.first * 2 > this.items.length) {
      this.items = this.items.slice(this.first);
      this.first = 0;
    }
    return element;
  }
}

/** Any element with equal probability; with seeds, in the order that TensorFlow takes them. */
export class Shuffled implements Order {
  private readonly items: Tuple[] = [];
  private readonly words: Words;

  constructor(seed: number, seed2: number) {
    const key =
      seed === 0 && seed2 === 0
        ? [...crypto.getRandomValues(new Int32Array(4))]
        : [...wordsOf(seed), ...wordsOf(seed2)];
    this.words = new Words(new Philox(key.slice(0, 2), [0, 0, ...key.slice(2)]));
  }

  get size(): number {
    return this.items.length;
  }

  push(element: Tuple): void {
    this.items.push(element);
  }

  pop(): Tuple {
    const index = (this.words.next() >>> 0) % this.items.length;
    const element = this.items[index]!;
    const last = this.items.pop()!;
    if (index < this.items.length) this.items[index] = last;
    return element;
  }
}

/** The smallest first component first: the binary heap of C++'s library, which decides among equals. */
export class ByPriority implements Order {
  private readonly heap: Tuple[] = [];

  get size(): number {
    return this.heap.length;
  }

  push(element: Tuple): void {
    this.heap.push(element);
    this.rise(this.heap.length - 1, element);
  }

  pop(): Tuple {
    const { heap } = this;
    const top = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return top;
    let hole = 0;
    for (let child = 2; child <= heap.length; child = 2 * hole + 2) {
      if (child === heap.length || priority(heap[child]!) > priority(heap[child - 1]!)) child--;
      heap[hole] = heap[child]!;
      hole = child;
    }
    this.rise(hole, last);
    return top;
  }

  private rise(from: number, element: Tuple): void {
    const { heap } = this;
    let hole = from;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (priority(heap[parent]!) <= priority(element)) break;
      heap[hole] = heap[parent]!;
      hole = parent;
    }
    heap[hole] = element;
  }
}

const priority = (element: Tuple): number => (element[0]!.data as TypedArray)[0]!;
