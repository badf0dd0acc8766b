/** What the commands of a specialised plan work on while it runs: slots, the session's kernels, the heap. */

import type { RunContext } from '../../backend/context.ts';
import type { Heap } from '../../backend/heap.ts';
import { isPlaceable } from '../../backend/placed/index.ts';
import type { Home } from '../../backend/placed/place.ts';
import { type BackendValue, sizeOf } from '../../backend/value.ts';
import { bool, type Data, type DType, float32 } from '../../core/dtype.ts';
import type { Slots } from '../walk.ts';
import { isCopied } from './arena.ts';
import type { Placed, Source } from './source.ts';

/** The state of one specialised plan. */
export interface Runtime {
  readonly heap: Heap;
  readonly context: RunContext;
  /** Values by the general plan's slots; only kernels use them. */
  readonly slots: Slots;
  /** Values that stand for places, for kernels; they are given back with the plan. */
  readonly parts: BackendValue[];
}

/** Sees to it that generated code finds the numbers of `source`, which its slot holds. */
export function bind(source: Source, { heap, slots }: Runtime): void {
  const value = slots[source.slot];
  if (!value) return;
  if (value.buffer.heap !== null) source.home.at = value.buffer.heap.address;
  else if (isCopied(source)) {
    source.home.at = source.room;
    writeNumbers(heap, source.room, value);
  } else {
    const moved = heap.upload(value.shape, value.data as Float32Array);
    source.home.at = moved.buffer.heap!.address;
    value.release();
    slots[source.slot] = moved;
  }
}

/** Writes numbers of a type that has places to address `at`. */
export function writeNumbers(
  heap: Heap,
  at: number,
  { dtype, data }: { readonly dtype: DType; readonly data: Data },
): void {
  if (!isPlaceable(dtype)) return;
  const { numbers } = heap;
  if (dtype === float32) numbers.set(data as Float32Array, at / 4);
  else if (dtype === bool) new Uint8Array(numbers.buffer).set(data as Uint8Array, at);
  else new Int32Array(numbers.buffer).set(data as Int32Array, at / 4);
}

/** The numbers of `shape` at address `at`, copied out. */
export function readNumbers(
  { numbers }: Heap,
  at: number,
  dtype: DType,
  shape: readonly number[],
): Float32Array | Int32Array | Uint8Array {
  const size = sizeOf(shape);
  if (dtype === float32) return numbers.slice(at / 4, at / 4 + size);
  if (dtype === bool) return new Uint8Array(numbers.buffer, at, size).slice();
  return new Int32Array(numbers.buffer, at, size).slice();
}

/** Copies the numbers at `from` to the home of `to`. */
export function copyNumbers(heap: Heap, from: Home, { home, bytes }: Source): void {
  if (from === home) return;
  const { words } = heap;
  if (bytes === 4) words[home.at / 4] = words[from.at / 4]!;
  else new Uint8Array(words.buffer).copyWithin(home.at, from.at, from.at + bytes);
}

/** Whether the number at a place is not zero. */
export function truthAt(heap: Heap, { source, dtype }: Placed): boolean {
  const { at } = source.home;
  if (dtype === float32) return heap.numbers[at / 4] !== 0;
  const word = heap.words[at >> 2]!;
  return (dtype === bool ? (word >> (8 * (at & 3))) & 0xff : word) !== 0;
}
