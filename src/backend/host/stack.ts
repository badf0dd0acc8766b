/** Stacks: what a loop pushes while it runs forward, its gradient pops. They live as long as the run. */

import { type DType, resource, string } from '../../core/dtype.ts';
import type { Kernel, Releasable, Value } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';
import type { BackendValue } from '../value.ts';
import { invalid, scalar } from './box.ts';

class StackStore implements Releasable {
  private readonly name: string;
  private readonly dtype: DType;
  private readonly limit: number;
  private readonly values: BackendValue[] = [];

  /** A negative `limit` is none. */
  constructor(name: string, dtype: DType, limit: number) {
    this.name = name;
    this.dtype = dtype;
    this.limit = limit;
  }

  push(value: BackendValue): void {
    if (value.dtype.base_dtype !== this.dtype) {
      invalid(`Must have type ${this.dtype.row.text} but got ${value.dtype.row.text}`);
    }
    if (this.limit >= 0 && this.values.length >= this.limit) {
      invalid(`Stack[${this.name}] overflowed its max_size (${this.limit})`);
    }
    this.values.push(value.view(value.shape));
  }

  pop(): BackendValue {
    return this.values.pop() ?? invalid(`Stack[${this.name}] is empty when calling Pop().`);
  }

  /** Gives the values' memory back. */
  release(): void {
    for (const value of this.values) value.release();
    this.values.length = 0;
  }
}

let created = 0;

function create(handleType: DType): Kernel {
  return ([limit], attrs, context) => {
    const name = `${(attrs.stack_name as string) || context.nodeName}_${created++}`;
    const made = new StackStore(name, attrs.elem_type as DType, limit ? scalar(limit) : -1);
    context.untilRunEnds(made);
    return context.handle(handleType, made);
  };
}

function storeOf(value: Value | undefined): StackStore {
  if (value?.handle instanceof StackStore) return value.handle;
  return invalid('The handle is not a Stack of this run.');
}

kernel('Stack', create(string._as_ref));
kernel('StackV2', create(resource));
for (const version of ['', 'V2']) {
  kernel(`StackPush${version}`, ([handle, value], _attrs, context) => {
    storeOf(handle).push(value as BackendValue);
    return context.view(value!, value!.shape);
  });
  kernel(`StackPop${version}`, ([handle]) => storeOf(handle).pop());
  kernel(`StackClose${version}`, ([handle]) => {
    storeOf(handle).release();
    return null;
  });
}
