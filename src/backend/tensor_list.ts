/**
 * Lists of tensors as values: an op that changes a list gives another one. Lists that grow from each
 * other share their storage, so that pushing and popping cost the same however long the list is.
 */

import type { DType } from '../core/dtype.ts';
import { variant } from '../core/dtype.ts';
import type { Value } from '../core/kernels.ts';
import type { Dims } from '../core/tensor.ts';
import { BackendValue, Buffer } from './value.ts';

/** The elements of lists that grew from each other; `null` where none was set. */
interface Storage {
  readonly items: (BackendValue | null)[];
  /** How many lists use it. */
  refs: number;
}

const held = (value: Value | null): BackendValue | null =>
  value === null ? null : (value as BackendValue).view(value.shape);

/** A list. It holds its elements until it is released. */
export class TensorList {
  readonly dtype: DType;
  /** What is known of the elements' shape. */
  readonly elementShape: Dims;
  readonly length: number;
  private readonly storage: Storage;

  private constructor(dtype: DType, elementShape: Dims, length: number, storage: Storage) {
    this.dtype = dtype;
    this.elementShape = elementShape;
    this.length = length;
    this.storage = storage;
  }

  /** A list that holds `items` from now on. */
  static of(dtype: DType, elementShape: Dims, items: readonly (Value | null)[]): TensorList {
    const storage = { items: items.map(held), refs: 1 };
    return new TensorList(dtype, elementShape, items.length, storage);
  }

  get items(): readonly (BackendValue | null)[] {
    return this.storage.items.slice(0, this.length);
  }

  at(index: number): BackendValue | null {
    return this.storage.items[index] ?? null;
  }

  /** The list with `value` behind its last element. */
  pushed(value: Value): TensorList {
    const { storage, length } = this;
    if (storage.items.length > length) {
      return TensorList.of(this.dtype, this.elementShape, [...this.items, value]);
    }
    storage.items.push(held(value));
    return this.shared(length + 1);
  }

  /** The list without its last element. */
  popped(): TensorList {
    return this.shared(this.length - 1);
  }

  private shared(length: number): TensorList {
    this.storage.refs++;
    return new TensorList(this.dtype, this.elementShape, length, this.storage);
  }

  /** The list with other elements. */
  with(items: readonly (Value | null)[]): TensorList {
    return TensorList.of(this.dtype, this.elementShape, items);
  }

  release(): void {
    if (--this.storage.refs > 0) return;
    for (const item of this.storage.items) item?.release();
  }
}

/** Releases a list with the last value that refers to it. */
class ListBuffer extends Buffer {
  private readonly list: TensorList;

  constructor(list: TensorList) {
    super([], null);
    this.list = list;
  }

  override release(): void {
    if (--this.refs === 0) this.list.release();
  }
}

/** A value that is `list`, and owns it. */
export function listValue(list: TensorList): BackendValue {
  return new BackendValue(variant, [], new ListBuffer(list), list);
}
