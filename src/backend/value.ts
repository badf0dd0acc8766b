/**
 * Numbers in the backend. A value is a shape and a type over a buffer; buffers are counted, so that
 * views cost nothing, a variable is written in place when nobody else can see it, and memory of the
 * wasm heap is given back at once.
 */

import { type Data, type DType, elementWidth, newData } from '../core/dtype.ts';
import type { Value } from '../core/kernels.ts';
import type { Literal } from '../core/tensor.ts';

/** Where numbers outside of JavaScript's own memory live: the wasm heap. */
export interface HeapBlock {
  /** The numbers, as a view that the next allocation may invalidate. */
  view(): Float32Array;
  free(): void;
  /** The same numbers in a block of their own. */
  copy(): HeapBlock;
  /** Says that the numbers were rewritten in place. */
  touch(): void;
  /** Where the numbers begin, in bytes. */
  readonly address: number;
}

/** Counted storage: on the host, or a block of the wasm heap. */
export class Buffer {
  /** How many values, cells and constants hold it. */
  refs = 1;
  /** Whether it belongs to the caller of a run, so that no variable may keep it. */
  foreign = false;
  private readonly host: Data | null;
  /** @internal */
  readonly heap: HeapBlock | null;
  /** Where its storage goes when nobody holds it; `null` leaves it to the collector. */
  pool: Pool | null = null;

  constructor(host: Data | null, heap: HeapBlock | null) {
    this.host = host;
    this.heap = heap;
  }

  get data(): Data {
    return this.host ?? this.heap!.view();
  }

  /** Gives up one hold. */
  release(): void {
    if (--this.refs > 0) return;
    if (this.pool !== null) this.pool.take(this.host as Float32Array);
    else this.heap?.free();
  }
}

/** Takes storage back for later values: making a typed array costs more than filling a small one. */
export interface Pool {
  take(data: Float32Array): void;
}

const NOTHING = new Buffer([], null);
NOTHING.refs = Number.MAX_SAFE_INTEGER / 2;

/** A value of this backend. */
export class BackendValue implements Value {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly size: number;
  readonly buffer: Buffer;
  readonly handle: object | null;

  constructor(
    dtype: DType,
    shape: readonly number[],
    buffer: Buffer,
    handle: object | null = null,
  ) {
    this.dtype = dtype;
    this.shape = shape;
    this.size = sizeOf(shape);
    this.buffer = buffer;
    this.handle = handle;
  }

  get data(): Data {
    return this.buffer.data;
  }

  /** The same numbers under another shape; holds the buffer once more. */
  view(shape: readonly number[], dtype: DType = this.dtype): BackendValue {
    this.buffer.refs++;
    return new BackendValue(dtype, shape, this.buffer, this.handle);
  }

  /** Gives up this value's hold of its buffer. */
  release(): void {
    this.buffer.release();
  }

  /** The numbers, copied out. */
  toLiteral(): Literal {
    return {
      dtype: this.dtype.base_dtype,
      shape: [...this.shape],
      data: this.data.slice() as Data,
    };
  }
}

/** The number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (let i = 0; i < shape.length; i++) size *= shape[i]!;
  return size;
}

/** A value in JavaScript's own memory, over `data`. */
export function hostValue(dtype: DType, shape: readonly number[], data: Data): BackendValue {
  return new BackendValue(dtype, shape, new Buffer(data, null));
}

/** A fresh host value of zeros. */
export function zeroValue(dtype: DType, shape: readonly number[]): BackendValue {
  return hostValue(dtype, shape, newData(dtype, sizeOf(shape)));
}

/** A value that only points to `object`: a resource handle, a reference to a variable. */
export function handleValue(dtype: DType, object: object): BackendValue {
  return new BackendValue(dtype, [], NOTHING, object);
}

/** Bytes that a value takes in TensorFlow. */
export function byteSize(value: Value): number {
  if (value.dtype.row.kind !== 'string') return value.size * value.dtype.size;
  return (value.data as (string | Uint8Array)[]).reduce((sum, text) => sum + text.length, 0);
}

/** Storage elements of a value: two per complex number. */
export function storageSize(value: Value): number {
  return value.size * elementWidth(value.dtype);
}
